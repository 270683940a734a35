import { ALERT_WHY, alertLine, answerLine, CONTINUITY, CONTROL, CURVE, clocksOff, NO_EVENTS } from './messages';
import type { CheckedSignal, CheckedVm, Verification } from './verification';
import { amount } from './why';

/** What every format says, in words. */

/** A signal of a VM, or the VM itself where it is not good for another reason. */
export interface VerdictRow {
  readonly vm: string;
  readonly signal: string;
  readonly verdict: string;
  readonly guest: string;
  readonly outside: string;
  readonly why: string;
  readonly good: boolean;
  readonly unused: boolean;
}

/** Whether the load of a VM simply does not have a signal, such as traffic on the network. Of a VM that has failed, that is not known. */
export function isUnused({ why }: CheckedVm, { verdict, good }: CheckedSignal): boolean {
  return verdict === 'weak' && good && why === undefined;
}

/** Those that are not good first. */
export function verdictRows({ vms }: Verification): VerdictRow[] {
  const rows = vms.flatMap((vm) => [...vmRow(vm), ...curveRow(vm), ...vm.signals.map((signal) => signalRow(vm, signal))]);
  return [...rows.filter(({ good }) => !good), ...rows.filter(({ good }) => good)];
}

function vmRow({ name, why }: CheckedVm): VerdictRow[] {
  return why === undefined ? [] : [{ vm: name, signal: '-', verdict: 'failed', guest: '-', outside: '-', why, good: false, unused: false }];
}

function curveRow({ name, curve }: CheckedVm): VerdictRow[] {
  if (curve === undefined) return [];
  const { verdict, why } = curve;
  return [{ vm: name, signal: CURVE.row, verdict, guest: '-', outside: '-', why: why || '-', good: verdict !== 'differs', unused: false }];
}

function signalRow(vm: CheckedVm, signal: CheckedSignal): VerdictRow {
  const value = (figure: number | undefined) => (figure === undefined ? '-' : amount(signal, figure));
  const { verdict, guest, outside, why, good } = signal;
  const cells = { vm: vm.name, signal: signal.name, verdict, guest: value(guest), outside: value(outside), why: why || '-' };
  return { ...cells, good, unused: isUnused(vm, signal) };
}

export function answerOf({ good, vms, alerts = [] }: Verification): string {
  const checked = vms.flatMap(({ signals }) => signals).filter(({ verdict }) => verdict !== 'not checked');
  const expected = alerts.filter(({ workload, verdict }) => workload !== undefined && verdict !== 'not checked');
  const answer = answerLine(good, checked.filter((signal) => signal.good).length, checked.length, vms.length);
  if (expected.length === 0) return answer;
  return `${answer} ${alertLine(expected.filter(({ verdict }) => verdict === 'fired').length, expected.length)}`;
}

/** An alert. */
export interface AlertRow {
  readonly alert: string;
  readonly severity: string;
  readonly workload: string;
  readonly verdict: string;
  readonly vms: string;
  readonly why: string;
  readonly good: boolean;
}

/** VMs that are named in a row. */
const MOST_VMS = 3;

/** Those that are not good first. */
export function alertRows({ alerts = [] }: Verification): AlertRow[] {
  const rows = alerts.map(({ name, severity, workload, verdict, vms, why, since, good }) => {
    const start = since === undefined ? [] : [ALERT_WHY.since(dateOf(since))];
    return {
      alert: name,
      severity: severity ?? '-',
      workload: workload ?? '-',
      verdict,
      vms:
        vms.length === 0
          ? '-'
          : [...vms.slice(0, MOST_VMS), ...(vms.length > MOST_VMS ? [`and ${vms.length - MOST_VMS} more`] : [])].join(', '),
      why: [...(why === '' ? [] : [why]), ...start].join('; ') || '-',
      good,
    };
  });
  return [...rows.filter(({ good }) => !good), ...rows.filter(({ good }) => good)];
}

/** In UTC. */
function dateOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** What limits the answer. */
export function notesOf({ control, events, vms }: Verification): string[] {
  const off = vms.flatMap(({ name, ahead }) => (ahead === undefined ? [] : [{ name, ahead }]));
  return [CONTROL[control], ...(events === undefined ? [] : [NO_EVENTS]), ...(off.length === 0 ? [] : [clocksOff(off)])];
}

/** `2026-01-31 12:00:00 to 12:05:00 UTC` */
export function timesOf({ from, to }: Pick<Verification, 'from' | 'to'>): string {
  const [start, end] = [dateOf(from), dateOf(to)];
  return `${start} to ${end.slice(0, 10) === start.slice(0, 10) ? end.slice(11) : end} UTC`;
}

/** An event of a VM, and what the series from outside show around it. */
export interface EventRow {
  /** In UTC. */
  readonly time: string;
  readonly vm: string;
  readonly kind: string;
  readonly text: string;
  /** What is not steady. `-`: no series covers the event. */
  readonly outside: string;
  readonly steady: boolean;
}

/** In the order of their times. */
export function eventRows({ vms }: Verification): EventRow[] {
  const rows = vms.flatMap((vm) =>
    vm.events.map((event) => {
      const around = vm.signals.flatMap(({ name, continuity }) =>
        continuity.filter(({ time, kind }) => time === event.time && kind === event.kind).map((each) => ({ name, ...each })),
      );
      const broken = around.filter(({ finding }) => finding !== 'steady').map(({ name, finding, text }) => `${name}: ${finding}, ${text}`);
      const outside = broken.join('; ') || (around.length > 0 ? CONTINUITY.steady : '-');
      return { at: event.time, vm: vm.name, kind: event.kind, text: event.text, outside, steady: broken.length === 0 };
    }),
  );
  rows.sort((a, b) => a.at - b.at);
  return rows.map(({ at, ...row }) => ({ time: dateOf(at), ...row }));
}
