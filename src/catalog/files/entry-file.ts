import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import type { Problem } from '../../errors';
import { readBounded } from '../../files/bounded-file';
import { textOf } from '../../files/text-file';
import { SECRET_BYTES, TOO_LARGE } from '../../kubernetes/secret-size';

/**
 * Reads a file of an entry, and nothing else of this machine: a regular file whose real path is inside of the entry.
 * @param folder path of the entry, which may be a link itself
 * @param source path as the user knows it, for error texts
 * @returns undefined, and a problem, when it must not or cannot be read
 */
export function readBytes(folder: string, path: string, source: string, problems: Problem[]): Buffer | undefined {
  try {
    if (!isInside(folder, path, source, problems)) return undefined;
    const stat = statSync(path);
    const bytes = stat.isFile() ? readBounded(path, SECRET_BYTES) : undefined;
    if (typeof bytes === 'object') return bytes;
    problems.push({ where: source, ...(bytes === undefined ? NOT_A_FILE : tooLarge(stat.size)) });
  } catch (error) {
    problems.push(unreadable(source, error));
  }
  return undefined;
}

/** The same for a text that Linux programs read: in UTF-8, with line ends of Unix. With others it is a problem, and read all the same. */
export function readText(folder: string, path: string, source: string, problems: Problem[]): string | undefined {
  const bytes = readBytes(folder, path, source, problems);
  if (bytes === undefined) return undefined;
  const read = textOf(source, bytes);
  if (!('text' in read)) {
    problems.push(read);
    return undefined;
  }
  const nul = nulProblem(source, read.text);
  if (nul) {
    problems.push(nul);
    return undefined;
  }
  if (read.lineEnds) problems.push(read.lineEnds);
  return read.text.replace(/\r\n?/g, '\n');
}

/** systemd takes no unit with a NUL byte, and no other program reads a text beyond one. */
export function nulProblem(source: string, text: string): Problem | undefined {
  const index = text.indexOf('\0');
  if (index < 0) return undefined;
  const line = text.slice(0, index).split('\n').length;
  return { where: `${source}:${line}`, message: 'must have no NUL byte', hint: 'an editor that shows control characters' };
}

/** @returns whether the path, which has no link in its middle, leads to something in the entry; if not, the problem is stated */
export function isInside(folder: string, path: string, source: string, problems: Problem[]): boolean {
  if (!lstatSync(path).isSymbolicLink() || `${realpathSync(path)}${sep}`.startsWith(`${realpathSync(folder)}${sep}`)) return true;
  problems.push({
    where: source,
    message: `must not be a link that leaves the entry, got ${JSON.stringify(readlinkSync(path))}`,
    hint: 'a copy of the file in the entry',
  });
  return false;
}

export function unreadable(source: string, error: unknown): Problem {
  return { where: source, message: `cannot be read (${(error as NodeJS.ErrnoException).code})` };
}

const NOT_A_FILE = { message: 'must be a regular file, or a link to one in the entry' };

function tooLarge(bytes: number): Omit<Problem, 'where'> {
  return {
    message: `must have at most ${SECRET_BYTES} bytes, which is all that a Secret holds, got ${bytes}`,
    hint: TOO_LARGE,
  };
}
