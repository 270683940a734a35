import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Part of a file's name that nobody can foresee, so that nobody can put something in its way. */
export function unforeseeable(): string {
  // Loaded here: a run that writes nothing needs none, and node's crypto takes a while.
  return (require('node:crypto') as typeof import('node:crypto')).randomBytes(9).toString('base64url');
}

/**
 * Writes a file that must not be there yet, also not as a link.
 * @param mode what the file's owner and others may do; @default what the umask leaves of 0666
 * @throws Error of the file system, EEXIST where something is in its place
 */
export function writeNew(path: string, pieces: Iterable<string | Buffer>, mode = 0o666): void {
  const file = openSync(path, 'wx', mode);
  try {
    for (const piece of pieces) {
      // A full disk, a quota or a limit may let a part of it through; the next write then fails.
      for (let rest = Buffer.from(piece as string); rest.length > 0; ) rest = rest.subarray(writeSync(file, rest));
    }
  } finally {
    closeSync(file);
  }
}

/** Puts a file in the place of another one, whole: whoever looks at the same time sees the old text or the new one. A link goes, not what it leads to. */
export function replaceFile(path: string, text: string, mode: number): void {
  const draft = join(dirname(path), `.virtwork-${unforeseeable()}`);
  try {
    writeNew(draft, [text], mode);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
