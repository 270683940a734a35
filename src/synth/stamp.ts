import type { RolePlan, VmPlan, WorkloadPlan } from '../plan/plan';

/**
 * The VMs of a role differ in a few words only. So one VM is rendered, with marks in the place of these words, and the text of each VM is
 * that text with its own words: ten thousand VMs take little longer than ten.
 *
 * The words are DNS labels and UUIDs, which YAML writes without quotes. The marks are characters of the private use area, which no checked
 * value contains.
 */
const OPEN = '\ue000';
const CLOSE = '\ue001';
const MARK = /\ue000(name|uuid|pair)\ue001/;

/** The same workload with one VM per role, which has marks in the place of its words. */
export function patternOf(workload: WorkloadPlan): WorkloadPlan {
  return { ...workload, roles: workload.roles.map(patternOfRole) };
}

/** @returns the text for a VM, with the VM's words in the place of the marks */
export function stamper(text: string): (vm: VmPlan) => string {
  // Cut once for all VMs: splitting by a pattern with a group returns text and mark in turn.
  const pieces = text.split(MARK);
  return (vm) => {
    let stamped = pieces[0] as string;
    for (let at = 1; at < pieces.length; at += 2) stamped += vm[pieces[at] as keyof VmPlan] + (pieces[at + 1] as string);
    return stamped;
  };
}

function patternOfRole(role: RolePlan): RolePlan {
  // A pool is one object for all VMs.
  if (role.pool !== undefined) return role;
  // A patch may test the words of a single VM.
  if (role.patches && role.vms.length === 1) return role;
  const pair = role.vms[0]?.pair === undefined ? {} : { pair: mark('pair') };
  return { ...role, vms: [{ name: mark('name'), uuid: mark('uuid'), ...pair }] };
}

function mark(word: keyof VmPlan): string {
  return OPEN + word + CLOSE;
}
