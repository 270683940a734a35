import type { Signal } from '../signals/signal';

/**
 * - seen: the product saw what the guest did
 * - quiet: an idle VM, and the product saw nothing
 * - weak: the guest did too little to be seen
 * - deviates: the product saw much less or more than the guest did
 * - absent: the product saw nothing, although the guest, even of an idle VM, did enough
 * - loud: the product saw something in an idle VM
 * - no series: the product has no reading
 * - no data: what the guest did is not known
 * - not checked: nothing can be compared
 */
export type Verdict = 'seen' | 'quiet' | 'weak' | 'deviates' | 'absent' | 'loud' | 'no series' | 'no data' | 'not checked';

/** What a signal showed in a time. Absent: no value is known. */
export interface Pair {
  readonly guest?: number;
  readonly outside?: number;
}

/** From the most to the least important. */
const ORDER: readonly Verdict[] = ['loud', 'absent', 'deviates', 'no series', 'no data', 'seen', 'quiet', 'weak', 'not checked'];

/** Judges one window. */
export function judge(signal: Signal, { guest, outside: read }: Pair, idle: boolean): Verdict {
  const { floor, relation } = signal;
  // What is no number would be neither too little nor too much.
  const outside = Number.isNaN(read) ? undefined : read;
  if (signal.guest === undefined || signal.outside === undefined) return 'not checked';
  if (idle && outside === undefined) return 'no series';
  if (idle && outside !== undefined && outside >= floor) return 'loud';
  if (idle) return guest !== undefined && guest >= floor ? 'absent' : 'quiet';
  if (guest === undefined) return 'no data';
  const most = relation?.high === undefined ? undefined : guest * relation.high + relation.slack;
  if (outside === undefined) return guest < floor ? 'weak' : 'no series';
  if (most !== undefined && outside > Math.max(most, floor)) return 'deviates';
  if (guest < floor) return 'weak';
  // A reading that is near what the guest did is one, also where both are near the floor.
  if (outside < floor && (relation === undefined || outside < guest / 2)) return 'absent';
  return relation !== undefined && outside < guest * relation.low - relation.slack ? 'deviates' : 'seen';
}

/** The verdict of several windows: that of the worst one. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return ORDER.find((each) => verdicts.includes(each)) ?? 'no data';
}

/** Whether a verdict is as it should be. A guest that does too little is, unless its entry says that it does more. */
export function isGood(verdict: Verdict, { byDefault }: Pick<Signal, 'byDefault'>): boolean {
  return verdict === 'seen' || verdict === 'quiet' || verdict === 'not checked' || (verdict === 'weak' && byDefault === true);
}
