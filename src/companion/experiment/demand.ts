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

/** KubeVirt requests a part of a CPU for each vCPU of a VM; a pod requests what it states. */
export interface Cpus {
  readonly ofVms: number;
  readonly ofPods: number;
}

/** A VM, or a pod in the place of one. */
export interface Machine {
  readonly what: 'VM' | 'pod';
  readonly name: string;
  readonly memory: bigint;
  /** CPUs that it requests. Those of a VM depend on KubeVirt. */
  readonly cpus?: number;
}

/** What the objects of a group need of a cluster. */
export interface Demand {
  readonly cpus: Cpus;
  readonly memory: bigint;
  readonly vms: readonly Machine[];
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
  const ofPods = sets.flatMap((set) => replicated(set, podOf(set))).reduce((sum, { cpus }) => sum + cpus, 0);
  return {
    // The plan counts a pod as a VM.
    cpus: { ofVms: Math.max(0, vcpus - ofPods), ofPods },
    memory: BigInt(Math.ceil(memoryBytes)),
    vms: [
      ...vms.map(({ metadata, spec }): Machine => {
        return { what: 'VM', name: metadata.name, memory: bytesOf(spec?.template?.spec?.domain?.memory?.guest) };
      }),
      ...sets.flatMap((set) => replicated(set, podOf(set))),
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

/** The first pod of a StatefulSet, which is like the others. */
function podOf({ metadata, spec }: KubeObject): Machine & { readonly cpus: number } {
  const { memory, cpu } = spec?.template?.spec?.containers?.[0]?.resources?.requests ?? {};
  return { what: 'pod', name: `${metadata.name}-0`, memory: bytesOf(memory), cpus: amountOf(cpu) };
}

/** A number that Kubernetes writes as `4`, `500m`, `0.5` or as a quantity of bytes. @returns 0 for what is no quantity */
export function amountOf(quantity: unknown): number {
  const text = String(quantity ?? '');
  if (/^\d*\.\d+$/.test(text)) return Number(text);
  return text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(bytesOf(text));
}

/** @returns 0 for what is no quantity, such as the memory that an instance type gives */
export function bytesOf(quantity: unknown): bigint {
  return parseBytes(String(quantity ?? '')) ?? 0n;
}
