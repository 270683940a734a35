import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { GuestSecret } from '../constructs/guest-secret';
import { type Guest, PlannedWorkload } from '../constructs/planned-workload';
import { guestDisk } from '../guest/guest-disk';
import { userData } from '../guest/user-data';
import { userDataHash } from '../kubernetes/user-data-hash';
import type { RolePlan, WorkloadPlan } from '../plan/plan';

/** Adds everything that a workload needs to a chart of any cdk8s app. */
export function addPlanned(scope: Construct, plan: WorkloadPlan): PlannedWorkload {
  const workload = new PlannedWorkload(scope, `workload-${plan.name}`, { plan, guests: guestsOf(plan) });
  addGuestSecret(Chart.of(scope), plan);
  return workload;
}

/** Adds the Secrets that the guests of all workloads of a run share, unless the chart has them already. */
export function addGuestSecret(chart: Chart, { namespace, runId, roles }: WorkloadPlan): void {
  for (const { secret: name, files } of roles.map((role) => role.guestDisk)) {
    const id = `guest-${namespace}-${name}`;
    if (!chart.node.tryFindChild(id)) new GuestSecret(chart, id, { name, namespace, runId, files: guestDisk(files) });
  }
}

/** The user data of each role, in the order of the plan. */
export function guestsOf(plan: WorkloadPlan): Guest[] {
  return plan.roles.map(guest);
}

function guest(role: RolePlan): Guest {
  const text = userData(role);
  return { userData: text, hash: userDataHash(text, guestDisk(role.guestDisk.files)) };
}
