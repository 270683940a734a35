import type { GuestFile } from '../catalog/entry';
import type { Guest } from '../constructs/planned-workload';
import { type GuestDisk, guestDisk } from '../guest/guest-disk';
import { userData } from '../guest/user-data';
import { userDataHash } from '../kubernetes/user-data-hash';
import type { RolePlan, WorkloadPlan } from '../plan/plan';

/** The user data of each role, in the order of the plan. */
export function guestsOf(plan: WorkloadPlan): Guest[] {
  return plan.roles.map(guest);
}

function guest(role: RolePlan): Guest {
  const text = userData(role);
  return { userData: text, hash: userDataHash(text, diskOf(role.guestDisk.files)) };
}

/** Many guests have the same files. */
const DISKS = new WeakMap<readonly GuestFile[], GuestDisk>();

/** The contents of a guest disk, computed once for each list of files. */
export function diskOf(files: readonly GuestFile[]): GuestDisk {
  const disk = DISKS.get(files) ?? guestDisk(files);
  DISKS.set(files, disk);
  return disk;
}
