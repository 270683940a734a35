import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** MiB that a configuration or a file of keys may have: far more than any needs. */
const MOST_MIB = 1;
/** Names of what the shell has opened already: standard input, and `<(command)`. */
const OPENED = /^\/(dev\/(null|stdin|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

/**
 * Reads a file that a user names. One without an end is not read to its end, and a FIFO without a writer is not waited for.
 * @param path absolute; 0 is standard input
 * @returns the bytes, or what the file is that makes it no file to read: `a FIFO`, `more than 1 MiB`
 * @throws Error with a code when the file cannot be read
 */
export function readBounded(path: string | 0): Buffer | string {
  if (path !== 0 && !OPENED.test(path)) {
    const stat = statSync(path);
    if (stat.isFIFO()) return 'a FIFO';
    if (!stat.isFile() && !stat.isDirectory()) return 'a device or socket';
  }
  const file = path === 0 ? 0 : openSync(path, 'r');
  try {
    const size = fstatSync(file).size;
    const bytes = Buffer.alloc((MOST_MIB << 20) + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count)
      count = readSync(file, bytes, length, bytes.length - length, null);
    return length === bytes.length || size > bytes.length ? `more than ${MOST_MIB} MiB` : bytes.subarray(0, length);
  } finally {
    if (file !== 0) closeSync(file);
  }
}
