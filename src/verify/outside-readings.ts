import type { Problem } from '../errors';
import { repeated, WHY } from './messages';
import type { Reading } from './reading';
import { coverage } from './samples';
import type { Window } from './seen';
import { ENOUGH, type Truth } from './truth';
import type { Outside } from './verification';

/**
 * The readings of a file as a source. Readings of other VMs are counted by their name, and those of other times are left out if there are
 * some of the time of the truth.
 * @param problems gets contradictions
 */
export function outsideOf(
  place: string,
  readings: readonly Reading[],
  truth: Truth,
  problems: Problem[],
): { readonly outside: Outside; readonly unknown: ReadonlyMap<string, number> } {
  const vms = new Set(truth.vms.map(({ name }) => name));
  const unknown = new Map<string, number>();
  const byKey = new Map<string, Map<string, Reading>>();
  for (const reading of readings) {
    if (!vms.has(reading.vm)) {
      unknown.set(reading.vm, (unknown.get(reading.vm) ?? 0) + 1);
      continue;
    }
    const key = `${reading.vm} ${reading.signal}`;
    const known = byKey.get(key) ?? new Map<string, Reading>();
    const same = known.get(`${reading.from} ${reading.to}`);
    if (same && same.value !== reading.value) problems.push({ where: reading.place, message: repeated(same.place) });
    known.set(`${reading.from} ${reading.to}`, reading);
    byKey.set(key, known);
  }
  const outside: Outside = {
    kind: 'readings',
    place,
    of: ({ name }, signal) => {
      const own = [...(byKey.get(`${name} ${signal.name}`)?.values() ?? [])].sort((a, b) => a.from - b.from);
      const known = own.filter(({ from, to }) => coverage([truth.from, truth.to], from, to) >= ENOUGH);
      const windows: Window[] = (known.length > 0 ? known : own).map(({ from, to, value }) => ({ from, to, value }));
      return windows.length > 0 ? { windows } : { windows: [{ from: truth.from, to: truth.to }], why: WHY.notInFile };
    },
  };
  return { outside, unknown };
}
