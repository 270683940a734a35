import type { Construct } from 'constructs';
import { type Guest, Workload } from '../constructs/workload';
import { userData } from '../guest/user-data';
import type { RolePlan, WorkloadPlan } from '../plan/plan';
import { textHash } from '../text-hash';

/** Adds everything that a workload needs to a chart, of virtwork's own app or of any other cdk8s app. */
export function addWorkload(scope: Construct, plan: WorkloadPlan): Workload {
  return new Workload(scope, plan.name, { plan, guests: plan.roles.map(guest) });
}

function guest(role: RolePlan): Guest {
  const text = userData(role);
  return { userData: text, hash: textHash(text) };
}
