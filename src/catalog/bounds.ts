import { lstatSync, readdirSync } from 'node:fs';
import type { Problem } from '../errors';
import { SECRET_BYTES } from '../secret-size';
import { isLeftover } from './leftovers';

/** Files and folders of an entry that are read, and their bytes in all: many times what guests can get. */
const MOST_FILES = 2000;
const MOST_BYTES = 8 << 20;

/**
 * An entry that has too much to be read is not read at all.
 * @param listed names of everything in its folder
 * @param isRead whether what has the name is read
 */
export function tooMuch(folder: string, shown: string, listed: readonly string[], isRead: (name: string) => boolean): Problem | undefined {
  const many = { where: shown, message: `must have at most ${MOST_FILES} files and folders` };
  if (listed.length > MOST_FILES) return many;
  const open = listed.filter(isRead).map((name) => `${folder}/${name}`);
  let [files, bytes] = [0, 0];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    files += 1;
    // One that is too large by itself is told by its name, and not read.
    bytes += stat?.isFile() && stat.size <= SECRET_BYTES ? stat.size : 0;
    if (files > MOST_FILES) return many;
    if (stat?.isDirectory()) open.push(...below(path));
  }
  if (bytes <= MOST_BYTES) return undefined;
  return { where: shown, message: `must have at most ${MOST_BYTES} bytes in the files that are read, got ${bytes}` };
}

/** What cannot be read is told by whoever reads it. */
function below(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !isLeftover(name))
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}
