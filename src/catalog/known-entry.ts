import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Entry } from './entry';
import { KNOWN_ENTRIES, type KnownEntry } from './known-entries';

/**
 * The entry as the build read it.
 * @param shown path of its folder as the user knows it
 * @returns undefined when a file of it is not what it was then
 */
export function knownEntry(folder: string, shown: string): Entry | undefined {
  const json = KNOWN_ENTRIES.get(basename(folder));
  if (json === undefined) return undefined;
  const { texts, entry } = JSON.parse(json) as KnownEntry;
  const left = new Set(Object.keys(texts));
  return isSame(folder, '', texts, left) && left.size === 0 ? inFolder(entry, texts, shown) : undefined;
}

/** The texts of all files below a folder, by path. */
export function textsOf(folder: string, below = ''): { [path: string]: string } {
  return Object.fromEntries(
    readdirSync(join(folder, below), { withFileTypes: true }).flatMap((each) => {
      const path = below + each.name;
      return each.isDirectory() ? Object.entries(textsOf(folder, `${path}/`)) : [[path, readFileSync(`${folder}/${path}`, 'utf8')]];
    }),
  );
}

/** Without the contents of its files, which {@link textsOf} has, and with their paths in its folder. */
export function withoutTexts(entry: Entry): Entry {
  const source = (path: string) => path.slice(entry.folder.length);
  const roles = entry.roles.map((role) => ({
    ...role,
    units: role.units.map((unit) => ({ ...unit, source: source(unit.source), text: '' })),
    files: role.files.map((file) => ({ ...file, source: source(file.source), content: '' })),
  }));
  return { ...entry, roles };
}

function isSame(folder: string, below: string, texts: KnownEntry['texts'], left: Set<string>): boolean {
  return readdirSync(`${folder}/${below}`, { withFileTypes: true }).every((each) => {
    const path = below + each.name;
    if (each.isDirectory()) return isSame(folder, `${path}/`, texts, left);
    return left.delete(path) && each.isFile() && readFileSync(`${folder}/${path}`, 'utf8') === texts[path];
  });
}

/** @param texts the contents, which the known entry goes without */
function inFolder(entry: Entry, texts: KnownEntry['texts'], shown: string): Entry {
  const place = (source: string) => ({ source: shown + source, text: texts[source.slice(1)] as string });
  const roles = entry.roles.map((role) => ({
    ...role,
    units: role.units.map((unit) => ({ ...unit, ...place(unit.source) })),
    files: role.files.map((file) => {
      const { source, text: content } = place(file.source);
      return { ...file, source, content };
    }),
  }));
  return { ...entry, roles, folder: shown };
}
