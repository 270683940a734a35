import { type Signal, WINDOW } from '../signals/signal';
import type { DeclaredSignal } from './workload-file';

/** Seconds of the units of a duration. */
const UNITS: { readonly [unit: string]: number } = { s: 1, m: 60, h: 3600 };
const LONGEST = 86_400;

/** Seconds of a duration such as `5m`. @returns undefined if it is none, or longer than a day */
export function seconds(duration: string): number | undefined {
  const [, count, unit] = /^([0-9]{1,5})([smh])$/.exec(duration) ?? [];
  const value = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  return value <= LONGEST ? value : undefined;
}

/** Fills in what a signal of workload.yaml, which is valid, does not say. */
export function completeSignal({ name, role, desc, guest, outside, unit, relation, floor, window, hides, full }: DeclaredSignal): Signal {
  return {
    name,
    ...(role === undefined ? {} : { role }),
    desc: desc ?? '',
    ...(guest ? { guest: { labels: {}, as: isCounter(guest.metric) ? 'rate' : 'value', ...guest } } : {}),
    ...(outside === undefined ? {} : { outside }),
    unit: unit ?? '1',
    ...(relation ? { relation: { low: 0, slack: 0, ...relation } } : {}),
    floor: floor ?? 0,
    windowSeconds: (window === undefined ? undefined : seconds(window)) ?? WINDOW,
    ...(hides === undefined ? {} : { hides }),
    ...(full === undefined ? {} : { full }),
  };
}

/** By the convention for names in Prometheus. */
function isCounter(metric: string): boolean {
  return metric.endsWith('_total');
}
