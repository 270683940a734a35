import { ALERT_WHY } from './messages';
import type { Truth, TruthAlert } from './truth';

/** An alert about VMs that Prometheus had, for one state of it. */
export interface SeenAlert {
  readonly name: string;
  readonly state: 'firing' | 'pending';
  readonly severity?: string;
  readonly vm: string;
  /** Seconds since 1970: when it was first and last seen. */
  readonly from: number;
  readonly to: number;
}

/**
 * - fired: as expected
 * - pending: its condition holds, but not for long enough
 * - not fired: although it is due
 * - not due: the VMs do not run for long enough
 * - unexpected: an alert about the VMs that the configuration does not expect
 * - not checked: the source has no alerts, or nothing is known of what to expect
 */
export type AlertVerdict = 'fired' | 'pending' | 'not fired' | 'not due' | 'unexpected' | 'not checked';

/** An alert, of the VMs of a workload where it is expected. */
export interface CheckedAlert {
  readonly name: string;
  readonly severity?: string;
  /** The workload that should fire it. Absent: it is not expected. */
  readonly workload?: string;
  readonly verdict: AlertVerdict;
  /** What is not expected is no failure: a cluster fires alerts for reasons of its own. */
  readonly good: boolean;
  readonly why: string;
  /** The VMs that it is about, or pending for. */
  readonly vms: readonly string[];
  /** When it was first seen, in seconds since 1970. */
  readonly since?: number;
}

/** Seconds of {@link TruthAlert.afterSeconds} that Prometheus may need in addition: it evaluates rules, and scrapes, once a minute or less. */
const LATE = 120;

/** @param seen absent: the source has no alerts */
export function checkedAlerts(truth: Truth, seen: readonly SeenAlert[] | undefined): CheckedAlert[] {
  const expected = truth.alerts ?? [];
  if (seen === undefined)
    return expected.map((alert) => ({ ...about(alert), verdict: 'not checked', good: true, why: ALERT_WHY.noAlerts }));
  return [...expected.map((alert) => checkedAlert(alert, truth, seen)), ...others(truth, seen)];
}

function about({ name, severity, workload }: TruthAlert): Pick<CheckedAlert, 'name' | 'severity' | 'workload' | 'vms'> {
  return { name, severity, workload, vms: [] };
}

function checkedAlert(alert: TruthAlert, truth: Truth, seen: readonly SeenAlert[]): CheckedAlert {
  const own = seen.filter((each) => isOf(alert, each));
  const firing = own.filter(({ state }) => state === 'firing');
  if (firing.length > 0) return { ...about(alert), verdict: 'fired', good: true, why: '', ...placed(firing) };
  const vms = truth.vms.filter(({ name }) => alert.vms.includes(name));
  const notReady = vms.find((vm) => vm.notReady !== undefined);
  if (notReady && vms.every((vm) => vm.notReady !== undefined))
    return { ...about(alert), verdict: 'not fired', good: false, why: ALERT_WHY.notReady(notReady.name, notReady.notReady ?? '') };
  const due = dueAt(alert, truth);
  const isDue = due === undefined || truth.to >= due + LATE;
  if (!isDue) return { ...about(alert), verdict: 'not due', good: true, why: ALERT_WHY.notDue(due + LATE - truth.to), ...placed(own) };
  return own.length > 0
    ? { ...about(alert), verdict: 'pending', good: false, why: ALERT_WHY.pending, ...placed(own) }
    : { ...about(alert), verdict: 'not fired', good: false, why: ALERT_WHY.notFired(alert.why) };
}

function isOf({ name, severity, vms }: TruthAlert, seen: SeenAlert): boolean {
  // Alerts of two severities may share a name.
  return seen.name === name && (seen.severity === undefined || seen.severity === severity) && vms.includes(seen.vm);
}

function placed(seen: readonly SeenAlert[]): Pick<CheckedAlert, 'vms' | 'since'> {
  if (seen.length === 0) return { vms: [] };
  return { vms: [...new Set(seen.map(({ vm }) => vm))].sort(), since: Math.min(...seen.map(({ from }) => from)) };
}

/**
 * When an alert is due at the earliest: both the VMs that it is about and those that fire it must have run for long enough.
 * @returns undefined if it is not known when they were started
 */
function dueAt({ vms: own, workload, afterSeconds }: TruthAlert, { vms }: Truth): number | undefined {
  const first = (those: Truth['vms']) => Math.min(...those.flatMap(({ since }) => since ?? []));
  const starts = [first(vms.filter(({ name }) => own.includes(name))), first(vms.filter((vm) => vm.workload === workload))];
  const last = Math.max(...starts.filter(Number.isFinite));
  return Number.isFinite(last) ? last + afterSeconds : undefined;
}

/** Firing alerts that are not expected, each with all of its VMs. */
function others(truth: Truth, seen: readonly SeenAlert[]): CheckedAlert[] {
  const found = new Map<string, SeenAlert[]>();
  for (const each of seen) {
    if (each.state !== 'firing' || truth.alerts?.some((alert) => isOf(alert, each))) continue;
    const key = JSON.stringify([each.name, each.severity]);
    const same = found.get(key);
    if (same) same.push(each);
    else found.set(key, [each]);
  }
  const judged =
    truth.alerts === undefined
      ? ({ verdict: 'not checked', why: ALERT_WHY.noPlan } as const)
      : ({ verdict: 'unexpected', why: ALERT_WHY.unexpected } as const);
  return [...found.values()].map((same) => {
    const { name, severity } = same[0] as SeenAlert;
    return { name, ...(severity === undefined ? {} : { severity }), ...judged, good: true, ...placed(same) };
  });
}
