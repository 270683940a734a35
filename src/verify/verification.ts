import type { Signal } from '../signals/signal';
import { type Continuity, continuityOf } from './continuity';
import type { GuestEvent } from './events';
import { NOTHING_SEEN, WHY } from './messages';
import type { Seen, Window } from './seen';
import { didOf, type Truth, type TruthVm, type TruthWorkload } from './truth';
import { isGood, judge, type Pair, type Verdict, worst } from './verdict';
import { whyOf } from './why';

/** Where a product's readings come from. */
export interface Outside {
  readonly kind: 'prometheus' | 'readings';
  /** Its address or file. */
  readonly place: string;
  /** Seconds by which its clock is ahead of this machine's. Absent: not known. */
  readonly clockOffset?: number;
  readonly of: (vm: TruthVm, signal: Signal) => Seen;
}

/** What `verify -o json` prints. Times are seconds since 1970. */
export interface Verification {
  readonly schema: 'virtwork.verify/1';
  readonly good: boolean;
  readonly namespace: string;
  readonly run?: string;
  readonly from: number;
  readonly to: number;
  readonly source: { readonly kind: Outside['kind']; readonly place: string; readonly clock_offset?: number };
  /** Whether idle VMs are quiet. */
  readonly control: 'quiet' | 'loud' | 'none';
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
  readonly signals: readonly CheckedSignal[];
  readonly events: readonly GuestEvent[];
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
  readonly windows: readonly (Pair & { readonly from: number; readonly to: number; readonly verdict: Verdict })[];
  readonly points: readonly (Pair & { readonly from: number; readonly to: number })[];
  /** What the readings show around the events of the VM. */
  readonly continuity: readonly Continuity[];
}

/** Holds what a product saw against what the guests did. */
export function verify(truth: Truth, outside: Outside, isWanted: (signal: Signal) => boolean = () => true): Verification {
  const vms = truth.vms.map((vm) => checkedVm(vm, workloadOf(truth, vm), outside, isWanted));
  const idle = vms.filter((vm) => vm.idle).flatMap(({ signals }) => signals.map(({ verdict }) => verdict));
  const control = idle.includes('loud') ? 'loud' : idle.includes('quiet') ? 'quiet' : 'none';
  return {
    schema: 'virtwork.verify/1',
    good: vms.length > 0 && vms.every(({ good }) => good),
    namespace: truth.namespace,
    ...(truth.run === undefined ? {} : { run: truth.run }),
    from: truth.from,
    to: truth.to,
    source: {
      kind: outside.kind,
      place: outside.place,
      ...(outside.clockOffset === undefined ? {} : { clock_offset: outside.clockOffset }),
    },
    control,
    vms,
  };
}

function workloadOf({ workloads }: Truth, vm: TruthVm): TruthWorkload {
  const found = workloads.find(({ workload, role }) => workload === vm.workload && role === vm.role);
  return found ?? { workload: vm.workload, signals: [] };
}

function checkedVm(vm: TruthVm, { signals, idle }: TruthWorkload, outside: Outside, isWanted: (signal: Signal) => boolean): CheckedVm {
  const checked = signals.filter(isWanted).map((signal) => checkedSignal(vm, signal, outside.of(vm, signal), idle === true));
  const why = vm.notReady === undefined ? (isUnseen(checked) && !idle ? NOTHING_SEEN : undefined) : WHY.notReady(vm.notReady);
  return {
    name: vm.name,
    workload: vm.workload,
    ...(vm.role === undefined ? {} : { role: vm.role }),
    ...(idle ? { idle } : {}),
    good: why === undefined && checked.every(({ good }) => good),
    ...(why === undefined ? {} : { why }),
    signals: checked,
    events: vm.events,
  };
}

/** Whether all of its signals are as they should be, only because each of them is too weak to be seen. */
function isUnseen(checked: readonly CheckedSignal[]): boolean {
  return (
    checked.every(({ good }) => good) &&
    checked.some(({ verdict }) => verdict === 'weak') &&
    checked.every(({ verdict }) => verdict !== 'seen')
  );
}

function checkedSignal(vm: TruthVm, signal: Signal, seen: Seen, idle: boolean): CheckedSignal {
  const paired = ({ from, to, value }: Window) => {
    const guest = didOf(vm, signal, from, to);
    return { from, to, ...(guest === undefined ? {} : { guest }), ...(value === undefined ? {} : { outside: value }) };
  };
  const windows = seen.windows.map(paired).map((pair) => ({ ...pair, verdict: judge(signal, pair, idle) }));
  const points = (seen.points ?? seen.windows).map(paired);
  const verdict = windows.length === 0 ? judge(signal, {}, idle) : worst(windows.map((each) => each.verdict));
  const [guest, outside] = [meanOf(windows.map((each) => each.guest)), meanOf(windows.map((each) => each.outside))];
  return {
    name: signal.name,
    desc: signal.desc,
    unit: signal.unit,
    verdict,
    good: isGood(verdict, signal),
    why: whyOf({ vm, signal, verdict, windows, seen }),
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
