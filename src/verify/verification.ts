import type { Signal } from '../signals/signal';
import { type CheckedAlert, checkedAlerts, type SeenAlert } from './alerts';
import { type Continuity, continuityOf } from './continuity';
import {
  type CheckedCurve,
  type Curve,
  type CurvePoint,
  curveOf,
  type Followed,
  followed,
  withCurve,
  wrongFull,
  wrongLevel,
} from './curve';
import type { GuestEvent } from './events';
import { CURVE, NOTHING_SEEN, WHY } from './messages';
import type { Seen, Window } from './seen';
import { didOf, type Truth, type TruthVm, type TruthWorkload } from './truth';
import { isGood, judge, type Verdict, worst } from './verdict';
import { amount, whyOf } from './why';

/** Where a product's readings come from. */
export interface Outside {
  readonly kind: 'prometheus' | 'readings';
  /** Its address or file. */
  readonly place: string;
  /** Seconds by which its clock is ahead of this machine's. Absent: not known. */
  readonly clockOffset?: number;
  readonly of: (vm: TruthVm, signal: Signal) => Seen;
  /** About the VMs. Absent: it has none. */
  readonly alerts?: readonly SeenAlert[];
}

/** Whether idle VMs are quiet. busy: a guest of them did something; unknown: nothing was read of them; none: there are none. */
export type Control = 'quiet' | 'loud' | 'busy' | 'unknown' | 'none';

/** What `verify -o json` prints. Times are seconds since 1970. */
export interface Verification {
  readonly schema: 'virtwork.verify/1';
  readonly good: boolean;
  readonly namespace: string;
  readonly run?: string;
  readonly from: number;
  readonly to: number;
  readonly source: { readonly kind: Outside['kind']; readonly place: string; readonly clock_offset?: number };
  readonly control: Control;
  /** Absent: the guests were asked for their events. */
  readonly events?: 'not checked';
  /** Absent: none is expected or was seen. */
  readonly alerts?: readonly CheckedAlert[];
  readonly vms: readonly CheckedVm[];
}

export interface CheckedVm {
  readonly name: string;
  readonly workload: string;
  readonly role?: string;
  readonly idle?: true;
  readonly good: boolean;
  /** Why it is not good, beyond its signals. */
  readonly why?: string;
  /** Absent: its load is constant. */
  readonly curve?: CheckedCurve;
  readonly signals: readonly CheckedSignal[];
  readonly events: readonly GuestEvent[];
  /** Seconds that the clock of its guest is ahead, for which its events are compensated. Absent: it is right, or not known. */
  readonly ahead?: number;
}

export interface CheckedSignal {
  readonly name: string;
  readonly desc: string;
  readonly unit: string;
  readonly verdict: Verdict;
  readonly good: boolean;
  readonly why: string;
  /** Means over the windows that were judged. */
  readonly guest?: number;
  readonly outside?: number;
  readonly windows: readonly (CurvePoint & { readonly verdict: Verdict })[];
  readonly points: readonly CurvePoint[];
  /** What the readings show around the events of the VM. */
  readonly continuity: readonly Continuity[];
}

/** What is checked. */
export interface Wanted {
  /** @default all */
  readonly signal?: (signal: Signal) => boolean;
  /** @default true */
  readonly alerts?: boolean;
}

/** Holds what a product saw against what the guests did. */
export function verify(
  truth: Truth,
  outside: Outside,
  { signal: isWanted = () => true, alerts: isAlertWanted = true }: Wanted = {},
): Verification {
  const vms = truth.vms.map((vm) => checkedVm(vm, workloadOf(truth, vm), { truth, outside, isWanted }));
  const alerts = isAlertWanted ? checkedAlerts(truth, outside.alerts) : [];
  return {
    schema: 'virtwork.verify/1',
    good: isCompared(vms, alerts) && vms.every(({ good }) => good) && alerts.every(({ good }) => good),
    namespace: truth.namespace,
    ...(truth.run === undefined ? {} : { run: truth.run }),
    from: truth.from,
    to: truth.to,
    source: {
      kind: outside.kind,
      place: outside.place,
      ...(outside.clockOffset === undefined ? {} : { clock_offset: outside.clockOffset }),
    },
    control: controlOf(vms, truth),
    ...(truth.vms.some(({ scraped }) => scraped !== undefined) ? { events: 'not checked' as const } : {}),
    ...(alerts.length === 0 ? {} : { alerts }),
    vms,
  };
}

/** A check of nothing passes on anything. */
function isCompared(vms: readonly CheckedVm[], alerts: readonly CheckedAlert[]): boolean {
  const verdicts = [...vms.flatMap(({ signals }) => signals), ...alerts].map(({ verdict }) => verdict);
  return verdicts.some((verdict) => verdict !== 'not checked');
}

function controlOf(vms: readonly CheckedVm[], truth: Truth): Control {
  const idle = vms.filter((vm) => vm.idle);
  const verdicts = idle.flatMap(({ signals }) => signals.map(({ verdict }) => verdict));
  if (idle.length === 0) return 'none';
  if (idle.some((vm) => isLoud(vm, workloadOf(truth, vm)))) return 'loud';
  if (verdicts.includes('absent') || verdicts.includes('loud')) return 'busy';
  return verdicts.includes('quiet') ? 'quiet' : 'unknown';
}

/** Whether something was seen that the guest did not do. */
function isLoud({ signals }: CheckedVm, workload: TruthWorkload): boolean {
  const floors = new Map(workload.signals.map(({ name, floor }) => [name, floor]));
  return signals.some(({ name, windows }) =>
    windows.some(({ verdict, guest = 0 }) => verdict === 'loud' && guest < (floors.get(name) ?? Number.POSITIVE_INFINITY)),
  );
}

interface Checking {
  readonly truth: Truth;
  readonly outside: Outside;
  readonly isWanted: (signal: Signal) => boolean;
}

function workloadOf({ workloads }: Truth, vm: Pick<TruthVm, 'workload' | 'role'>): TruthWorkload {
  const found = workloads.find(({ workload, role }) => workload === vm.workload && role === vm.role);
  return found ?? { workload: vm.workload, signals: [] };
}

function checkedVm(vm: TruthVm, workload: TruthWorkload, { truth, outside, isWanted }: Checking): CheckedVm {
  const { signals, idle } = workload;
  const curve = curveOf(vm, workload);
  const all = signals.filter(isWanted).map((signal) => checkedSignal(vm, signal, outside.of(vm, signal), { idle: idle === true, curve }));
  const { curve: checkedCurve, signals: checked } = curve ? withCurves(vm, workload, all, { curve, truth }) : { signals: all };
  const why = vm.notReady === undefined ? (isUnseen(checked) && !idle ? NOTHING_SEEN : undefined) : WHY.notReady(vm.notReady);
  return {
    name: vm.name,
    workload: vm.workload,
    ...(vm.role === undefined ? {} : { role: vm.role }),
    ...(idle ? { idle } : {}),
    good: why === undefined && checkedCurve?.verdict !== 'differs' && checked.every(({ good }) => good),
    ...(why === undefined ? {} : { why }),
    ...(checkedCurve ? { curve: checkedCurve } : {}),
    signals: checked,
    events: vm.events,
    ...(vm.ahead === undefined ? {} : { ahead: vm.ahead }),
  };
}

/** A load may do too little only because of its shape. */
function lowLevel(windows: readonly CurvePoint[], curve: Curve): string {
  const level = curve(windows[0]?.from ?? 0, windows.at(-1)?.to ?? 0);
  return level === undefined ? '' : CURVE.low(level);
}

interface Curves {
  readonly curve: Curve;
  readonly truth: Pick<Truth, 'interval'>;
}

/**
 * Whether the load follows its shape. Not each signal of an entry does, so one is enough; what was seen of those that do must follow it too.
 */
function withCurves(
  vm: TruthVm,
  { shape, signals, full = {} }: TruthWorkload,
  checked: readonly CheckedSignal[],
  { curve, truth }: Curves,
): { readonly curve: CheckedCurve; readonly signals: readonly CheckedSignal[] } {
  const declared = checked.filter(({ name }) => signals.some((signal) => signal.name === name && !signal.byDefault && signal.guest));
  const all = new Map(declared.map((signal) => [signal, followed(signal.points, curve, shape?.period)] as const));
  const judged = [...all].filter(([, { isKnown }]) => isKnown);
  const fault = shape && wrongLevel(vm.levels ?? [], shape, truth.interval);
  const [first] = judged;
  if (fault !== undefined) return { curve: { verdict: 'differs', why: fault }, signals: checked };
  if (first === undefined) return { curve: { verdict: 'not checked', why: CURVE.short }, signals: checked };
  if (judged.every(([, { guest }]) => !guest)) return { curve: { verdict: 'differs', why: guestDiffers(...first) }, signals: checked };
  for (const [signal] of judged) {
    const shown = wrongFull(signal.points, curve, full[signal.name]);
    if (shown === undefined) continue;
    const why = CURVE.full(signal.name, amount(signal, shown), amount(signal, full[signal.name] as number));
    return { curve: { verdict: 'differs', why }, signals: checked };
  }
  const judgedOutside = checked.map((signal) => {
    const found = all.get(signal);
    const part = found?.worst.outside;
    if (!found?.isKnown || !found.guest || found.outside || part === undefined || signal.verdict !== 'seen') return signal;
    const why = CURVE.outside(part.time, part.level, amount(signal, part.value), amount(signal, part.expected));
    return { ...signal, verdict: 'deviates' as const, good: false, why };
  });
  return { curve: { verdict: 'follows', why: '' }, signals: judgedOutside };
}

function guestDiffers(signal: CheckedSignal, { worst: { guest } }: Followed): string {
  const { time, level, value, expected } = guest as NonNullable<typeof guest>;
  return CURVE.differs(signal.name, time, level, amount(signal, value), amount(signal, expected));
}

/** Whether all of its signals are as they should be, only because each of them is too weak to be seen. */
function isUnseen(checked: readonly CheckedSignal[]): boolean {
  return (
    checked.every(({ good }) => good) &&
    checked.some(({ verdict }) => verdict === 'weak') &&
    checked.every(({ verdict }) => verdict !== 'seen')
  );
}

interface Expected {
  readonly idle: boolean;
  /** Absent: the load is constant. */
  readonly curve: Curve | undefined;
}

function checkedSignal(vm: TruthVm, signal: Signal, seen: Seen, { idle, curve: known }: Expected): CheckedSignal {
  // The rest of the system follows no curve.
  const curve = signal.byDefault ? undefined : known;
  const paired = ({ from, to, value }: Window) => {
    const guest = didOf(vm, signal, from, to);
    return { from, to, ...(guest === undefined ? {} : { guest }), ...(value === undefined ? {} : { outside: value }) };
  };
  const windows = withCurve(
    seen.windows.map(paired).map((pair) => ({ ...pair, verdict: judge(signal, pair, idle) })),
    curve,
  );
  const points = withCurve((seen.points ?? seen.windows).map(paired), curve);
  const judged = windows.length === 0 ? judge(signal, {}, idle) : worst(windows.map((each) => each.verdict));
  // Whether the VM was idle, only its guest knows.
  const verdict = judged === 'quiet' && vm.times.length === 0 ? 'no data' : judged;
  const [guest, outside] = [meanOf(windows.map((each) => each.guest)), meanOf(windows.map((each) => each.outside))];
  return {
    name: signal.name,
    desc: signal.desc,
    unit: signal.unit,
    verdict,
    good: isGood(verdict, signal),
    why: whyOf({ vm, signal, verdict, windows, seen, idle }) + (verdict === 'weak' && curve ? lowLevel(windows, curve) : ''),
    ...(guest === undefined ? {} : { guest }),
    ...(outside === undefined ? {} : { outside }),
    windows,
    points,
    continuity: signal.guest === undefined ? [] : continuityOf(points, vm.events, signal),
  };
}

function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}
