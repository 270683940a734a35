import type { Problem } from '../errors';
import { MANAGER } from '../kubernetes/labels';
import { nameUuid } from '../kubernetes/name-uuid';
import { runId } from '../kubernetes/run-id';
import { nameTooLong, sameName } from './messages';
import type { RolePlan, ServicePlan, WorkloadPlan } from './plan';

/** Names become labels and DNS names, which have at most 63 characters. */
const LONGEST = 63;

/** Name of the Secret with the files that all guests share, and serial of its disk. */
export const GUEST = `${MANAGER}-guest`;

/** `virtwork-<workload>` or `virtwork-<workload>-<role>`: the prefix of the names of a role's objects. */
export function roleName(workload: string, role?: string): string {
  return role ? `${MANAGER}-${workload}-${role}` : `${MANAGER}-${workload}`;
}

export function vmName(workload: string, role: string | undefined, index: number): string {
  return `${roleName(workload, role)}-${index}`;
}

export function userDataSecretName(workload: string, role?: string): string {
  return `${roleName(workload, role)}-cloudinit`;
}

/** Name of the ServiceAccount of a workload, its Role and its RoleBinding. */
export function accountName(workload: string): string {
  return roleName(workload);
}

export function tokenSecretName(workload: string): string {
  return `${roleName(workload)}-token`;
}

/**
 * Each run in a namespace has its own Secret, so that the cleanup of one run does not affect the guests of another. Measured guests need more
 * files, and have another one, so that measuring a workload does not change the others.
 */
export function guestSecretName(namespace: string, run: string, isMeasured: boolean): string {
  return ofRun(isMeasured ? `${GUEST}-trials` : GUEST, namespace, run);
}

/** Name of objects that a run has once: each run in a namespace has its own. */
export function nameOfRun(namespace: string, run: string, suffix?: string): string {
  return ofRun(suffix === undefined ? MANAGER : `${MANAGER}-${suffix}`, namespace, run);
}

function ofRun(name: string, namespace: string, run: string): string {
  return run === runId(namespace) ? name : `${name}-${nameUuid(run).slice(0, 8)}`;
}

/** Names of cluster-scoped objects contain the namespace that they are for; the colons make them unambiguous. */
export function clusterRoleName(namespace: string, workload: string): string {
  return `${MANAGER}:${namespace}:${workload}`;
}

/** The headless Service that gives the VMs DNS names. */
export function peersName(workload: string): string {
  return `${MANAGER}-${workload}-peers`;
}

export function dataVolumeName(disk: string, vm: string): string {
  return `${disk}-${vm}`;
}

/** Names that are too long, or that two objects of the same kind would have. */
export function nameProblems(workloads: readonly WorkloadPlan[]): Problem[] {
  const roles = workloads.flatMap((workload) => workload.roles);
  return [
    ...unique(
      'VirtualMachine',
      roles.flatMap((role) => role.vms.map((vm) => [vm.name, role])),
    ),
    ...unique(
      'Secret',
      roles.map((role) => [role.userDataSecret, role]),
    ),
    ...unique(
      'Service',
      workloads.flatMap((workload) => workload.services.map((service) => [service.name, service])),
    ),
    ...roles.flatMap(longest),
  ];
}

/** The last VM of a role has the longest names. */
function longest(role: RolePlan): Problem[] {
  const vm = role.vms.at(-1)?.name ?? '';
  const names = [
    ['VirtualMachine', vm],
    ['Secret', role.userDataSecret],
    ...role.disks.map((disk) => ['DataVolume', dataVolumeName(disk.name, vm)]),
  ];
  return names.flatMap(([kind = '', name = '']) =>
    name.length <= LONGEST ? [] : [{ where: `workload ${role.workload}`, ...nameTooLong(kind, name, LONGEST) }],
  );
}

function unique(kind: string, named: readonly (readonly [string, RolePlan | ServicePlan])[]): Problem[] {
  const owners = new Map<string, string>();
  return named.flatMap(([name, { workload, role }]) => {
    const owner = role ? `${workload}/${role}` : workload;
    const other = owners.get(name);
    owners.set(name, owner);
    return other === undefined ? [] : [{ where: `workload ${owner}`, ...sameName(kind, name, other) }];
  });
}
