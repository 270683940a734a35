import { chmodSync, existsSync, lstatSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, refuse, UserError } from '../errors';
import { makeFolder } from '../files/make-folder';
import { COMPONENTS, COMPONENTS_FOLDER } from '../kubernetes/components';
import { cannotBe, IN_THE_WAY } from './messages';
import { hasCrlf, isOurs, isThere, isUnchanged, stale } from './own-files';
import type { RenderedFile } from './rendered-file';
import { leftovers, OWNER_ONLY, replaceAll } from './staged-files';

/** What writing a base changed, by file name. */
export interface Changes {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** What a base differs in from what would be written, by file name. */
export interface Differences {
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  /** Those of the changed ones that have CRLF for LF and no other difference. */
  readonly lineEnds: readonly string[];
  /** Written by virtwork, and no longer rendered. */
  readonly stale: readonly string[];
  /** Files that virtwork did not write, and that have the name of one that it would write. */
  readonly foreign: readonly Problem[];
}

/** kubectl rejects a folder that has one of these next to `kustomization.yaml`. */
const OTHER_KUSTOMIZATIONS = ['kustomization.yml', 'Kustomization'];

/** A folder with a `kustomization.yaml`: that of the base, or of a component in it. */
interface Folder {
  readonly dir: string;
  /** What precedes the names of its files in those of the base. */
  readonly prefix: string;
  /** By their names in the folder. None: the component is not rendered. */
  readonly files: readonly RenderedFile[];
}

/**
 * Writes the rendered files into a folder, and deletes files that virtwork wrote before and no longer renders. Files that virtwork did not
 * write are never touched. An interruption at any moment leaves the old base or the new one, see {@link replaceAll}; the same holds for each
 * component.
 *
 * The folder itself may be a link, which is the user's decision. A link in it is not virtwork's, and is never followed.
 * @throws UserError when a file is in the way, or the folder cannot be written
 */
export function writeBase(dir: string, files: readonly RenderedFile[]): Changes {
  return reported('written', dir, () => {
    makeFolder(dir);
    // An unchanged file is virtwork's own.
    const folders = foldersOf(dir, files).map((folder) => ({
      folder,
      changed: folder.files.filter((file) => !isUnchanged(folder.dir, file)),
    }));
    refuse([...blocked(dir, files), ...folders.flatMap(({ folder, changed }) => foreign(folder, changed))]);
    const changes = folders.map(({ folder, changed }) => writeFolder(folder, changed));
    removeEmpty(dir);
    return {
      written: changes.flatMap(({ written }) => written),
      removed: changes.flatMap(({ removed }) => removed),
      unchanged: changes.flatMap(({ unchanged }) => unchanged),
    };
  });
}

function writeFolder({ dir, prefix, files }: Folder, changed: readonly RenderedFile[]): Changes {
  makeFolder(dir);
  const removed = stale(dir, files);
  replaceAll(dir, changed);
  // Also unchanged ones, which may have got another mode since.
  for (const file of files) if (file.isSecret) chmodSync(join(dir, file.name), OWNER_ONLY);
  for (const name of [...removed, ...leftovers(dir)]) rmSync(join(dir, name));
  return {
    written: namesOf(prefix, changed),
    removed: removed.map((name) => prefix + name),
    unchanged: namesOf(
      prefix,
      files.filter((file) => !changed.includes(file)),
    ),
  };
}

/** Removes the folders of components that are no longer rendered, unless they have files of the user. */
function removeEmpty(dir: string): void {
  const components = join(dir, COMPONENTS_FOLDER);
  if (!isRealFolder(components)) return;
  const empty = COMPONENTS.map((name) => join(components, name)).filter((folder) => isRealFolder(folder) && isEmpty(folder));
  for (const folder of empty) rmdirSync(folder);
  if (empty.length > 0 && isEmpty(components)) rmdirSync(components);
}

function isEmpty(folder: string): boolean {
  return readdirSync(folder).length === 0;
}

/**
 * Compares a folder with the rendered files, and writes nothing.
 * @throws UserError when the folder cannot be read
 */
export function compareBase(dir: string, files: readonly RenderedFile[]): Differences {
  return reported('read', dir, () => {
    const differences = foldersOf(dir, files).map(compareFolder);
    return {
      missing: differences.flatMap(({ missing }) => missing),
      changed: differences.flatMap(({ changed }) => changed),
      lineEnds: differences.flatMap(({ lineEnds }) => lineEnds),
      stale: differences.flatMap((each) => each.stale),
      foreign: [...blocked(dir, files), ...differences.flatMap((each) => each.foreign)],
    };
  });
}

function compareFolder(folder: Folder): Differences {
  const { dir, prefix, files } = folder;
  const missing = files.filter((file) => !isThere(join(dir, file.name)));
  const different = files.filter((file) => !missing.includes(file) && !isUnchanged(dir, file));
  const changed = different.filter((file) => isOurs(dir, file.name));
  return {
    missing: namesOf(prefix, missing),
    changed: namesOf(prefix, changed),
    lineEnds: namesOf(
      prefix,
      changed.filter((file) => hasCrlf(dir, file)),
    ),
    stale: existsSync(dir) ? stale(dir, files).map((name) => prefix + name) : [],
    foreign: foreign(folder, different),
  };
}

/** The folders of components before that of the base: an overlay that an interrupted run leaves has the limits of the new base. */
function foldersOf(dir: string, files: readonly RenderedFile[]): Folder[] {
  const inWay = blocked(dir, files).length > 0;
  const components = COMPONENTS.map((name) => {
    const prefix = `${COMPONENTS_FOLDER}/${name}/`;
    return { dir: join(dir, COMPONENTS_FOLDER, name), prefix, files: within(prefix, files) };
  });
  const all = inWay
    ? []
    : components.filter((each) => each.files.length > 0 || (isRealFolder(join(dir, COMPONENTS_FOLDER)) && isRealFolder(each.dir)));
  return [...all, { dir, prefix: '', files: files.filter(({ name }) => !name.includes('/')) }];
}

function within(prefix: string, files: readonly RenderedFile[]): RenderedFile[] {
  return files.flatMap((file) => (file.name.startsWith(prefix) ? [{ ...file, name: file.name.slice(prefix.length) }] : []));
}

/** What is in the place of a folder for a component. Links to folders are not followed. */
function blocked(dir: string, files: readonly RenderedFile[]): Problem[] {
  const rendered = COMPONENTS.filter((name) => within(`${COMPONENTS_FOLDER}/${name}/`, files).length > 0);
  if (rendered.length === 0) return [];
  const components = join(dir, COMPONENTS_FOLDER);
  const folders = isThere(components) && !isRealFolder(components) ? [components] : rendered.map((name) => join(components, name));
  return folders.filter((folder) => isThere(folder) && !isRealFolder(folder)).map((where) => ({ where, ...IN_THE_WAY }));
}

function isRealFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function namesOf(prefix: string, files: readonly RenderedFile[]): string[] {
  return files.map(({ name }) => prefix + name);
}

function foreign({ dir, files }: Folder, changed: readonly RenderedFile[]): Problem[] {
  if (files.length === 0) return [];
  const inTheWay = changed.map(({ name }) => name).filter((name) => isThere(join(dir, name)) && !isOurs(dir, name));
  const others = OTHER_KUSTOMIZATIONS.filter((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.isFile());
  return [...inTheWay, ...others].map((name) => ({ where: join(dir, name), ...IN_THE_WAY }));
}

/** A full disk, a read-only one or a folder in the place of a file is an error of the environment, not an internal one. */
export function reported<T>(what: 'read' | 'written', dir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (!code || !syscall) throw error;
    throw new UserError([{ where: dir, ...cannotBe(what, message) }]);
  }
}
