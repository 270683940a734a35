import { nameForAll, nameOfBaseFile, WRONG_ENTRY_NAME } from './messages/entry';

const ENTRY_NAME = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;

/** Names of other files in the folder that a workload is rendered into. */
const FILES_OF_THE_BASE = ['namespace', 'guest', 'kustomization', 'kustomizeconfig'];

/** Stands for every built-in workload where the name of a workload is expected. */
export const ALL = 'all';

/** @returns what a name must be, as in `must …`; undefined if an entry may have the name */
export function wrongName(name: string): string | undefined {
  if (!ENTRY_NAME.test(name)) return WRONG_ENTRY_NAME;
  if (name === ALL) return nameForAll(ALL);
  return FILES_OF_THE_BASE.includes(name) ? nameOfBaseFile(FILES_OF_THE_BASE) : undefined;
}

/** The names of all units and Services that virtwork creates begin with it. */
export const PREFIX = 'virtwork-';

/**
 * The name of an entry's main unit, without its type, and by default of its Service. The names of its other units
 * begin with it.
 */
export function ownName(entry: string): string {
  return PREFIX + entry;
}
