import { expectedAlerts, type PlannedAlert } from '../plan/alerts';
import type { Plan, WorkloadPlan } from '../plan/plan';
import { dueWith } from '../signals/alert';

/** The alerts that the VMs of a plan fire, with the times at which they are due. */
export function dueAlerts({ workloads }: Pick<Plan, 'workloads'>): PlannedAlert[] {
  return expectedAlerts({ workloads: workloads.map(withDueTimes) });
}

function withDueTimes(workload: WorkloadPlan): WorkloadPlan {
  const { alerts, roles } = workload;
  return alerts ? { ...workload, alerts: dueWith(alerts, Object.assign({}, ...roles.map(({ guest }) => guest.params))) } : workload;
}
