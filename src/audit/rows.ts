import type { KubeObject } from '../companion/objects';
import { ROLE, WORKLOAD } from '../kubernetes/labels';
import type { Options } from '../options/options';
import type { DiskPlan, Plan, RolePlan, WorkloadPlan } from '../plan/plan';
import type { Execution, Row } from './audit';

/** What is known of an execution when it begins. */
export interface Beginning {
  readonly options: Options;
  /** Of the executions that render. @default none */
  readonly plan?: Plan;
  /** Value of the environment variable KUBECONFIG. @default not set */
  readonly kubeconfig: string | undefined;
  /** Columns of `audit_log` of this command alone. They replace others with the same name. */
  readonly log: Row;
}

/** The rows that an execution begins with. */
export function executionRows({ options, plan, kubeconfig, log }: Beginning): Execution {
  return {
    log: { ...commonColumns(options, kubeconfig), ...(plan ? { ...defaultColumns(options), ...planColumns(plan) } : {}), ...log },
    workloads: (plan?.workloads ?? []).map(workloadRows),
  };
}

/** Columns of `audit_log` that every execution has. */
function commonColumns({ companion, namespace, runId, ssh }: Options, kubeconfig: string | undefined): Row {
  return {
    kubeconfig_path: companion.kubeconfig ?? kubeconfig ?? null,
    namespace,
    ssh_auth_configured: ssh && (ssh.authorizedKeys.length > 0 || ssh.passwordHash || ssh.existingSecret) ? 1 : 0,
    linked_run_ids: JSON.stringify([runId]),
  };
}

/** Columns of `audit_log` with the values of VMs for which nothing else is set. */
function defaultColumns({ boot, cpuCores, memory, dataDiskSize }: Options): Row {
  return {
    container_disk_image: boot.kind === 'containerDisk' ? boot.image : null,
    default_cpu_cores: cpuCores.stated ?? cpuCores.fallback,
    default_memory: memory.stated ?? memory.fallback,
    data_disk_size: dataDiskSize,
  };
}

/** Columns of `audit_log` that follow from the plan. */
export function planColumns({ workloads }: Pick<Plan, 'workloads'>) {
  return {
    workloads_csv: workloads.map(({ name }) => name).join(','),
    total_vm_count: workloads.reduce((sum, { roles }) => sum + vmCount(roles), 0),
    total_workload_count: workloads.length,
  };
}

function vmCount(roles: readonly RolePlan[]): number {
  return roles.reduce((sum, { vms }) => sum + vms.length, 0);
}

function workloadRows({ name, roles, services }: WorkloadPlan): Execution['workloads'][number] {
  const [first] = roles as readonly [RolePlan];
  const row = {
    workload_type: name,
    enabled: 1,
    vm_count: vmCount(roles),
    // The columns must not be empty. The CPUs that an instancetype gives are known only in the cluster.
    cpu_cores: first.cpuCores ?? 0,
    memory: first.memory ?? `instancetype ${first.machine?.instancetype?.name}`,
    ...diskColumns(roles.flatMap(({ disks }) => disks)),
    requires_service: services.length > 0 ? 1 : 0,
  };
  return { row, vms: roles.flatMap(vmRows) };
}

function vmRows(role: RolePlan): Row[] {
  return role.vms.map(({ name }) => ({
    vm_name: name,
    namespace: role.namespace,
    component: role.workload,
    role: role.role ?? '',
    cpu_cores: role.cpuCores ?? null,
    memory: role.memory ?? null,
    container_disk_image: role.boot.kind === 'containerDisk' ? role.boot.image : '',
    ...diskColumns(role.disks),
  }));
}

function diskColumns(disks: readonly DiskPlan[]): Row {
  return { has_data_disk: disks.length > 0 ? 1 : 0, data_disk_size: disks[0]?.size ?? null };
}

/** Row of `vm_details` for the manifest of a VM. */
export function rowOfVm({ metadata: { name, labels = {} }, spec }: KubeObject, namespace: string, status: 'planned' | 'created'): Row {
  const domain = spec?.template?.spec?.domain;
  return {
    vm_name: name,
    namespace,
    component: labels[WORKLOAD] ?? '',
    role: labels[ROLE] ?? '',
    cpu_cores: cpus(domain?.cpu),
    memory: (domain?.memory?.guest as string | undefined) ?? null,
    has_data_disk: spec?.dataVolumeTemplates?.length > 0 ? 1 : 0,
    status,
  };
}

function cpus(cpu: { readonly sockets?: number; readonly cores?: number; readonly threads?: number } | undefined): number | null {
  return cpu?.sockets === undefined ? null : cpu.sockets * (cpu.cores ?? 1) * (cpu.threads ?? 1);
}
