import type { Problem } from '../errors';
import { otherTime, repeated, WHY } from './messages';
import type { Reading } from './reading';
import { timesOf } from './rows';
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
  const all = [...byKey.values()].flatMap((known) => [...known.values()]);
  const times = { from: least(all.map(({ from }) => from)), to: most(all.map(({ to }) => to)) };
  if (all.length > 0 && !all.some((reading) => overlaps(reading, truth)))
    problems.push({ where: place, ...otherTime(timesOf(times), timesOf(truth)) });
  const outside: Outside = {
    kind: 'readings',
    place,
    of: ({ name }, signal) => {
      const given = [...(byKey.get(`${name} ${signal.name}`)?.values() ?? [])].sort((a, b) => a.from - b.from);
      const own = given.filter((reading) => overlaps(reading, truth));
      const whole = own.filter(({ from, to }) => coverage([truth.from, truth.to], from, to) >= ENOUGH);
      const windows = (whole.length > 0 ? whole : own).map(({ from, to, value }): Window => ({ from, to, value }));
      const missing = gaps(own, truth, Math.min(signal.windowSeconds, (truth.to - truth.from) / 2));
      const why = given.length === 0 ? WHY.notInFile : WHY.ofAnotherTime;
      return own.length === 0
        ? { windows: [{ from: truth.from, to: truth.to }], why }
        : { windows: [...windows, ...missing].sort((a, b) => a.from - b.from) };
    },
  };
  return { outside, unknown };
}

interface Times {
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
}

function overlaps(one: Times, other: Times): boolean {
  return one.from < other.to && one.to > other.from;
}

/** The times without a reading. @param readings in the order of their beginnings @param longest seconds that may have none */
function gaps(readings: readonly Times[], { from, to }: Times, longest: number): Times[] {
  const found: Times[] = [];
  let covered = from;
  for (const each of [...readings, { from: to, to }]) {
    const pieces = Math.floor((each.from - covered) / longest);
    const length = (each.from - covered) / pieces;
    for (let index = 0; index < pieces; index += 1) found.push({ from: covered + index * length, to: covered + (index + 1) * length });
    covered = Math.max(covered, each.to);
  }
  return found;
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((first, each) => Math.min(first, each), Number.POSITIVE_INFINITY);
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((last, each) => Math.max(last, each), Number.NEGATIVE_INFINITY);
}
