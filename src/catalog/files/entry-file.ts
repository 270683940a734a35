import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import type { Problem } from '../../errors';
import { readBounded } from '../../files/bounded-file';
import { textOf } from '../../files/text-file';
import { SECRET_BYTES } from '../../kubernetes/secret-size';
import { cannotBeRead } from '../messages/entry';
import { HAS_NUL, linkOutOfEntry, NOT_A_FILE, tooLarge } from '../messages/files';

/**
 * Reads a file of an entry, and nothing else of this machine: a regular file whose real path is inside of the entry.
 * @param folder path of the entry, which may be a link itself
 * @param source path as the user knows it, for messages
 * @param problems gets the problem of a file that must not or cannot be read
 * @returns undefined for such a file
 */
export function readBytes(folder: string, path: string, source: string, problems: Problem[]): Buffer | undefined {
  const found = bytesOf(folder, path, source);
  if (!('where' in found)) return found;
  problems.push(found);
  return undefined;
}

function bytesOf(folder: string, path: string, source: string): Buffer | Problem {
  try {
    const outside = linkOutside(folder, path, source);
    if (outside) return outside;
    const stat = statSync(path);
    if (!stat.isFile()) return { where: source, ...NOT_A_FILE };
    const bytes = readBounded(path, SECRET_BYTES);
    return typeof bytes === 'string' ? { where: source, ...tooLarge(stat.size) } : bytes;
  } catch (error) {
    return unreadable(source, error);
  }
}

/**
 * The same for a text that Linux programs read: in UTF-8, with line ends of Unix. Other line ends are a problem, and
 * the text is returned with those of Unix all the same.
 */
export function readText(folder: string, path: string, source: string, problems: Problem[]): string | undefined {
  const bytes = readBytes(folder, path, source, problems);
  if (bytes === undefined) return undefined;
  const read = textOf(source, bytes);
  const wrong = 'text' in read ? nulProblem(source, read.text) : read;
  if (wrong || !('text' in read)) {
    if (wrong) problems.push(wrong);
    return undefined;
  }
  if (read.lineEnds) problems.push(read.lineEnds);
  return read.text.replace(/\r\n?/g, '\n');
}

/** systemd accepts no unit with a NUL byte, and no other program reads a text beyond one. */
export function nulProblem(source: string, text: string): Problem | undefined {
  const index = text.indexOf('\0');
  if (index < 0) return undefined;
  const line = text.slice(0, index).split('\n').length;
  return { where: `${source}:${line}`, ...HAS_NUL };
}

/**
 * The problem of a link that leads out of the entry.
 * @param path that has no link in its middle
 * @throws Error with a code if the path cannot be read
 */
export function linkOutside(folder: string, path: string, source: string): Problem | undefined {
  if (!lstatSync(path).isSymbolicLink() || `${realpathSync(path)}${sep}`.startsWith(`${realpathSync(folder)}${sep}`)) return undefined;
  return { where: source, ...linkOutOfEntry(readlinkSync(path)) };
}

export function unreadable(source: string, error: unknown): Problem {
  return { where: source, message: cannotBeRead((error as NodeJS.ErrnoException).code) };
}
