import type { GroupFacts, RunFacts, VmTimes } from '../experiment/run-facts';
import { inRound } from './messages';

/** What takes time until a VM can work, in the order in which it happens. */
export const STEPS = ['provisioning', 'attach', 'start', 'boot'] as const satisfies readonly (keyof VmTimes)[];

/**
 * How long the VMs of each group, in each round of a ramp, took until they could work. VMs without any time are left out, and so is what has another form: facts are in a
 * file that a user can change.
 */
export function readyTimes(facts: RunFacts | undefined): ReadonlyMap<string, readonly VmTimes[]> {
  const rounds = entriesOf(facts?.groups).flatMap(([group, own]): [string, unknown][] => [
    [group, own],
    ...entriesOf((own as GroupFacts | null)?.rounds).map(([round, each]): [string, unknown] => [inRound(group, round), each]),
  ]);
  const found = rounds.flatMap(([name, own]): [string, VmTimes[]][] => {
    const times = entriesOf((own as GroupFacts | null)?.vms).flatMap(([, vm]) => {
      const known = STEPS.flatMap((step): [string, number][] => {
        const seconds = (vm as VmTimes | null)?.[step];
        return Number.isFinite(seconds) ? [[step, seconds as number]] : [];
      });
      return known.length > 0 ? [Object.fromEntries(known) as VmTimes] : [];
    });
    return times.length > 0 ? [[name, times]] : [];
  });
  return new Map(found);
}

/** When the first group was started. @returns undefined without facts, or if that is no time */
export function beginning(facts: RunFacts | undefined): string | undefined {
  const times = entriesOf(facts?.groups).map(([, group]) => (group as GroupFacts | null)?.started);
  return times
    .filter((time): time is string => typeof time === 'string' && !Number.isNaN(Date.parse(time)))
    .sort((a, b) => Date.parse(a) - Date.parse(b))[0];
}

function entriesOf(value: unknown): [key: string, value: unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
