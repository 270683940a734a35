import { isUtf8 } from 'node:buffer';
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Problem, refuse } from '../../errors';
import { makeFolder } from '../../files/make-folder';
import { isInside } from '../files/entry-file';
import type { Renaming } from './rename-entry';

/** Not of an entry: histories of version control, and what editors leave behind. */
const LEFT_OUT = /^\.git$|~$|\.sw[op]$/;

/** Bytes of a file beside those that guests get, such as a picture. */
const MOST = 16 << 20;

/**
 * Copies the folder of an entry, complete or not at all: made elsewhere, then moved.
 * @param shown path of the entry as the user knows it
 * @param check refuses the finished copy by throwing
 * @throws Error of the file system; UserError for what is no file of the entry; what the check throws
 */
export function copyFolder(from: string, to: string, renaming: Renaming, shown: string, check: (folder: string) => void): void {
  makeFolder(dirname(to));
  const scratch = mkdtempSync(join(dirname(to), '.virtwork-'));
  const draft = join(scratch, basename(to));
  const problems: Problem[] = [];
  const isCopied = (path: string) =>
    path === from || (!LEFT_OUT.test(basename(path)) && isOfEntry(from, path, shown + path.slice(from.length), problems));
  try {
    // Links become files of the copy's own.
    cpSync(from, draft, { recursive: true, dereference: true, filter: isCopied });
    refuse(problems);
    rename(draft, renaming);
    check(draft);
    renameSync(draft, to);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Also what no guest gets is copied, so it is held against the same rules: no link leads out, and reading it comes to an end. */
function isOfEntry(entry: string, path: string, source: string, problems: Problem[]): boolean {
  if (!isInside(entry, path, source, problems)) return false;
  const stat = statSync(path);
  // Of folders below the entry's own, links could go in circles.
  if (stat.isDirectory() && (dirname(path) === entry || !lstatSync(path).isSymbolicLink())) return true;
  if (stat.isFile() && stat.size <= MOST) return true;
  problems.push({
    where: source,
    message: stat.isFile()
      ? `must have at most ${MOST} bytes to be copied, got ${stat.size}`
      : 'must be a regular file or a folder to be copied',
  });
  return false;
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
