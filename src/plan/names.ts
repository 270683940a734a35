import type { Problem } from '../errors';
import { MANAGER } from '../kubernetes/labels';
import { nameUuid } from '../kubernetes/name-uuid';
import { runId } from '../kubernetes/run-id';
import type { RolePlan, ServicePlan, WorkloadPlan } from './plan';

/** Names become labels and DNS names. */
const LONGEST = 63;

/** Name of the Secret with what all guests share, and serial of its disk. */
export const GUEST = `${MANAGER}-guest`;

/** `virtwork-<workload>` or `virtwork-<workload>-<role>`: what the names of a role's objects begin with. */
export function roleName(workload: string, role?: string): string {
  return role ? `${MANAGER}-${workload}-${role}` : `${MANAGER}-${workload}`;
}

export function vmName(workload: string, role: string | undefined, index: number): string {
  return `${roleName(workload, role)}-${index}`;
}

export function userDataSecretName(workload: string, role?: string): string {
  return `${roleName(workload, role)}-cloudinit`;
}

/** The ServiceAccount of a workload, and what is named after it. */
export function accountName(workload: string): string {
  return roleName(workload);
}

export function tokenSecretName(workload: string): string {
  return `${roleName(workload)}-token`;
}

/** Runs in one namespace have a Secret each, so that the cleanup of one leaves the guests of the others alone. */
export function guestSecretName(namespace: string, run: string): string {
  return run === runId(namespace) ? GUEST : `${GUEST}-${nameUuid(run).slice(0, 8)}`;
}

/** Names outside of every namespace tell which one they are for; with colons, no two of them can mean the same. */
export function clusterRoleName(namespace: string, workload: string): string {
  return `${MANAGER}:${namespace}:${workload}`;
}

/** The Service that the VMs' own DNS names hang on. */
export function peersName(workload: string): string {
  return `${MANAGER}-${workload}-peers`;
}

export function dataVolumeName(disk: string, vm: string): string {
  return `${disk}-${vm}`;
}

/** Names that are too long, or that two objects of one kind would share. */
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
  return names.flatMap(([kind, name = '']) =>
    name.length <= LONGEST
      ? []
      : [
          {
            where: `workload ${role.workload}`,
            message: `names must have at most ${LONGEST} characters, ${kind} ${name} has ${name.length}`,
            hint: 'a shorter name for the entry, its role or its storage',
          },
        ],
  );
}

/** What gives an object another name, where it is not the name of the entry. */
const CLASH: { readonly [kind: string]: string } = {
  Service: 'set another service.name in the workload.yaml of one of the entries',
};

function unique(kind: string, named: readonly (readonly [string, RolePlan | ServicePlan])[]): Problem[] {
  const owners = new Map<string, string>();
  return named.flatMap(([name, { workload, role }]) => {
    const owner = role ? `${workload}/${role}` : workload;
    const other = owners.get(name);
    owners.set(name, owner);
    return other === undefined
      ? []
      : [
          {
            where: `workload ${owner}`,
            message: `its ${kind} ${name} has the same name as that of workload ${other}`,
            hint: CLASH[kind] ?? 'rename the folder of one of the entries',
          },
        ];
  });
}
