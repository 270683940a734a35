import type { PlannedGroup } from '../../experiment/experiment-plan';
import { apiGroupOf } from '../../kubernetes/kinds';
import { parseBytes } from '../../kubernetes/quantity';
import type { KubeObject } from '../objects';
import { expanded } from '../pools';

/** A volume that a group creates. */
export interface Volume {
  /** Absent: the default class of the cluster. */
  readonly storageClass?: string;
  readonly bytes: bigint;
}

/** What the objects of a group need of a cluster. */
export interface Demand {
  readonly vcpus: number;
  readonly memory: bigint;
  readonly vms: readonly { readonly name: string; readonly memory: bigint }[];
  readonly volumes: readonly Volume[];
  /** API groups of its objects; without the core group. */
  readonly apis: readonly string[];
  /** Number of objects by kind. */
  readonly kinds: { readonly [kind: string]: number };
}

export function demandOf({ vcpus, memoryBytes }: PlannedGroup, objects: readonly KubeObject[]): Demand {
  const all = expanded(objects);
  const vms = all.filter(({ kind }) => kind === 'VirtualMachine');
  const kinds: { [kind: string]: number } = {};
  for (const { kind } of all) kinds[kind] = (kinds[kind] ?? 0) + 1;
  const sets = all.filter(({ kind }) => kind === 'StatefulSet');
  const ofVms = vms.flatMap(volumesOf);
  const volumes = [...ofVms, ...sets.flatMap((set) => claimsOf(set).flatMap((claim) => replicated(set, claim)))];
  const apis = objects.map(({ apiVersion = 'v1' }) => apiGroupOf(apiVersion));
  return {
    vcpus,
    memory: BigInt(Math.ceil(memoryBytes)),
    vms: [
      ...vms.map(({ metadata, spec }) => ({ name: metadata.name, memory: bytesOf(spec?.template?.spec?.domain?.memory?.guest) })),
      ...sets.flatMap((set) => replicated(set, { name: set.metadata.name, memory: memoryOf(set) })),
    ],
    volumes,
    apis: [...new Set([...apis, ...(ofVms.length > 0 ? ['cdi.kubevirt.io'] : [])])].filter((name) => name !== '').sort(),
    kinds,
  };
}

interface Claim {
  readonly storageClassName?: string;
  readonly resources?: { readonly requests?: { readonly storage?: unknown } };
}

function volumesOf({ spec }: KubeObject): Volume[] {
  const templates = (spec?.dataVolumeTemplates ?? []) as readonly { readonly spec?: { readonly storage?: Claim; readonly pvc?: Claim } }[];
  return templates.map(({ spec: volume }) => volumeOf(volume?.storage ?? volume?.pvc));
}

function claimsOf({ spec }: KubeObject): Volume[] {
  return ((spec?.volumeClaimTemplates ?? []) as readonly { readonly spec?: Claim }[]).map((claim) => volumeOf(claim.spec));
}

function volumeOf({ storageClassName, resources }: Claim = {}): Volume {
  const bytes = bytesOf(resources?.requests?.storage);
  return { bytes, ...(storageClassName === undefined ? {} : { storageClass: storageClassName }) };
}

/** One for each pod of a StatefulSet. */
function replicated<T>({ spec }: KubeObject, one: T): T[] {
  return Array.from({ length: Number(spec?.replicas ?? 1) }, () => one);
}

function memoryOf({ spec }: KubeObject): bigint {
  return bytesOf(spec?.template?.spec?.containers?.[0]?.resources?.requests?.memory);
}

/** @returns 0 for what is no quantity, such as the memory that an instance type gives */
export function bytesOf(quantity: unknown): bigint {
  return parseBytes(String(quantity ?? '')) ?? 0n;
}
