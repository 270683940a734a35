import type { Entry, EntryRole } from '../catalog/entry';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import { choose } from './choose';
import { tooManyVms } from './messages';

/** Maximum number of VMs of a plan, more than a cluster can hold. Without it, an entry with many roles could request any number. */
const MOST_VMS = 100_000;

/** The number of VMs of a role. @param options those of the workload */
export function vmCount({ vmCount: count }: Options, role: EntryRole): number {
  return role.vmCount ?? choose(count);
}

/** The problem of too many VMs, reported for the workload with the most. */
export function countProblems(options: Options, entries: readonly Entry[]): Problem[] {
  const counts = entries.map((entry) => entry.roles.reduce((sum, role) => sum + vmCount(options.of(entry.name), role), 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= MOST_VMS) return [];
  const most = entries[counts.indexOf(Math.max(...counts))]?.name;
  return [{ where: `workload ${most}`, ...tooManyVms(MOST_VMS, total, options.spell) }];
}
