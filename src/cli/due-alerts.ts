import { expectedAlerts, type PlannedAlert } from '../plan/alerts';
import type { Plan, WorkloadPlan } from '../plan/plan';
import { dueWith } from '../signals/alert';

/** The alerts that the VMs of a plan fire, with the times at which they are due. */
export function dueAlerts({ workloads }: Pick<Plan, 'workloads'>): PlannedAlert[] {
  return expectedAlerts({ workloads: workloads.map((workload) => withDueTimes(workload, workloads)) });
}

function withDueTimes(workload: WorkloadPlan, all: readonly WorkloadPlan[]): WorkloadPlan {
  const { name, alerts, roles } = workload;
  if (!alerts) return workload;
  const params: { readonly [key: string]: string } = Object.assign({}, ...roles.map(({ guest }) => guest.params));
  const spared = [name, ...(params['migration-exclude-components'] ?? '').split(';')];
  const targets = all.filter((each) => !spared.includes(each.name)).flatMap((each) => each.roles.flatMap(({ vms }) => vms));
  return { ...workload, alerts: dueWith(alerts, params, targets.length) };
}
