/** Every message and hint of experiments on a cluster. */

// What a group misses

/** @param why of the guest; empty: not known */
export function recordFailed(outcome: string, why: string): string {
  return `its record says ${outcome}${why && `: ${why}`}`;
}

export const NO_RECORD = 'has no record';
export const NO_VMS = 'its manifests contain no VM that is measured';

/** @param count of its trials that have no record; @param why of the VM */
export function recordsMissing(count: number, why: string): string {
  return `${count === 1 ? '1 trial has' : `${count} trials have`} no record: ${why}`;
}

export const NOT_KNOWN = 'the reason is not known';
export const NOT_FINISHED = 'its guest did not finish in time';

export function rejected(kind: string, name: string, why: string): string {
  return `the cluster rejects ${kind} ${name}: ${why}`;
}

// Work on a group

export const APPLYING = 'applying its manifests';
export const CONTINUING = 'its VMs exist: continuing with them';
export const STARTING_OVER = 'its VMs exist, and miss records: they are deleted, and created again';
export const DELETING = 'deleting its VMs and volumes';
export const KEPT = 'its VMs are kept';

/** @param left objects with their reasons */
export function notGone(left: readonly string[]): string {
  return `not deleted: ${first(left)}`;
}

/** @param vms that may hold records which were not stored */
export function leftRunning(vms: readonly string[]): string {
  return `left running: ${first(vms)} may hold records that could not be fetched`;
}

export function notAnswering(why: string): string {
  return `the cluster does not answer: ${why}`;
}

// Facts

export function notListed(resource: string): string {
  return `${resource} could not be listed`;
}

// The check

export function permissionMissing(verb: string, resource: string, namespace: string) {
  const [plural, subresource] = resource.split('/');
  const flag = subresource === undefined ? '' : ` --subresource=${subresource}`;
  return {
    where: `namespace ${namespace}`,
    message: `this account may not ${verb} ${resource}`,
    hint: `ask for the permission; run: kubectl auth can-i ${verb} ${plural}${flag} -n ${namespace}`,
  };
}

export function noWayToGuests(namespace: string) {
  return {
    where: `namespace ${namespace}`,
    message: 'this account may not get results: it needs get on pods/proxy or create on pods/portforward',
    hint: `ask for one of them; run: kubectl auth can-i get pods --subresource=proxy -n ${namespace}`,
  };
}

/** @param groups API groups that the cluster does not have */
export function apisMissing(groups: readonly string[]): string {
  return `the cluster does not have the API ${groups.join(', ')}; check that KubeVirt and CDI are installed`;
}

export function classMissing(name: string, known: readonly string[]): string {
  return `no storage class ${name}; the cluster has ${known.length === 0 ? 'none' : first(known)}`;
}

/** @param command that creates it */
export function classOfPools(name: string, command: string): string {
  return `storage class ${name} of pools does not exist yet; an administrator creates it with: ${command}`;
}

/** A class of the cluster has the name of one of pools. */
export function classOfOthers(name: string, experiment: string): string {
  return `storage class ${name} exists, and is not of the pools of ${experiment}: it has no label virtwork/experiment=${experiment}; rename the class in the experiment`;
}

export const NO_DEFAULT_CLASS = 'no storage class is set, and the cluster has no default class; set storage_class';

/** @param what such as `memory`; need and has in readable units */
export function tooMuch(what: string, need: string, has: string, nodes: number): string {
  return `needs ${need} of ${what}; ${nodes === 1 ? 'the node' : `the ${nodes} nodes`} for VMs can allocate ${has}`;
}

/** What nodes can allocate, and how much of it other workloads leave. */
export function stillFree(allocatable: string, free: string): string {
  return `${allocatable}, of which ${free} are free`;
}

export function vmTooLarge(vm: { readonly what: string; readonly name: string }, what: string, need: string, has: string): string {
  return `${vm.what} ${vm.name} needs ${need} of ${what}; the largest node can allocate ${has}`;
}

export function quotaExceeded(quota: string, resource: string, { hard, used, need }: { hard: string; used: string; need: string }): string {
  return `quota ${quota} allows ${hard} of ${resource}, ${used} are used, and the group needs ${need}`;
}

export function notChecked(what: string): string {
  return `not checked: ${what}`;
}

export const NO_NODES = 'no node can run VMs: none is schedulable with the label kubevirt.io/schedulable=true';

/** Names that a list states; the others are counted. */
const SHOWN = 5;

function first(all: readonly string[]): string {
  return `${all.slice(0, SHOWN).join(', ')}${all.length > SHOWN ? ` and ${all.length - SHOWN} more` : ''}`;
}
