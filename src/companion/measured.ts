import { GROUP, WORKLOAD } from '../kubernetes/labels';
import type { Trouble } from '../results/ask';
import type { Client } from './client';
import { HALTED, NO_HEALTH_PORT, notRunning } from './messages';
import { condition, type KubeObject } from './objects';
import { look, lookCloser } from './observe';
import { vmsToCome } from './pools';
import { launchers, type Snapshot, type VmState, vmStates } from './readiness';
import { whyPodWaits } from './reason';

/** A VM, or a pod in its place, and how its guest is reached. */
export interface ReachedVm {
  readonly name: string;
  readonly workload: string;
  /** Of the health endpoint; 0: none. */
  readonly port: number;
  /** Its running launcher pod. Absent: none. */
  readonly pod?: string;
  /** Why its guest cannot be asked. Absent: it can. */
  readonly trouble?: Trouble;
}

/** A VM that is measured, or a pod in its place. */
export interface MeasuredVm extends ReachedVm {
  readonly group: string;
}

/** A VM with its labels and its state. */
export interface FoundVm extends ReachedVm {
  readonly labels: { readonly [key: string]: string };
  readonly state: VmState;
  /** Whether its guest agent is connected. */
  readonly hasAgent: boolean;
  /** When its instance was started, in seconds since 1970. Absent: it has none. */
  readonly since?: number;
}

/** Whether trials run in the pod itself, instead of a VM. */
export function isMeasuredPod({ metadata: { labels = {}, ownerReferences = [] } }: KubeObject): boolean {
  return labels[GROUP] !== undefined && ownerReferences.some(({ kind }) => kind === 'StatefulSet');
}

/** The VMs and pods that are measured, sorted by name, with the VMs that pools have not created yet: four requests. */
export async function measuredVms(client: Client, selector: string): Promise<MeasuredVm[]> {
  const [seen, pods] = await Promise.all([look(client, selector), client.list('pods', '-l', selector)]);
  const measured = found(seen, pods).flatMap(({ name, workload, port, pod, trouble, labels: { [GROUP]: group } }): MeasuredVm[] => {
    if (group === undefined) return [];
    return [{ name, workload, port, group, ...(pod === undefined ? {} : { pod }), ...(trouble ? { trouble } : {}) }];
  });
  return [...measured, ...pods.filter(isMeasuredPod).map(measuredPod)].sort(byName);
}

/** All VMs, sorted by name, with those that pools have not created yet, and why some are not ready: six requests. */
export async function foundVms(client: Client, selector: string): Promise<FoundVm[]> {
  const seen = await lookCloser(client, selector);
  return found(seen, seen.pods ?? []);
}

function found(seen: Snapshot, pods: readonly KubeObject[]): FoundVm[] {
  const vms = new Map([...seen.vms, ...vmsToCome(seen.pools ?? [], seen.vms)].map((vm) => [vm.metadata.name, vm]));
  const instances = new Map(seen.instances.map((instance) => [instance.metadata.name, instance]));
  const running = runningPods(pods, seen.instances);
  return vmStates({ ...seen, pods }).map((state) => {
    const { name, halted, why } = state;
    const vm = vms.get(name) as KubeObject;
    const { labels = {} } = vm.metadata;
    const pod = running.get(name)?.metadata.name;
    const port = healthPortOf(vm);
    const trouble = troubleOf({ isHalted: halted, port, pod, why });
    const hasAgent = condition(instances.get(name), 'AgentConnected')?.status === 'True';
    const since = startOf(instances.get(name));
    const about = { name, workload: labels[WORKLOAD] ?? '', port, labels, state, hasAgent, ...(since === undefined ? {} : { since }) };
    return { ...about, ...(pod === undefined ? {} : { pod }), ...(trouble ? { trouble } : {}) };
  });
}

/** A migration does not change it. */
function startOf(instance: KubeObject | undefined): number | undefined {
  const phases: readonly { readonly phase?: unknown; readonly phaseTransitionTimestamp?: unknown }[] =
    instance?.status?.phaseTransitionTimestamps ?? [];
  const running = phases.find(({ phase }) => phase === 'Running')?.phaseTransitionTimestamp;
  const time = Date.parse(String(running ?? instance?.metadata.creationTimestamp ?? '')) / 1000;
  return Number.isFinite(time) ? time : undefined;
}

function byName(a: MeasuredVm, b: MeasuredVm): number {
  return a.name.localeCompare(b.name, 'en', { numeric: true });
}

/** A pod that is measured has the place of a VM, and its name. */
function measuredPod(pod: KubeObject): MeasuredVm {
  const { name, labels = {} } = pod.metadata;
  const port: unknown = pod.spec?.containers?.[0]?.readinessProbe?.httpGet?.port;
  const isRunning = pod.status?.containerStatuses?.[0]?.state?.running !== undefined && !pod.metadata.deletionTimestamp;
  const about = { name, group: labels[GROUP] ?? '', workload: labels[WORKLOAD] ?? '', port: Number.isInteger(port) ? (port as number) : 0 };
  const trouble = troubleOf({ isHalted: false, port: about.port, pod: isRunning ? name : undefined, why: whyPodWaits(pod) });
  return { ...about, ...(isRunning ? { pod: name } : {}), ...(trouble ? { trouble } : {}) };
}

interface Reach {
  readonly isHalted: boolean;
  readonly port: number;
  readonly pod: string | undefined;
  readonly why: string | undefined;
}

function troubleOf({ isHalted, port, pod, why = '' }: Reach): Trouble | undefined {
  if (port === 0) return { kind: 'unmeasured', message: NO_HEALTH_PORT };
  if (isHalted) return { kind: 'halted', message: HALTED };
  return pod === undefined ? { kind: 'stopped', message: notRunning(why) } : undefined;
}

/** During a migration, the guest is in the pod on the node of its instance. */
function runningPods(pods: readonly KubeObject[], instances: readonly KubeObject[]): Map<string, KubeObject> {
  const nodes = new Map(instances.map(({ metadata, status }) => [metadata.name, status?.nodeName as string | undefined]));
  const running = pods.filter(({ status, metadata }) => status?.phase === 'Running' && !metadata.deletionTimestamp);
  const isOnNode = ({ spec, metadata }: KubeObject) =>
    metadata.ownerReferences?.some(({ name }) => nodes.get(name) !== undefined && nodes.get(name) === spec?.nodeName);
  return new Map([...launchers(running), ...launchers(running.filter(isOnNode))]);
}

function healthPortOf({ spec }: KubeObject): number {
  const port: unknown = spec?.template?.spec?.readinessProbe?.httpGet?.port;
  return Number.isInteger(port) ? (port as number) : 0;
}
