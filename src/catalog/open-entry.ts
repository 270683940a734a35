import { shownPath } from '../files/shown-path';
import type { Entry } from './entry';
import { type CatalogIndex, entryFolder, isBuiltIn } from './find';
import type { Problems } from './problems';
import { readEntry } from './read';

/**
 * Finds an entry by its name and reads it.
 * @param cwd folder to which the paths in problems are relative
 * @param findings gets the problems and warnings of the entry
 * @returns undefined if the catalog has no entry of this name, or if the entry has problems
 */
export function openEntry(catalog: CatalogIndex, name: string, cwd: string, findings: Problems): Entry | undefined {
  const folder = entryFolder(catalog, name);
  return folder === undefined ? undefined : readEntry(folder, shownPath(folder, cwd), isBuiltIn(catalog, name), findings);
}

/** Whether the user gives the folder of an entry instead of its name: `./my-entry`, `.`. */
export function isEntryPath(given: string): boolean {
  return given.includes('/') || given === '.';
}
