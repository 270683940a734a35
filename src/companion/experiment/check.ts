import type { Problem } from '../../errors';
import type { PlannedGroup } from '../../experiment/experiment-plan';
import { EXPERIMENT, GROUP } from '../../kubernetes/labels';
import { aboutBytes } from '../../kubernetes/quantity';
import { atATime } from '../../results/at-a-time';
import { apply } from '../apply';
import { type Client, KubectlError } from '../client';
import { listedOnce } from '../listed';
import { PERMISSIONS } from '../messages';
import { findNamespace } from '../namespace';
import type { KubeObject } from '../objects';
import { mayDo, type Permission } from '../permission';
import { amountOf, bytesOf, type Cpus, type Demand, demandOf } from './demand';
import {
  apisMissing,
  classMissing,
  classOfOthers,
  classOfPools,
  NO_DEFAULT_CLASS,
  NO_NODES,
  notChecked,
  notListed,
  noWayToGuests,
  permissionMissing,
  quotaExceeded,
  rejected,
  stillFree,
  tooMuch,
  vmTooLarge,
} from './messages';

export interface CheckProps {
  readonly client: Client;
  readonly groups: readonly PlannedGroup[];
  readonly objectsOf: (group: PlannedGroup) => Promise<readonly KubeObject[]>;
  /** Groups whose VMs exist: they count in quotas already. @default none */
  readonly running?: ReadonlySet<string>;
  /** Classes that an administrator creates with a command. @default none */
  readonly pools?: PoolClasses;
  /** Called after each group. */
  readonly progress?: (done: number) => void;
}

/** Storage classes that belong to pools of an experiment. */
export interface PoolClasses {
  readonly classes: readonly string[];
  /** Name of the experiment, which they have as a label. */
  readonly experiment: string;
  /** What creates them. */
  readonly command: string;
}

/** What a cluster has and lacks for an experiment. */
export interface Checked {
  /** What keeps every group from being measured. */
  readonly problems: readonly Problem[];
  /** Groups that cannot be measured, by ID, with the reasons. */
  readonly skipped: ReadonlyMap<string, readonly string[]>;
  /** What could not be checked. */
  readonly warnings: readonly string[];
}

/** What a run does with the kinds that each group has. */
const NEEDED: readonly Permission[] = [
  ...['virtualmachines.kubevirt.io', 'secrets', 'services'].flatMap((resource) =>
    ['list', 'create', 'patch', 'delete'].map((verb): Permission => ({ verb, resource })),
  ),
  ...['virtualmachineinstances.kubevirt.io', 'datavolumes.cdi.kubevirt.io', 'persistentvolumeclaims', 'pods'].map(
    (resource): Permission => ({ verb: 'list', resource }),
  ),
];

/** In addition, where trials run in pods. */
const NEEDED_FOR_PODS: readonly Permission[] = ['list', 'create', 'patch', 'delete'].map((verb) => ({
  verb,
  resource: 'statefulsets.apps',
}));

/** Questions and groups that are asked about at the same time. */
const AT_A_TIME = 4;

/** KubeVirt requests a CPU of the node for so many vCPUs, unless its configuration has another ratio. */
const CPU_RATIO = 10;

/**
 * Checks what a run needs, without changing the cluster: API groups, permissions, storage classes, quotas and capacity, and whether the API
 * server admits every object.
 * @throws KubectlError when the cluster does not answer; Interrupted
 */
export async function checkExperiment(props: CheckProps): Promise<Checked> {
  const { client } = props;
  const apis = client.parsed(await client.ask(['get', '--raw', '/apis']), apisIn);
  const missing = ['kubevirt.io', 'cdi.kubevirt.io'].filter((name) => !apis.has(name));
  if (missing.length > 0) return { problems: [{ where: 'cluster', message: apisMissing(missing) }], skipped: new Map(), warnings: [] };
  const [problems, cluster] = await Promise.all([permissionProblems(client, props.groups), clusterOf(client, props.groups)]);
  const skipped = new Map<string, readonly string[]>();
  let done = 0;
  await atATime(AT_A_TIME, props.groups, async (group) => {
    const objects = await props.objectsOf(group);
    const demand = demandOf(group, objects);
    const absent = demand.apis.filter((name) => !apis.has(name));
    const reasons = [
      ...(absent.length > 0 ? [apisMissing(absent)] : []),
      ...classReasons(demand, cluster, props.pools),
      ...capacityReasons(demand, cluster),
      ...(props.running?.has(group.id) ? [] : quotaReasons(demand, cluster)),
    ];
    // A dry run shows what webhooks, feature gates and quotas reject.
    if (problems.length === 0 && reasons.length === 0 && cluster.hasNamespace) reasons.push(...(await admission(client, objects)));
    if (reasons.length > 0) skipped.set(group.id, reasons);
    done += 1;
    props.progress?.(done);
  });
  return { problems, skipped: new Map([...skipped].sort()), warnings: cluster.unknown.map((what) => notChecked(what)) };
}

/** The names of the API groups in the answer of a server. */
function apisIn(answer: unknown): Set<string> | undefined {
  const { groups } = (answer ?? {}) as { readonly groups?: unknown };
  return Array.isArray(groups) ? new Set(groups.map((group) => String(group?.name))) : undefined;
}

async function permissionProblems(client: Client, groups: readonly PlannedGroup[]): Promise<Problem[]> {
  const needed = [...NEEDED, ...(groups.some(({ pod }) => pod) ? NEEDED_FOR_PODS : [])];
  const refused = new Set<Permission>();
  await atATime(AT_A_TIME, needed, async (permission) => {
    if (!(await mayDo(client, permission))) refused.add(permission);
  });
  const missing = needed.filter((permission) => refused.has(permission));
  const problems = missing.map(({ verb, resource }) => permissionMissing(verb, resource, client.namespace));
  for (const way of Object.values(PERMISSIONS)) if (await mayDo(client, way)) return problems;
  return [...problems, noWayToGuests(client.namespace)];
}

/** What the groups are compared with. Undefined: not known. */
interface ClusterState {
  readonly hasNamespace: boolean;
  readonly classes: readonly KubeObject[] | undefined;
  /** Nodes that can run VMs. */
  readonly nodes: readonly Room[] | undefined;
  readonly quotas: readonly KubeObject[];
  readonly cpuRatio: number;
  readonly unknown: readonly string[];
}

async function clusterOf(client: Client, groups: readonly PlannedGroup[]): Promise<ClusterState> {
  const [namespace, classes, nodes, quotas, kubevirts, pods] = await Promise.all([
    namespaceOf(client),
    listedOnce(client, 'storageclasses.storage.k8s.io'),
    listedOnce(client, 'nodes'),
    listedOnce(client, 'resourcequotas'),
    listedOnce(client, 'kubevirts.kubevirt.io', '-A'),
    listedOnce(client, 'pods', '-A', '--field-selector=status.phase!=Succeeded,status.phase!=Failed'),
  ]);
  const ratio = Number(kubevirts?.[0]?.spec?.configuration?.developerConfiguration?.cpuAllocationRatio);
  const all = { 'storage classes': classes, nodes, quotas, 'pods of all namespaces': pods };
  const own = new Set(groups.map(({ id }) => id));
  const byNode = new Map<string, KubeObject[]>();
  for (const pod of pods ?? []) {
    const { namespace: place, labels = {} } = pod.metadata;
    const node = String(pod.spec?.nodeName ?? '');
    // VMs of the experiment itself that are left are deleted, or are what is measured.
    if (place !== client.namespace || !own.has(labels[GROUP] ?? '')) byNode.set(node, (byNode.get(node) ?? []).concat(pod));
  }
  return {
    hasNamespace: namespace,
    classes,
    nodes: nodes?.filter(canRunVms).map((node) => roomOf(node, byNode.get(node.metadata.name) ?? [])),
    quotas: quotas ?? [],
    cpuRatio: ratio > 0 ? ratio : CPU_RATIO,
    unknown: Object.entries(all).flatMap(([what, objects]) => (objects === undefined ? [notListed(what)] : [])),
  };
}

async function namespaceOf(client: Client): Promise<boolean> {
  try {
    return (await findNamespace(client)) !== undefined;
  } catch (error) {
    // An account may use a namespace that it may not get.
    if (error instanceof KubectlError && error.problem.cause === 'forbidden') return true;
    throw error;
  }
}

function canRunVms({ metadata: { labels = {} }, spec }: KubeObject): boolean {
  return labels['kubevirt.io/schedulable'] === 'true' && spec?.unschedulable !== true;
}

const DEFAULT_CLASS = ['storageclass.kubevirt.io/is-default-virt-class', 'storageclass.kubernetes.io/is-default-class'];

/** Whether volumes without a class get this one. */
export function isDefaultClass({ metadata: { annotations = {} } }: KubeObject): boolean {
  return DEFAULT_CLASS.some((key) => annotations[key] === 'true');
}

function classReasons({ volumes }: Demand, { classes }: ClusterState, pools: PoolClasses | undefined): string[] {
  if (classes === undefined) return [];
  const known = classes.map(({ metadata }) => metadata.name);
  const wanted = [...new Set(volumes.map(({ storageClass }) => storageClass))];
  return wanted.flatMap((name) => {
    if (name === undefined) return classes.some(isDefaultClass) ? [] : [NO_DEFAULT_CLASS];
    const found = classes.find(({ metadata }) => metadata.name === name);
    if (!pools?.classes.includes(name)) return found ? [] : [classMissing(name, known)];
    if (found === undefined) return [classOfPools(name, pools.command)];
    // A class of the same name would be measured in the place of that of the pool.
    return found.metadata.labels?.[EXPERIMENT] === pools.experiment ? [] : [classOfOthers(name, pools.experiment)];
  });
}

/** What a node can still give to VMs. */
interface Room {
  readonly memory: Capacity<bigint>;
  readonly cpus: Capacity<number>;
}

interface Capacity<T> {
  readonly allocatable: T;
  /** Without what pods that run there request. */
  readonly free: T;
}

/** @param pods of other workloads on the node */
function roomOf({ status }: KubeObject, pods: readonly KubeObject[]): Room {
  const requests = pods.map(requestsOf);
  const [memory, cpus] = [bytesOf(status?.allocatable?.memory), amountOf(status?.allocatable?.cpu)];
  const used = { memory: requests.reduce((sum, each) => sum + each.memory, 0n), cpus: requests.reduce((sum, each) => sum + each.cpus, 0) };
  return {
    memory: { allocatable: memory, free: memory > used.memory ? memory - used.memory : 0n },
    cpus: { allocatable: cpus, free: Math.max(0, cpus - used.cpus) },
  };
}

function capacityReasons({ vms, memory, cpus: needed }: Demand, { nodes, cpuRatio }: ClusterState): string[] {
  if (nodes === undefined) return [];
  if (nodes.length === 0) return [NO_NODES];
  const sum = (of: keyof Capacity<bigint>) => nodes.reduce((total, each) => total + each.memory[of], 0n);
  const cpus = (of: keyof Capacity<number>) => nodes.reduce((total, each) => total + each.cpus[of], 0);
  const largest = nodes.map((each) => each.memory).reduce((most, each) => (each.free > most.free ? each : most));
  const fastest = nodes.map((each) => each.cpus).reduce((most, each) => (each.free > most.free ? each : most));
  const requested = requestedOf(needed, cpuRatio);
  const big = vms.find((vm) => vm.memory > largest.free);
  const wide = vms.find((vm) => (vm.cpus ?? 0) > fastest.free);
  const [total, all] = [
    { allocatable: sum('allocatable'), free: sum('free') },
    { allocatable: cpus('allocatable'), free: cpus('free') },
  ];
  return [
    ...(memory > total.free ? [tooMuch('memory', aboutBytes(memory), shown(total, aboutBytes), nodes.length)] : []),
    ...(big ? [vmTooLarge(big, 'memory', aboutBytes(big.memory), shown(largest, aboutBytes))] : []),
    ...(requested > all.free ? [tooMuch('CPU', rounded(requested), shown(all, rounded), nodes.length)] : []),
    ...(wide ? [vmTooLarge(wide, 'CPU', rounded(wide.cpus ?? 0), shown(fastest, rounded))] : []),
  ];
}

/** CPUs that the pods of a group request. */
function requestedOf({ ofVms, ofPods }: Cpus, ratio: number): number {
  return ofVms / ratio + ofPods;
}

function shown<T>({ allocatable, free }: Capacity<T>, format: (amount: T) => string): string {
  return allocatable === free ? format(allocatable) : stillFree(format(allocatable), format(free));
}

function rounded(cpus: number): string {
  return String(Math.round(cpus * 1000) / 1000);
}

interface Container {
  readonly restartPolicy?: string;
  readonly resources?: { readonly requests?: { readonly memory?: unknown; readonly cpu?: unknown } };
}

/** What the scheduler counts for a pod: its containers together, or the largest one that runs before them, and its overhead. */
function requestsOf({ spec }: KubeObject): { readonly memory: bigint; readonly cpus: number } {
  const inits = (spec?.initContainers ?? []) as readonly Container[];
  const together = [
    ...((spec?.containers ?? []) as readonly Container[]),
    ...inits.filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ];
  const memoryOf = ({ resources }: Container) => bytesOf(resources?.requests?.memory);
  const cpusOf = ({ resources }: Container) => amountOf(resources?.requests?.cpu);
  const memory = together.reduce((sum, each) => sum + memoryOf(each), 0n);
  const cpus = together.reduce((sum, each) => sum + cpusOf(each), 0);
  return {
    memory: inits.map(memoryOf).reduce((most, each) => (each > most ? each : most), memory) + bytesOf(spec?.overhead?.memory),
    cpus: Math.max(cpus, ...inits.map(cpusOf)) + amountOf(spec?.overhead?.cpu),
  };
}

function quotaReasons(demand: Demand, { quotas, cpuRatio, classes }: ClusterState): string[] {
  return quotas.flatMap(({ metadata, spec, status }) => {
    // Which pods such a quota counts depends on more than the manifests say.
    if (spec?.scopes?.length > 0 || spec?.scopeSelector) return [];
    const hard = (status?.hard ?? spec?.hard ?? {}) as { readonly [resource: string]: string };
    const used = (status?.used ?? {}) as { readonly [resource: string]: string };
    return Object.entries(hard).flatMap(([resource, limit]) => {
      const need = needOf(resource, demand, { cpuRatio, byDefault: classes?.find(isDefaultClass)?.metadata.name });
      if (need === 0 || amountOf(used[resource] ?? '0') + need <= amountOf(limit)) return [];
      const isBytes = /memory|storage$/.test(resource);
      const amounts = { hard: limit, used: used[resource] ?? '0', need: isBytes ? aboutBytes(BigInt(Math.ceil(need))) : String(need) };
      return [quotaExceeded(metadata.name, resource, amounts)];
    });
  });
}

interface Unstated {
  readonly cpuRatio: number;
  /** The class of volumes that state none. */
  readonly byDefault: string | undefined;
}

/** How much of a resource of a quota the group needs at least; 0 for what does not follow from its manifests. */
function needOf(resource: string, { kinds, vms, volumes, memory, cpus }: Demand, { cpuRatio, byDefault }: Unstated): number {
  const ofClass = /^(.+)\.storageclass\.storage\.k8s\.io\/(.+)$/.exec(resource);
  const own = ofClass ? volumes.filter(({ storageClass = byDefault }) => storageClass === ofClass[1]) : volumes;
  const plain = ofClass ? (ofClass[2] as string) : resource.replace(/^count\/([^.]+).*$/, '$1');
  switch (plain) {
    case 'requests.storage':
      return Number(own.reduce((sum, { bytes }) => sum + bytes, 0n));
    case 'persistentvolumeclaims':
    case 'datavolumes':
      return own.length;
    case 'virtualmachines':
    case 'virtualmachineinstances':
    case 'pods':
      return vms.length;
    case 'secrets':
      return kinds.Secret ?? 0;
    case 'services':
      return kinds.Service ?? 0;
    case 'memory':
    case 'requests.memory':
      return Number(memory);
    case 'cpu':
    case 'requests.cpu':
      return requestedOf(cpus, cpuRatio);
    default:
      return 0;
  }
}

async function admission(client: Client, objects: readonly KubeObject[]): Promise<string[]> {
  try {
    const { refused } = await apply(client, objects, () => {}, { isDryRun: true });
    return refused.map(({ object, problem }) => rejected(object.kind, object.metadata.name, problem.message));
  } catch (error) {
    if (!(error instanceof KubectlError) || error.problem.transient) throw error;
    return [error.problem.message];
  }
}
