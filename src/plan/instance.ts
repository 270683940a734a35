import type { Entry } from '../catalog/entry';
import { ownName } from '../catalog/entry-name';

/**
 * The entry under the name of a workload. The names of its units and files stay those of the entry: they exist only in its guests. Its
 * Service gets the name of the workload, even if the entry states another one, because each workload needs its own.
 */
export function instanceOf(entry: Entry, name: string): Entry {
  if (name === entry.name) return entry;
  return { ...entry, name, ...(entry.service ? { service: { ...entry.service, name: ownName(name) } } : {}) };
}
