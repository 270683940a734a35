import type { RolePlan, WorkloadPlan } from './plan';

/** What moves a VM to another node: a migration of its own, or the subresource that makes one. */
const MIGRATING = ['virtualmachineinstancemigrations', 'virtualmachines/migrate'];
const WRITING = ['create', 'update', 'patch'];
const SHARED = 'ReadWriteMany';

/**
 * A VM can only move when both nodes may write its disks. Where a workload migrates the others, those are named of
 * which nobody said so: what a StorageProfile says is known to the cluster alone.
 */
export function migrationWarnings(workloads: readonly WorkloadPlan[]): string[] {
  const migrators = workloads.filter(migrates);
  const stuck = workloads.filter((workload) => !migrators.includes(workload) && workload.roles.some(isStuck)).map(({ name }) => name);
  return stuck.length === 0
    ? []
    : migrators.map(
        ({ name }) =>
          `${name} cannot migrate VMs whose disks are not ${SHARED}: those of ${stuck.join(', ')}; access_modes: [${SHARED}] settles it, where the storage has that`,
      );
}

function migrates({ access }: WorkloadPlan): boolean {
  const some = (words: readonly string[], all: readonly string[]) => words.some((word) => all.includes(word));
  return access?.rules.some(({ resources, verbs }) => some(resources, MIGRATING) && some(verbs, WRITING)) ?? false;
}

function isStuck({ boot, disks }: RolePlan): boolean {
  const volumes = [...disks, ...(boot.kind === 'dataSource' ? [boot] : [])];
  return volumes.some(({ accessModes = [] }) => !accessModes.includes(SHARED));
}
