import type { Construct } from 'constructs';
import type { PlannedWorkload } from '../constructs/planned-workload';
import { UserError } from '../errors';
import type { WorkloadPlan } from '../plan/plan';
import { addPlanned } from '../synth/planned-workload';
import { show } from '../text/show';
import { Workload, type WorkloadProps } from './workload';

/**
 * Adds everything that a workload needs to a chart.
 * @param workload what to add, or a workload of a plan that is there already
 * @returns the construct; its id is the name of the workload
 * @throws UserError with every problem of the props
 */
export function addWorkload(scope: Construct, workload: (WorkloadProps & { readonly workload: string }) | WorkloadPlan): PlannedWorkload {
  if (isPlan(workload)) return addPlanned(scope, workload);
  const name: unknown = workload?.workload;
  if (typeof name === 'string' && name !== '') return new Workload(scope, name, workload);
  const message = `must get the name of a workload, got ${show(name ?? workload)}`;
  throw new UserError([{ where: 'addWorkload', message, hint: "addWorkload(chart, { workload: 'cpu' })" }]);
}

function isPlan(workload: object): workload is WorkloadPlan {
  return typeof workload === 'object' && workload !== null && 'roles' in workload;
}
