import type { Construct } from 'constructs';
import type { PlannedWorkload } from '../constructs/planned-workload';
import { UserError } from '../errors';
import type { WorkloadPlan } from '../plan/plan';
import { addPlanned } from '../synth/planned-workload';
import { nameRequired } from './messages';
import { Workload, type WorkloadProps } from './workload';

/** {@link WorkloadProps} with the name of the workload, which is also the id of the construct. */
export interface NamedWorkloadProps extends WorkloadProps {
  readonly workload: string;
}

/**
 * Adds everything that a workload needs to a chart.
 * @param workload name and options
 * @returns the construct, with its warnings; its id is the name of the workload
 * @throws UserError with every problem of the props
 */
export function addWorkload(scope: Construct, workload: NamedWorkloadProps): Workload;
/**
 * Adds everything that a workload needs to a chart.
 * @param workload a workload of an existing plan; the plan has the warnings
 * @returns the construct; its id is the name of the workload
 */
export function addWorkload(scope: Construct, workload: WorkloadPlan): PlannedWorkload;
export function addWorkload(scope: Construct, workload: NamedWorkloadProps | WorkloadPlan): PlannedWorkload {
  if (isPlan(workload)) return addPlanned(scope, workload);
  const name: unknown = workload?.workload;
  if (typeof name === 'string' && name !== '') return new Workload(scope, name, workload);
  throw new UserError([{ where: 'addWorkload', ...nameRequired(name ?? workload) }]);
}

function isPlan(workload: object): workload is WorkloadPlan {
  return typeof workload === 'object' && workload !== null && 'roles' in workload;
}
