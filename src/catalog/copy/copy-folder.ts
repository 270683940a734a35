import { isUtf8 } from 'node:buffer';
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Problem, refuse } from '../../errors';
import { makeFolder } from '../../files/make-folder';
import { linkOutside } from '../files/entry-file';
import { NOT_COPIED, tooLargeToCopy } from '../messages/files';
import type { Renaming } from './rename-entry';

/** What is not part of an entry: the history of version control, and what editors leave behind. */
const LEFT_OUT = /^\.git$|~$|\.sw[op]$/;

/** Bytes of a file. Also a file that no guest gets, such as a picture, is copied. */
const MOST = 16 << 20;

/**
 * Copies the folder of an entry, completely or not at all: the copy is made elsewhere and then moved.
 * @param shown path of the entry as the user knows it
 * @param check throws if the finished copy is wrong
 * @throws Error of the file system; UserError for what is not a file of the entry; what the check throws
 */
export function copyFolder(from: string, to: string, renaming: Renaming, shown: string, check: (folder: string) => void): void {
  makeFolder(dirname(to));
  const scratch = mkdtempSync(join(dirname(to), '.virtwork-'));
  const draft = join(scratch, basename(to));
  const problems: Problem[] = [];
  const isCopied = (path: string) => {
    if (path === from) return true;
    if (LEFT_OUT.test(basename(path))) return false;
    const problem = copyProblem(from, path, shown + path.slice(from.length));
    if (problem) problems.push(problem);
    return problem === undefined;
  };
  try {
    // Links become files of the copy.
    cpSync(from, draft, { recursive: true, dereference: true, filter: isCopied });
    refuse(problems);
    rename(draft, renaming);
    check(draft);
    renameSync(draft, to);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What cannot be copied: a link that leads out of the entry, and what has no end. */
function copyProblem(entry: string, path: string, source: string): Problem | undefined {
  const outside = linkOutside(entry, path, source);
  if (outside) return outside;
  const stat = statSync(path);
  // Links to folders deeper in the entry could lead in circles.
  if (stat.isDirectory() && (dirname(path) === entry || !lstatSync(path).isSymbolicLink())) return undefined;
  if (!stat.isFile()) return { where: source, ...NOT_COPIED };
  return stat.size > MOST ? { where: source, ...tooLargeToCopy(MOST, stat.size) } : undefined;
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
