import type { Construct } from 'constructs';
import { type Guest, PlannedWorkload } from '../constructs/planned-workload';
import { userData } from '../guest/user-data';
import type { RolePlan, WorkloadPlan } from '../plan/plan';
import { textHash } from '../text-hash';

/** Adds everything that a workload needs to a chart, of virtwork's own app or of any other cdk8s app. */
export function addPlanned(scope: Construct, plan: WorkloadPlan): PlannedWorkload {
  return new PlannedWorkload(scope, `workload-${plan.name}`, { plan, guests: guestsOf(plan) });
}

/** The user data of each role, in the order of the plan. */
export function guestsOf(plan: WorkloadPlan): Guest[] {
  return plan.roles.map(guest);
}

function guest(role: RolePlan): Guest {
  const text = userData(role);
  return { userData: text, hash: textHash(text) };
}
