import { poolFails, poolPaused, poolSlow } from './messages';
import { condition, type KubeObject } from './objects';

const POOL = 'VirtualMachinePool';
/** Maximum number of VMs of a pool that are looked for. virtwork renders no larger one. */
const MOST_VMS = 100_000;

/** The objects, with the VMs of each pool in the place of the pool, as manifests. */
export function expanded(objects: readonly KubeObject[]): KubeObject[] {
  return objects.flatMap((object) => {
    if (object.kind !== POOL) return [object];
    return Array.from({ length: replicasOf(object) }, (_, index) => vmOf(object, `${object.metadata.name}-${index}`));
  });
}

/** The VMs that pools have not created yet, as manifests. Each gets the lowest index for which there is no VM. */
export function vmsToCome(pools: readonly KubeObject[], vms: readonly KubeObject[]): KubeObject[] {
  const names = new Set(vms.map(({ metadata }) => metadata.name));
  const counts = new Map<string, number>();
  for (const pool of vms.flatMap((vm) => poolOf(vm) ?? [])) counts.set(pool, (counts.get(pool) ?? 0) + 1);
  return pools.flatMap((pool) => {
    const { name, deletionTimestamp } = pool.metadata;
    const missing = deletionTimestamp ? 0 : replicasOf(pool) - (counts.get(name) ?? 0);
    const toCome: KubeObject[] = [];
    for (let index = 0; toCome.length < missing; index += 1) {
      if (!names.has(`${name}-${index}`)) toCome.push(vmOf(pool, `${name}-${index}`));
    }
    return toCome;
  });
}

/** Name of the pool that created the VM, or will create it. @returns undefined for a VM without a pool */
export function poolOf({ metadata: { ownerReferences = [] } }: KubeObject): string | undefined {
  return ownerReferences.find(({ kind }) => kind === POOL)?.name;
}

/** Why a VM does not exist yet. */
export function whyToCome(pool: KubeObject): string {
  const { name } = pool.metadata;
  const failure = condition(pool, 'ReplicaFailure');
  if (failure?.status === 'True') return poolFails(name, failure.message ?? failure.reason ?? '');
  return pool.spec?.paused === true ? poolPaused(name) : poolSlow(name);
}

function replicasOf({ spec }: KubeObject): number {
  const { replicas = 1 } = (spec ?? {}) as { readonly replicas?: unknown };
  return Number.isInteger(replicas) ? Math.min(Math.max(replicas as number, 0), MOST_VMS) : 1;
}

function vmOf({ metadata: { name: pool, namespace }, spec }: KubeObject, name: string): KubeObject {
  const { metadata: { labels = {} } = {}, spec: vm } = (spec?.virtualMachineTemplate ?? {}) as Partial<KubeObject>;
  const ownerReferences = [{ kind: POOL, name: pool }];
  return {
    kind: 'VirtualMachine',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels, ownerReferences },
    spec: vm,
  };
}
