import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Entry, EntryRole, GuestFile, Unit } from '../entry';
import { KNOWN_ENTRIES, KNOWN_PIECES, type KnownEntry, type KnownPiece } from './known-entries';

/** The texts of files, by path. */
interface Texts {
  readonly [path: string]: string;
}

/**
 * The entry as read during the build.
 * @param shown path of its folder as the user knows it
 * @returns undefined if one of its files has changed since then
 */
export function knownEntry(folder: string, shown: string): Entry | undefined {
  const json = KNOWN_ENTRIES.get(basename(folder));
  if (json === undefined) return undefined;
  const { hash, entry } = JSON.parse(json) as KnownEntry;
  const texts = textsOf(folder);
  return hashOf(texts) === hash ? inFolder(entry, texts, shown) : undefined;
}

/** The files of a shared piece as read during the build; see {@link knownEntry}. */
export function knownPiece(folder: string, shown: string): GuestFile[] | undefined {
  const json = KNOWN_PIECES.get(basename(folder));
  if (json === undefined) return undefined;
  const { hash, files } = JSON.parse(json) as KnownPiece;
  const texts = textsOf(folder);
  return hashOf(texts) === hash ? files.map((file) => placed(file, texts, shown)) : undefined;
}

/** The text of what is neither a file nor a folder, such as a link, which no entry of the build has. */
const NO_FILE = '\0';

/** The texts of all files below a folder. */
export function textsOf(folder: string): Texts {
  const texts: { [path: string]: string } = {};
  const read = (below: string) => {
    for (const each of readdirSync(`${folder}/${below}`, { withFileTypes: true })) {
      const path = below + each.name;
      if (each.isDirectory()) read(`${path}/`);
      else texts[path] = each.isFile() ? readFileSync(`${folder}/${path}`, 'utf8') : NO_FILE;
    }
  };
  read('');
  return texts;
}

/** A hash of the names and texts of files. The program has it instead of the texts, which would make it a fifth larger. */
export function hashOf(texts: Texts): string {
  const parts = Object.keys(texts)
    .sort()
    .map((path) => `${path}\0${texts[path]?.length}\0${texts[path]}`);
  return hash('sha256', parts.join(''));
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

/** @param texts the contents, which the known entry does not have */
function inFolder(entry: Entry, texts: Texts, shown: string): Entry {
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

function placed(file: GuestFile, texts: Texts, shown: string): GuestFile {
  return { ...file, source: shown + file.source, content: texts[file.source.slice(1)] as string };
}
