import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXPERIMENTS } from './entry-folder';
import { type CatalogIndex, entryFolder, entryNames } from './find';

const FILE = /^([a-z0-9][-a-z0-9]*)\.yaml$/;

/** An experiment that a catalog entry has. */
export interface EntryExperiment {
  /** `ENTRY/NAME`. */
  readonly name: string;
  /** The entry that it measures. */
  readonly entry: string;
  readonly path: string;
}

/** The experiments of all entries, in the order of the entries. */
export function entryExperiments(catalog: CatalogIndex): EntryExperiment[] {
  return entryNames(catalog).flatMap((entry) => {
    const folder = join(entryFolder(catalog, entry) ?? '', EXPERIMENTS);
    if (!existsSync(folder)) return [];
    const names = readdirSync(folder).flatMap((file) => FILE.exec(file)?.[1] ?? []);
    return names.sort().map((name) => ({ name: `${entry}/${name}`, entry, path: join(folder, `${name}.yaml`) }));
  });
}
