import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import type { Problem } from '../../errors';
import { SECRET_BYTES } from '../../kubernetes/secret-size';
import { isLeftover } from './leftovers';

/** Files and folders of an entry that are read, and their bytes in all: many times what guests can get. */
const MOST_FILES = 2000;
const MOST_BYTES = 8 << 20;
/** Bytes of units and templates in all, of which each line is looked into: ten times those of all shipped entries. */
const MOST_BYTES_OF_LINES = 128 << 10;
const IN_LINES = /\.(hbs|service|socket|timer|path|target|mount|automount|swap|slice|scope)$|\/systemd\/system\//;

/**
 * An entry that has too much to be read is not read at all.
 * @param listed names of everything in its folder
 * @param isRead whether what has the name is read
 */
export function tooMuch(folder: string, shown: string, listed: readonly string[], isRead: (name: string) => boolean): Problem | undefined {
  const many = { where: shown, message: `must have at most ${MOST_FILES} files and folders` };
  if (listed.length > MOST_FILES) return many;
  const open = listed.filter(isRead).map((name) => `${folder}/${name}`);
  let [files, bytes, ofLines] = [0, 0, 0];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    files += 1;
    // One that is too large by itself is told by its name, and not read.
    const size = sizeOf(path);
    bytes += size <= SECRET_BYTES ? size : 0;
    ofLines += size <= SECRET_BYTES && IN_LINES.test(path) ? size : 0;
    if (files > MOST_FILES) return many;
    open.push(...below(path));
  }
  if (ofLines > MOST_BYTES_OF_LINES) {
    return { where: shown, message: `must have at most ${MOST_BYTES_OF_LINES} bytes in its units and templates, got ${ofLines}` };
  }
  if (bytes <= MOST_BYTES) return undefined;
  return { where: shown, message: `must have at most ${MOST_BYTES} bytes in the files that are read, got ${bytes}` };
}

/** Bytes of a file, also of one that is read through a link. */
function sizeOf(path: string): number {
  let stat: Stats | undefined;
  try {
    stat = statSync(path, { throwIfNoEntry: false });
  } catch {
    // A link to itself, and what may not be looked at, is told by whoever reads it.
  }
  return stat?.isFile() ? stat.size : 0;
}

/** What is in a folder; nothing of a file or a link. What cannot be read is told by whoever reads it. */
function below(folder: string): string[] {
  try {
    if (!lstatSync(folder).isDirectory()) return [];
    return readdirSync(folder)
      .filter((name) => !isLeftover(name))
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}
