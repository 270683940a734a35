import { Audit, type Ending, type Row } from '../../audit/audit';
import { recorder } from '../../audit/recorder';
import { type Client, Interrupted } from '../../companion/client';
import type { Report } from '../../companion/event';
import type { KubeObject } from '../../companion/objects';
import { UserError } from '../../errors';
import { ROLE, WORKLOAD } from '../../kubernetes/labels';
import type { Options } from '../../options/options';
import type { DiskPlan, Plan, RolePlan, WorkloadPlan } from '../../plan/plan';
import { show } from '../../text/show';
import type { Context } from '../context';

/** The record of a verb, and where the companion tells it what happens. */
export interface Audited {
  readonly audit: Audit;
  readonly report: Report;
}

/** The cluster that a verb writes to: in words, and as columns of `audit_log`. */
export interface Target {
  readonly words: string;
  readonly columns: Row;
}

/** Says which cluster it is, before anything is asked or done there. A client that is not there is told of by the work itself. */
export async function announced(client: Client, { log }: Context): Promise<Target> {
  try {
    const { context, server } = await client.cluster();
    const known = [
      ...(context === undefined ? [] : [`context ${show(context)}`]),
      ...(server === undefined ? [] : [`server ${show(server)}`]),
    ];
    const words = `cluster: ${known.join(', ') || 'the one that kubectl finds without a context'}`;
    log.info(words);
    return { words, columns: { cluster_context: context ?? null } };
  } catch (error) {
    if (error instanceof UserError) return { words: '', columns: {} };
    throw error;
  }
}

/** What a piece of work comes to, and what its record says of that. */
export interface Outcome {
  readonly code: number;
  readonly ending: Ending;
}

/**
 * Does the work with a record of it, which is closed whatever happens.
 * @param log columns of `audit_log` beside those that every verb has
 */
export async function audited(
  { options, plan, context, log }: { readonly options: Options; readonly plan?: Plan; readonly context: Context; readonly log: Row },
  work: (audited: Audited) => Promise<Outcome>,
): Promise<number> {
  const { audit: isKept, auditAsked, auditDb } = options.companion;
  // What changes nothing leaves no file that nobody asked for.
  const file = isKept && (auditAsked || !options.dryRun) ? auditDb : undefined;
  const audit = new Audit({ file, warn: context.log.warn });
  audit.begin({
    log: { ...columnsOf(options, context), ...(plan ? defaultsOf(options) : {}), ...log },
    workloads: (plan?.workloads ?? []).map(workloadRows),
  });
  try {
    const { code, ending } = await work({ audit, report: recorder(audit, options.namespace) });
    audit.end(ending);
    return code;
  } catch (error) {
    audit.end({ status: 'failed', error: error instanceof Interrupted ? 'interrupted' : (error as Error).message });
    throw error;
  }
}

function columnsOf(options: Options, { env }: Context): Row {
  const { companion, ssh } = options;
  return {
    kubeconfig_path: companion.kubeconfig ?? env.KUBECONFIG ?? null,
    namespace: options.namespace,
    ssh_auth_configured: ssh && (ssh.authorizedKeys.length > 0 || ssh.passwordHash || ssh.existingSecret) ? 1 : 0,
    linked_run_ids: JSON.stringify([options.runId]),
  };
}

/** What VMs get that nothing else is said of. */
function defaultsOf({ boot, cpuCores, memory, dataDiskSize }: Options): Row {
  return {
    container_disk_image: boot.kind === 'containerDisk' ? boot.image : null,
    default_cpu_cores: cpuCores.forAll ?? cpuCores.general ?? cpuCores.fallback,
    default_memory: memory.forAll ?? memory.general ?? memory.fallback,
    data_disk_size: dataDiskSize,
  };
}

/** Columns of `audit_log` that a plan decides. */
export function planColumns({ workloads }: Plan) {
  return {
    workloads_csv: workloads.map(({ name }) => name).join(','),
    total_vm_count: workloads.reduce((sum, { roles }) => sum + vmCount(roles), 0),
    total_workload_count: workloads.length,
  };
}

function vmCount(roles: readonly RolePlan[]): number {
  return roles.reduce((sum, { vms }) => sum + vms.length, 0);
}

function workloadRows({ name, roles, services }: WorkloadPlan): { row: Row; vms: Row[] } {
  const [first] = roles as readonly [RolePlan];
  const row = {
    workload_type: name,
    enabled: 1,
    vm_count: vmCount(roles),
    cpu_cores: first.cpuCores,
    memory: first.memory,
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
    cpu_cores: role.cpuCores,
    memory: role.memory,
    container_disk_image: role.boot.kind === 'containerDisk' ? role.boot.image : '',
    ...diskColumns(role.disks),
  }));
}

function diskColumns(disks: readonly DiskPlan[]): Row {
  return { has_data_disk: disks.length > 0 ? 1 : 0, data_disk_size: disks[0]?.size ?? null };
}

/** A VM as its manifest tells it. */
export function rowOfVm(object: KubeObject, namespace: string, status: 'planned' | 'created'): Row {
  const { labels = {} } = object.metadata;
  const spec = object.spec?.template?.spec;
  return {
    vm_name: object.metadata.name,
    namespace,
    component: labels[WORKLOAD] ?? '',
    role: labels[ROLE] ?? '',
    cpu_cores: (spec?.domain?.cpu?.sockets as number | undefined) ?? null,
    memory: (spec?.domain?.memory?.guest as string | undefined) ?? null,
    has_data_disk: object.spec?.dataVolumeTemplates?.length > 0 ? 1 : 0,
    status,
  };
}
