import { condition, type KubeEvent, type KubeObject } from './objects';

/** A VM, and what may be why it is not ready. */
export interface VmEvidence {
  readonly vm: KubeObject;
  readonly instance: KubeObject | undefined;
  readonly volumes: ReadonlyMap<string, KubeObject>;
  readonly pod: KubeObject | undefined;
  readonly event: KubeEvent | undefined;
}

/** What KubeVirt's words mean that say nothing of why. */
const STATES: { readonly [word: string]: string } = {
  Stopped: 'not started yet',
  Starting: 'being started',
  Pending: 'waits for its pod',
  Scheduling: 'its pod is being started',
  Scheduled: 'its pod runs, the node has not started the guest yet',
  Failed: 'its guest could not be started, or ended',
  CrashLoopBackOff: 'its guest could not be started again and again: kubectl describe vmi',
};

/** Why, in the words a person can act on: the first of these that has something to say, from what stops a VM earliest to what stops it last. */
export function whyNotReady(about: VmEvidence): string {
  const said = [deletion, migration, volumes, scheduling, images, vmFailure, probe].map((reason) => reason(about)).find(Boolean);
  const status = String(about.instance?.status?.phase ?? about.vm.status?.printableStatus ?? 'not seen by KubeVirt yet');
  const event = about.event ? `; last event: ${about.event.message ?? about.event.reason}` : '';
  return said ?? `${STATES[status] ?? status}${event}`;
}

function deletion({ vm, instance }: VmEvidence): string | undefined {
  const going = [vm, instance].find((object) => object?.metadata.deletionTimestamp);
  return going && `being deleted${finalizers(going)}`;
}

function finalizers({ metadata: { finalizers: names = [] } }: KubeObject): string {
  return names.length > 0 ? `, waiting for ${names.join(', ')}` : '';
}

function migration({ instance }: VmEvidence): string | undefined {
  const node = migrationTarget(instance);
  return node === undefined ? undefined : `being migrated to ${node}`;
}

/** The node that an instance is on its way to; undefined: it is not. */
export function migrationTarget(instance: KubeObject | undefined): string | undefined {
  const state = instance?.status?.migrationState;
  return state?.startTimestamp && !state.completed ? state.targetNode : undefined;
}

/** The data volumes and claims that the VM names. */
function volumes({ vm, instance, volumes: known }: VmEvidence): string | undefined {
  const names: string[] = (vm.spec?.template?.spec?.volumes ?? []).flatMap(
    (volume: { dataVolume?: { name: string } }) => volume.dataVolume?.name ?? [],
  );
  const unfinished = names.map((name) => known.get(name)).find((each) => each && each.status?.phase !== 'Succeeded');
  if (unfinished && !instance?.status?.nodeName) return volumeState(unfinished);
  if (vm.status?.printableStatus === 'ErrorPvcNotFound')
    return `a claim is missing: ${condition(vm, 'Failure')?.message ?? (names.join(', ') || 'see its volumes')}`;
  return undefined;
}

function volumeState(volume: KubeObject): string {
  const { phase = 'not seen by CDI yet', progress } = (volume.status ?? {}) as { phase?: string; progress?: string };
  const [running, bound] = [condition(volume, 'Running'), condition(volume, 'Bound')];
  const detail = [running, bound].find((each) => each && each.status !== 'True' && each.message);
  const done = progress && progress !== 'N/A' ? ` ${progress}` : '';
  const waits = phase === 'WaitForFirstConsumer' ? ' (its storage class binds when the VM is scheduled)' : '';
  return `data volume ${volume.metadata.name}: ${phase}${done}${waits}${detail ? `, ${detail.message}` : ''}`;
}

function scheduling({ instance, pod, vm }: VmEvidence): string | undefined {
  const scheduled = condition(pod, 'PodScheduled') ?? condition(instance, 'PodScheduled');
  if (scheduled && scheduled.status !== 'True') return `cannot be scheduled: ${scheduled.message ?? scheduled.reason}`;
  return vm.status?.printableStatus === 'ErrorUnschedulable' ? 'cannot be scheduled: kubectl get events' : undefined;
}

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

function images({ pod, vm }: VmEvidence): string | undefined {
  const containers = [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])] as Container[];
  const stuck = containers.find(({ state }) => /Image|CrashLoop|CreateContainer/.test(state?.waiting?.reason ?? ''));
  if (stuck)
    return `${stuck.state?.waiting?.reason}: image ${stuck.image ?? stuck.name}${stuck.state?.waiting?.message ? `, ${stuck.state.waiting.message}` : ''}`;
  const status = String(vm.status?.printableStatus ?? '');
  return /^(ErrImagePull|ImagePullBackOff)$/.test(status) ? `${status}: the boot image cannot be pulled` : undefined;
}

/** What virt-controller says that it could not do, such as a quota that is used up. */
function vmFailure({ vm, instance }: VmEvidence): string | undefined {
  const failed = condition(vm, 'Failure') ?? condition(instance, 'Synchronized');
  const says = failed && (failed.type === 'Failure' ? failed.status === 'True' : failed.status === 'False');
  if (says) return `${failed.reason ?? 'failed'}: ${failed.message ?? ''}`.replace(/: $/, '');
  if (condition(vm, 'Paused')?.status === 'True' || condition(instance, 'Paused')?.status === 'True') return 'paused';
  return undefined;
}

/** The guest runs, and does not say that its workload does. */
function probe({ instance, event }: VmEvidence): string | undefined {
  if (instance?.status?.phase !== 'Running') return undefined;
  const unhealthy = event?.reason === 'Unhealthy' ? `: ${event.message}` : '';
  return `the guest runs, its health endpoint does not say that the workload does${unhealthy}`;
}
