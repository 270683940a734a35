import { percent, quantity } from '../report/quantity';
import type { Signal } from '../signals/signal';
import { expectedRange, WHY } from './messages';
import { coverage } from './samples';
import type { Seen } from './seen';
import type { TruthVm } from './truth';
import type { Pair, Verdict } from './verdict';

interface Judged {
  readonly vm: TruthVm;
  readonly signal: Signal;
  readonly verdict: Verdict;
  readonly windows: readonly (Pair & { readonly from: number; readonly to: number; readonly verdict: Verdict })[];
  readonly seen: Seen;
  readonly idle: boolean;
}

/** A value of a signal in words. */
export function amount({ name, unit }: Pick<Signal, 'name' | 'unit'>, value: number): string {
  return quantity({ key: name, unit }, value);
}

/** Why a signal has its verdict: what is wrong first, from the VM to its readings. Empty: it is seen. */
export function whyOf(judged: Judged): string {
  const { vm, signal, verdict, windows, seen, idle } = judged;
  const those = windows.filter((each) => each.verdict === verdict);
  const [first] = those;
  const { guest = 0, outside = 0 } = first ?? {};
  const of = (value: number) => amount(signal, value);
  const often = WHY.windows(those.length, windows.length);
  switch (verdict) {
    case 'seen':
    case 'quiet':
      return '';
    case 'not checked':
      return signal.hides ?? '';
    case 'weak':
      return WHY.guestBelow(of(guest), of(signal.floor)) + often;
    case 'loud':
      return `${guest < signal.floor ? '' : `${WHY.notIdle(of(guest))}; `}${WHY.loud(of(outside), of(signal.floor))}${often}`;
    case 'absent':
      return notReady(vm) ?? `${idle ? `${WHY.notIdle(of(guest))}; ` : ''}${WHY.outsideBelow(of(signal.floor))}${often}`;
    case 'deviates':
      return deviation(signal, guest, outside) + often;
    case 'no data':
      return notReady(vm) ?? noData(judged);
    case 'no series': {
      const gap = those.length < windows.length ? WHY.gap(those.length, windows.length) : undefined;
      return notReady(vm) ?? gap ?? (vm.agent === false && seen.why === WHY.otherSeries ? WHY.noAgent : (seen.why ?? ''));
    }
  }
}

function notReady({ notReady: why }: TruthVm): string | undefined {
  return why === undefined ? undefined : WHY.notReady(why);
}

function noData({ vm, signal, windows }: Judged): string {
  const metric = signal.guest?.metric ?? '';
  if (vm.trouble !== undefined) return WHY.noAnswer(vm.trouble);
  if (vm.scraped === 'no') return WHY.guestNotScraped;
  if (vm.scraped === 'unreachable') return WHY.guestUnreachable;
  if ((vm.series[signal.name] ?? []).length === 0 && vm.times.length > 0) return WHY.noMetric(metric);
  const shares = windows.map(({ from, to }) => coverage(vm.times, from, to));
  return (vm.scraped ? WHY.shortScrapes : WHY.shortTruth)(Math.floor(100 * Math.min(1, ...shares)));
}

function deviation(signal: Signal, guest: number, outside: number): string {
  const { low = 0, high, slack = 0 } = signal.relation ?? {};
  const of = (value: number) => amount(signal, Math.max(0, value));
  const range = expectedRange(of(guest * low - slack), high === undefined ? undefined : of(guest * high + slack));
  if (outside < guest) return WHY.less(percent(1 - outside / guest), range);
  return guest > 0 ? WHY.more(percent(outside / guest - 1), range) : `${of(outside)}: ${range}`;
}
