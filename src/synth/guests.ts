import type { Guest } from '../constructs/planned-workload';
import { guestDisk } from '../guest/guest-disk';
import { userData } from '../guest/user-data';
import { userDataHash } from '../kubernetes/user-data-hash';
import type { RolePlan, WorkloadPlan } from '../plan/plan';

/** The user data of each role, in the order of the plan. */
export function guestsOf(plan: WorkloadPlan): Guest[] {
  return plan.roles.map(guest);
}

function guest(role: RolePlan): Guest {
  const text = userData(role);
  return { userData: text, hash: userDataHash(text, guestDisk(role.guestDisk.files)) };
}
