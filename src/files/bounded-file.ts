import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';

import { NOT_READABLE } from './messages';

/** Maximum bytes of a configuration, a record or a file of keys, far more than any needs. */
const MOST = 1 << 20;
/** Files that the shell has already opened: standard input and `<(command)`. virtwork waits for their content. */
const OPENED = /^\/(dev\/(null|stdin|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

/**
 * Reads a file that the user named. It reads only a limited part of an endless file, and does not wait for the writer of a FIFO.
 * @param path absolute; 0 is standard input
 * @param most bytes; @default 1 MiB
 * @returns the bytes, or what the file is instead of a readable file: `a FIFO`, `more than 1 MiB`
 * @throws Error with a code if the file cannot be read
 */
export function readBounded(path: string | 0, most: number = MOST): Buffer | string {
  const isOpened = path === 0 || OPENED.test(path);
  if (!isOpened) {
    const stat = statSync(path);
    if (stat.isFIFO()) return NOT_READABLE.fifo;
    if (!stat.isFile() && !stat.isDirectory()) return NOT_READABLE.device;
  }
  // Some files of the kernel have the type of a regular file, but block until data arrives.
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
    return NOT_READABLE.tooLarge(most >> 20);
  } finally {
    if (file !== 0) closeSync(file);
  }
}
