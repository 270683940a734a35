import type { Spell } from '../options/spell';
import { cannotMigrate } from './messages';
import type { RolePlan, WorkloadPlan } from './plan';

/** Resources that move a VM to another node: a migration, or the subresource that creates one. */
const MIGRATING = ['virtualmachineinstancemigrations', 'virtualmachines/migrate'];
const WRITING = ['create', 'update', 'patch'];
const SHARED = 'ReadWriteMany';

/**
 * A VM can move only if both nodes can write to its disks. If a workload migrates the others, the warning names workloads whose access
 * modes the user did not set: the access modes of a StorageProfile are known only in the cluster.
 */
export function migrationWarnings(workloads: readonly WorkloadPlan[], spell: Spell): string[] {
  const migrators = workloads.filter(migrates);
  const stuck = workloads.filter((workload) => !migrators.includes(workload) && workload.roles.some(isStuck)).map(({ name }) => name);
  return stuck.length === 0 ? [] : migrators.map(({ name }) => cannotMigrate(name, stuck, SHARED, spell));
}

function migrates({ access }: WorkloadPlan): boolean {
  const some = (words: readonly string[], all: readonly string[]) => words.some((word) => all.includes(word));
  return access?.rules.some(({ resources, verbs }) => some(resources, MIGRATING) && some(verbs, WRITING)) ?? false;
}

function isStuck({ boot, disks }: RolePlan): boolean {
  const volumes = [...disks, ...(boot.kind === 'dataSource' ? [boot] : [])];
  return volumes.some(({ accessModes = [] }) => !accessModes.includes(SHARED));
}
