import type { Result } from './result';

/** How far the VMs of a group measured a trial at the same time. */
export interface Overlap {
  readonly group: string;
  readonly trial: string;
  readonly name: string;
  /** The time that all of them have in common, divided by that of the VM that measured longest: 0 to 1. */
  readonly share: number;
}

/** With a lower share, the figures of the VMs of a group do not add up. */
export const ENOUGH = 0.95;

/** The part of a record that says when its trial ran. */
type TimedRecord = Pick<Result, 'group' | 'plan' | 'trial' | 'name' | 'outcome' | 'seconds' | 'barrier' | 'window'>;

interface Span {
  /** Seconds since the start of the group. */
  readonly from: number;
  readonly to: number;
}

/**
 * The overlap of each trial that two or more VMs of a group have done, in the order of the records.
 * A trial is left out if the times of a VM are not known.
 */
export function overlapsOf(records: readonly TimedRecord[]): Overlap[] {
  const trials = new Map<string, TimedRecord[]>();
  for (const record of records) {
    const key = `${record.group} ${record.plan} ${record.trial}`;
    if (record.outcome !== 'done') continue;
    const known = trials.get(key);
    if (known) known.push(record);
    else trials.set(key, [record]);
  }
  return [...trials.values()].flatMap((each) => {
    const [{ group, trial, name }] = each as [TimedRecord];
    const share = each.length > 1 ? shareOf(each) : undefined;
    return share === undefined ? [] : [{ group, trial, name, share }];
  });
}

function shareOf(records: readonly TimedRecord[]): number | undefined {
  // These VMs had ended the trial before another one started it.
  if (records.some(({ barrier }) => (barrier.ahead ?? 0) > 0)) return 0;
  const spans = spansOf(records, windowOf) ?? spansOf(records, unitOf);
  const longest = Math.max(...(spans ?? []).map(({ from, to }) => to - from));
  if (spans === undefined || longest <= 0) return undefined;
  const common = Math.min(...spans.map(({ to }) => to)) - Math.max(...spans.map(({ from }) => from));
  return Math.max(0, common) / longest;
}

/** @returns undefined unless the span of each record is known: spans of two kinds cannot be compared */
function spansOf(records: readonly TimedRecord[], spanOf: (record: TimedRecord) => Span | undefined): Span[] | undefined {
  const spans = records.flatMap((record) => spanOf(record) ?? []);
  return spans.length === records.length ? spans : undefined;
}

function windowOf({ window, barrier }: TimedRecord): Span | undefined {
  // The window of a VM that started alone counts from the start of its unit.
  return window === undefined || barrier.outcome === 'alone' ? undefined : { from: window.from, to: window.from + window.seconds };
}

function unitOf({ seconds, barrier: { late } }: TimedRecord): Span | undefined {
  return seconds === undefined || late === undefined ? undefined : { from: late, to: late + seconds };
}
