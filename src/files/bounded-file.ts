import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Bytes that a configuration, a record or a file of keys may have: far more than any needs. */
const MOST = 1 << 20;
/** Names of what the shell has opened already: standard input, and `<(command)`. These are waited for. */
const OPENED = /^\/(dev\/(null|stdin|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

/**
 * Reads a file that a user names. One without an end is not read to its end, and a FIFO without a writer is not waited for.
 * @param path absolute; 0 is standard input
 * @param most bytes; @default 1 MiB
 * @returns the bytes, or what the file is that makes it no file to read: `a FIFO`, `more than 1 MiB`
 * @throws Error with a code when the file cannot be read
 */
export function readBounded(path: string | 0, most: number = MOST): Buffer | string {
  const isOpened = path === 0 || OPENED.test(path);
  if (!isOpened) {
    const stat = statSync(path);
    if (stat.isFIFO()) return 'a FIFO';
    if (!stat.isFile() && !stat.isDirectory()) return 'a device or socket';
  }
  // Some files of the kernel are regular ones by their type, and wait for what comes next.
  const file = path === 0 ? 0 : openSync(path, isOpened ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = fstatSync(file);
    const pieces: Buffer[] = [];
    let length = 0;
    for (let room = Math.min(size, most) + 1; size <= most; room = 1 << 16) {
      const piece = Buffer.alloc(room);
      const count = readSync(file, piece, 0, room, null);
      if (count === 0) return Buffer.concat(pieces, length);
      pieces.push(piece.subarray(0, count));
      length += count;
      if (length > most) break;
    }
    return `more than ${most >> 20} MiB`;
  } finally {
    if (file !== 0) closeSync(file);
  }
}
