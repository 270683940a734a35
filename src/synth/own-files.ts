import { closeSync, constants, lstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { chunked } from './chunked';
import { HEADERS } from './header';
import type { RenderedFile } from './rendered-file';

/** Whether virtwork, of this or an earlier version, wrote a file. Links are never followed. */
export function isOurs(dir: string, name: string): boolean {
  const path = join(dir, name);
  return isFile(path) && HEADERS.some((header) => begins(path, [header]));
}

/** Files that virtwork wrote and that are not rendered any more. */
export function stale(dir: string, files: readonly RenderedFile[]): string[] {
  const names = files.map((file) => file.name);
  return readdirSync(dir)
    .filter((name) => name.endsWith('.yaml') && !name.startsWith('.') && !names.includes(name) && isOurs(dir, name))
    .sort();
}

/** Whether anything has this path, also a link that leads nowhere. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Whether the path is a regular file: no link, device or pipe. */
export function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Whether the folder contains exactly this text under the file's name. Reads no further than the first difference. */
export function isUnchanged(dir: string, { name, text }: RenderedFile): boolean {
  const path = join(dir, name);
  if (!isFile(path)) return false;
  let length = 0;
  const chunks = function* () {
    for (const chunk of chunked(text())) {
      length += Buffer.byteLength(chunk);
      yield chunk;
    }
  };
  return begins(path, chunks()) && lstatSync(path).size === length;
}

/** Whether the file differs from its text in CRLF for LF and in nothing else. */
export function hasCrlf(dir: string, { name, text }: RenderedFile): boolean {
  const expected = [...text()].join('');
  const path = join(dir, name);
  // A carriage return for each line is less than twice the size.
  return lstatSync(path).size < 2 * Buffer.byteLength(expected) && readFileSync(path, 'utf8').replaceAll('\r\n', '\n') === expected;
}

/** Whether a file begins with these texts, one after the other. Links are not followed. */
export function begins(path: string, texts: Iterable<string>): boolean {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  // One buffer for all texts: new ones would stay in memory until the next garbage collection.
  let bytes = Buffer.alloc(0);
  try {
    for (const text of texts) {
      const expected = Buffer.from(text);
      if (bytes.length < expected.length) bytes = Buffer.alloc(expected.length);
      if (!read(file, bytes.subarray(0, expected.length)).equals(expected)) return false;
    }
    return true;
  } finally {
    closeSync(file);
  }
}

/** Fills a buffer from a file. @returns the part that was filled, which is shorter at the end of the file */
function read(file: number, bytes: Buffer): Buffer {
  let filled = 0;
  for (let count = -1; count !== 0 && filled < bytes.length; filled += count)
    count = readSync(file, bytes, filled, bytes.length - filled, null);
  return bytes.subarray(0, filled);
}
