import type { FoundVm } from '../../companion/measured';
import { HALTED } from '../../companion/messages';
import type { Plan } from '../../plan/plan';
import type { GuestSeries, Truth, TruthAlert, TruthVm, TruthWorkload } from '../../verify/truth';
import { dueAlerts } from '../due-alerts';
import { NOT_THERE } from './messages';

/** Seconds for which guests are asked, where the user does not say it. */
const [SHORTEST, LONGEST] = [60, 3600];

/** Each workload, or role, once. */
export function different(workloads: readonly TruthWorkload[]): TruthWorkload[] {
  return [...new Map(workloads.map((each) => [JSON.stringify([each.workload, each.role]), each])).values()];
}

/** Seconds in which each signal has a window, and a load shape its whole curve unless that is very long. */
export function longEnough(workloads: readonly TruthWorkload[]): number {
  const windows = workloads.flatMap(({ signals }) => signals.filter(({ guest }) => guest).map(({ windowSeconds }) => windowSeconds));
  const periods = workloads.flatMap(({ shape }) => (shape ? [Math.min(shape.period, LONGEST)] : []));
  return Math.max(SHORTEST, ...windows, ...periods);
}

/** What the cluster says about a VM. */
export function aboutVm(name: string, { workload, role }: TruthWorkload, { state, hasAgent, since }: FoundVm) {
  const notReady = state.halted ? HALTED : state.ready ? undefined : (state.why ?? '');
  return {
    name,
    workload,
    ...(role === undefined ? {} : { role }),
    ...(notReady === undefined ? {} : { notReady }),
    agent: hasAgent,
    ...(since === undefined ? {} : { since }),
  };
}

/** What its guest counted. */
export function counted({ times, series, levels, ahead }: GuestSeries): Pick<TruthVm, 'times' | 'series' | 'levels' | 'ahead'> {
  return { times, series, ...(levels.length === 0 ? {} : { levels }), ...(ahead === 0 ? {} : { ahead }) };
}

/** The VMs of the plan that the cluster does not have. */
export function absentVms(plan: Plan | undefined, vms: readonly FoundVm[]): TruthVm[] {
  const there = new Set(vms.map(({ name }) => name));
  const roles = plan?.workloads.flatMap(({ roles: all }) => all) ?? [];
  return roles.flatMap(({ workload, role, vms: planned }) =>
    planned
      .filter(({ name }) => !there.has(name))
      .map(({ name }) => ({
        name,
        workload,
        ...(role === undefined ? {} : { role }),
        notReady: NOT_THERE,
        times: [],
        series: {},
        events: [],
      })),
  );
}

/** The alerts that a plan should fire. */
function alertsIn(plan: Plan): TruthAlert[] {
  return dueAlerts(plan).map(({ name, severity, afterSeconds, why, workload, vms }) => ({
    name,
    severity,
    afterSeconds,
    why,
    workload,
    vms,
  }));
}

/** What every truth begins with. */
export function headOf(
  namespace: string,
  run: string | undefined,
  plan: Plan | undefined,
): Pick<Truth, 'schema' | 'namespace' | 'run' | 'alerts'> {
  return {
    schema: 'virtwork.truth/1',
    namespace,
    ...(run === undefined ? {} : { run }),
    ...(plan === undefined ? {} : { alerts: alertsIn(plan) }),
  };
}
