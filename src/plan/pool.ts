import type { Entry } from '../catalog/entry';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import { pairsInPool } from './messages';
import { roleName } from './names';
import { peersOf } from './peers';

/** The pool of a role; its VMs have the names that they have without it. */
export function poolOf({ pool }: Options, workload: string, role: string | undefined): { readonly pool?: string } {
  return pool ? { pool: roleName(workload, role) } : {};
}

/** KubeVirt gives all VMs of a pool the same labels, so none of them can say which VMs belong together. */
export function poolProblems({ pool, place, spell }: Options, entry: Entry): Problem[] {
  return pool && peersOf(entry) !== undefined ? [{ where: place('pool'), ...pairsInPool(entry.name, spell) }] : [];
}
