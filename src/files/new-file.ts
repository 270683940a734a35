import { closeSync, linkSync, lstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A random part of a file name, which other users cannot predict, so that they cannot create the file first. */
export function unforeseeable(): string {
  // Loaded here, because Node's crypto is slow to load, and many runs write no file.
  return (require('node:crypto') as typeof import('node:crypto')).randomBytes(9).toString('base64url');
}

/**
 * Writes a new file. The path must not exist, not even as a link.
 * @param mode permissions of the file, limited by the umask. @default 0666
 * @throws Error of the file system, which names the path; EEXIST if the path exists
 */
export function writeNew(path: string, pieces: Iterable<string | Buffer>, mode = 0o666): void {
  const file = openSync(path, 'wx', mode);
  try {
    for (const piece of pieces) {
      // With a full disk, a quota or a limit, a write may write only a part; the next write then fails.
      for (let rest = bytesOf(piece); rest.length > 0; ) rest = rest.subarray(writeSync(file, rest));
    }
  } catch (error) {
    // Unlike other errors of the file system, that of a write has no path.
    throw Object.assign(error as Error, { path });
  } finally {
    closeSync(file);
  }
}

function bytesOf(piece: string | Buffer): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece) : piece;
}

/**
 * Replaces a file atomically: a concurrent reader sees the old content or the new one. A link is replaced, not its target.
 * @param mode permissions of the new file, limited by the umask
 */
export function replaceFile(path: string, text: string, mode: number): void {
  const draft = join(dirname(path), `.virtwork-${unforeseeable()}`);
  try {
    writeNew(draft, [text], mode);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw Object.assign(error as Error, { path });
  }
}

/** Errors of file systems without hard links. */
const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/**
 * Creates a file atomically: it is complete or does not exist, also after this process is killed. An existing path is never changed. A kill may
 * leave a draft, `.virtwork-…`.
 * @returns false if the path exists
 * @throws Error of the file system, which names the path
 */
export function placeNew(path: string, bytes: Buffer, mode = 0o666): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })) return false;
  const draft = join(dirname(path), `.virtwork-${unforeseeable()}`);
  try {
    writeNew(draft, [bytes], mode);
    try {
      // Unlike a rename, this fails if another process has created the path in the meantime.
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      if (!WITHOUT_LINKS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      renameSync(draft, path);
    }
    return true;
  } catch (error) {
    // The user knows the path, not that of the draft.
    throw Object.assign(error as Error, { path });
  } finally {
    rmSync(draft, { force: true });
  }
}
