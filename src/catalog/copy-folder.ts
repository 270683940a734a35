import { isUtf8 } from 'node:buffer';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../make-folder';
import type { Renaming } from './rename-entry';

/** Not of an entry: histories of version control, and what editors leave behind. */
const LEFT_OUT = /^\.git$|~$|\.sw[op]$/;

/**
 * Copies the folder of an entry, complete or not at all: made elsewhere, then moved.
 * @param check refuses the finished copy by throwing
 * @throws Error of the file system; what the check throws
 */
export function copyFolder(from: string, to: string, renaming: Renaming, check: (folder: string) => void): void {
  const scratch = join(dirname(to), `.virtwork-${process.pid}`);
  const draft = join(scratch, basename(to));
  try {
    makeFolder(scratch);
    // Links become files of the copy's own.
    cpSync(from, draft, { recursive: true, dereference: true, filter: (path) => path === from || !LEFT_OUT.test(basename(path)) });
    rename(draft, renaming);
    check(draft);
    renameSync(draft, to);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function rename(folder: string, renaming: Renaming): void {
  for (const file of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, renaming.file(file.name));
    if (path !== join(folder, file.name)) renameSync(join(folder, file.name), path);
    if (file.isDirectory()) rename(path, renaming);
    else rewrite(path, renaming);
  }
}

function rewrite(path: string, { text }: Renaming): void {
  const bytes = readFileSync(path);
  if (!isUtf8(bytes)) return;
  const old = bytes.toString('utf8');
  const fresh = text(old, basename(path));
  if (fresh !== old) writeFileSync(path, fresh);
}
