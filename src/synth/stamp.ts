import type { RolePlan, VmPlan, WorkloadPlan } from '../plan/plan';

/**
 * The VMs of a role differ in a few words. So one of them is rendered, with marks in the place of these words, and
 * the text of every VM is that text with its own words: ten thousand VMs cost what ten cost, and some joining.
 *
 * The words are DNS labels and UUIDs, which YAML writes as they are; the marks are characters of the private use
 * area, which no checked value holds.
 */
const OPEN = '\ue000';
const CLOSE = '\ue001';
const MARK = /\ue000(name|uuid|pair)\ue001/;

/** The same workload with one VM per role, which has marks for words. */
export function patternOf(workload: WorkloadPlan): WorkloadPlan {
  return { ...workload, roles: workload.roles.map(patternOfRole) };
}

/** Cuts a text at its marks once, for all the VMs to come. */
export function stamper(text: string): (vm: VmPlan) => string {
  // Splitting by a pattern with a group gives text and mark in turn.
  const pieces = text.split(MARK);
  return (vm) => {
    let stamped = pieces[0] as string;
    for (let at = 1; at < pieces.length; at += 2) stamped += vm[pieces[at] as keyof VmPlan] + (pieces[at + 1] as string);
    return stamped;
  };
}

function patternOfRole(role: RolePlan): RolePlan {
  const pair = role.vms[0]?.pair === undefined ? {} : { pair: mark('pair') };
  return { ...role, vms: [{ name: mark('name'), uuid: mark('uuid'), ...pair }] };
}

function mark(word: keyof VmPlan): string {
  return OPEN + word + CLOSE;
}
