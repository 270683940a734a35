import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Entry, EntryRole, GuestFile, Unit } from '../entry';
import { KNOWN_ENTRIES, KNOWN_PIECES, type KnownEntry, type KnownPiece } from './known-entries';

/**
 * The entry as read during the build.
 * @param shown path of its folder as the user knows it
 * @returns undefined if one of its files has changed since then
 */
export function knownEntry(folder: string, shown: string): Entry | undefined {
  const json = KNOWN_ENTRIES.get(basename(folder));
  if (json === undefined) return undefined;
  const { texts, entry } = JSON.parse(json) as KnownEntry;
  return isUnchanged(folder, texts) ? inFolder(entry, texts, shown) : undefined;
}

/** The files of a shared piece as read during the build; see {@link knownEntry}. */
export function knownPiece(folder: string, shown: string): GuestFile[] | undefined {
  const json = KNOWN_PIECES.get(basename(folder));
  if (json === undefined) return undefined;
  const { texts, files } = JSON.parse(json) as KnownPiece;
  return isUnchanged(folder, texts) ? files.map((file) => placed(file, texts, shown)) : undefined;
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

/** An entry without the contents of its files, which {@link textsOf} has, and with paths relative to its folder. */
export function withoutTexts(entry: Entry): Entry {
  const roles = entry.roles.map((role): EntryRole => {
    const without = (unit: Unit): Unit => ({ ...unit, source: unit.source.slice(entry.folder.length), text: '' });
    return { ...role, ...unitsOf(role, without), files: filesWithoutTexts(role.files, entry.folder) };
  });
  return { ...entry, roles };
}

/** @param folder with which the paths of the files begin */
export function filesWithoutTexts(files: readonly GuestFile[], folder: string): GuestFile[] {
  return files.map((file) => ({ ...file, source: file.source.slice(folder.length), content: '' }));
}

function isUnchanged(folder: string, texts: KnownEntry['texts']): boolean {
  const left = new Set(Object.keys(texts));
  return isSame(folder, '', texts, left) && left.size === 0;
}

function isSame(folder: string, below: string, texts: KnownEntry['texts'], left: Set<string>): boolean {
  return readdirSync(`${folder}/${below}`, { withFileTypes: true }).every((each) => {
    const path = below + each.name;
    if (each.isDirectory()) return isSame(folder, `${path}/`, texts, left);
    return left.delete(path) && each.isFile() && readFileSync(`${folder}/${path}`, 'utf8') === texts[path];
  });
}

/** @param texts the contents, which the known entry does not have */
function inFolder(entry: Entry, texts: KnownEntry['texts'], shown: string): Entry {
  const roles = entry.roles.map((role) => ({
    ...role,
    ...unitsOf(role, (unit) => ({ ...unit, source: shown + unit.source, text: texts[unit.source.slice(1)] as string })),
    files: role.files.map((file) => placed(file, texts, shown)),
  }));
  return { ...entry, roles, folder: shown };
}

function unitsOf({ units, trial }: EntryRole, change: (unit: Unit) => Unit): Pick<EntryRole, 'units' | 'trial'> {
  if (!trial) return { units: units.map(change) };
  const prepare = trial.prepare ? { prepare: change(trial.prepare) } : {};
  return { units: units.map(change), trial: { ...trial, unit: change(trial.unit), ...prepare } };
}

function placed(file: GuestFile, texts: KnownEntry['texts'], shown: string): GuestFile {
  return { ...file, source: shown + file.source, content: texts[file.source.slice(1)] as string };
}
