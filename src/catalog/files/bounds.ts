import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import type { Problem } from '../../errors';
import { SECRET_BYTES } from '../../kubernetes/secret-size';
import type { EntryFolder } from '../entry-folder';
import { tooManyBytes, tooManyFiles } from '../messages/entry';
import { isLeftover } from './leftovers';

/** Files and folders of an entry that are read: many times what guests can get. */
const MOST_FILES = 2000;
/** Bytes of them in total. */
const MOST_BYTES = 8 << 20;
/** Bytes of units and templates in total, of which each line is examined: ten times those of all shipped entries. */
const MOST_BYTES_OF_LINES = 128 << 10;
const IN_LINES = /\.(hbs|service|socket|timer|path|target|mount|automount|swap|slice|scope)$|\/systemd\/system\//;

/** The problem of an entry that has too much to be read. It is then not read at all. */
export function tooMuch({ folder, shown, listed, unitFiles, roleFolders }: EntryFolder): Problem | undefined {
  const many = { where: shown, message: tooManyFiles(MOST_FILES) };
  if (listed.length > MOST_FILES) return many;
  const open = listed
    .filter((name) => name === 'files' || unitFiles.includes(name) || roleFolders.includes(name))
    .map((name) => `${folder}/${name}`);
  let [files, bytes, ofLines] = [0, 0, 0];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    files += 1;
    if (files > MOST_FILES) return many;
    // A file that is too large by itself is reported by its name, and not read.
    const size = sizeOf(path);
    if (size <= SECRET_BYTES) {
      bytes += size;
      ofLines += IN_LINES.test(path) ? size : 0;
    }
    open.push(...below(path));
  }
  if (ofLines > MOST_BYTES_OF_LINES)
    return { where: shown, message: tooManyBytes('its units and templates', MOST_BYTES_OF_LINES, ofLines) };
  return bytes > MOST_BYTES ? { where: shown, message: tooManyBytes('the files that are read', MOST_BYTES, bytes) } : undefined;
}

/** Bytes of a file, also of one that is read through a link. */
function sizeOf(path: string): number {
  let stat: Stats | undefined;
  try {
    stat = statSync(path, { throwIfNoEntry: false });
  } catch {
    // A link to itself, and a file without permission to read it, are reported when they are read.
  }
  return stat?.isFile() ? stat.size : 0;
}

/** The paths in a folder; none for a file or a link. A folder that cannot be read is reported when it is read. */
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
