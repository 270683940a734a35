import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { GuestSecret } from '../constructs/guest-secret';
import { PlannedWorkload } from '../constructs/planned-workload';
import { refuse } from '../errors';
import type { WorkloadPlan } from '../plan/plan';
import { diskOf, guestsOf } from './guests';
import { patchProblems } from './patched';

/**
 * Adds everything that a workload needs to a chart of any cdk8s app.
 * @throws UserError with the problems of patches
 */
export function addPlanned(scope: Construct, plan: WorkloadPlan): PlannedWorkload {
  refuse(patchProblems([plan]));
  const workload = new PlannedWorkload(scope, `workload-${plan.name}`, { plan, guests: guestsOf(plan) });
  addGuestSecret(Chart.of(scope), plan);
  return workload;
}

/** Adds the Secrets that the guests of all workloads of a run share, unless the chart has them already. */
export function addGuestSecret(chart: Chart, { namespace, runId, roles }: WorkloadPlan): void {
  for (const { secret: name, files } of roles.map((role) => role.guestDisk)) {
    const id = `guest-${namespace}-${name}`;
    if (!chart.node.tryFindChild(id)) new GuestSecret(chart, id, { name, namespace, runId, files: diskOf(files) });
  }
}
