import { GROUP } from '../kubernetes/labels';
import {
  beingDeleted,
  bootImageFails,
  cannotBeScheduled,
  claimMissing,
  imageFails,
  lastEvent,
  migratingTo,
  NOT_SEEN_BY_CDI,
  NOT_SEEN_BY_KUBEVIRT,
  notHealthy,
  PAUSED,
  STATES,
  trialsNotDone,
  UNSCHEDULABLE,
  volumeState,
} from './messages';
import { condition, type KubeEvent, type KubeObject } from './objects';

/** A VM, and the objects that may show why it is not ready. */
export interface VmEvidence {
  readonly vm: KubeObject;
  readonly instance: KubeObject | undefined;
  readonly volumes: ReadonlyMap<string, KubeObject>;
  readonly pod: KubeObject | undefined;
  readonly event: KubeEvent | undefined;
}

/** Why the VM is not ready: the first reason that applies, in the order in which they stop a VM on its way. */
export function whyNotReady(about: VmEvidence): string {
  const known = [deletion, migration, volumes, scheduling, images, vmFailure, probe].map((reason) => reason(about)).find(Boolean);
  const status = String(about.instance?.status?.phase ?? about.vm.status?.printableStatus ?? NOT_SEEN_BY_KUBEVIRT);
  const state = STATES[status] ?? status;
  return known ?? (about.event ? lastEvent(state, about.event.message ?? about.event.reason ?? '') : state);
}

/** Why a pod that is measured itself does not run. */
export function whyPodWaits(pod: KubeObject): string {
  const about = { vm: pod, instance: undefined, volumes: new Map(), pod, event: undefined };
  const known = [deletion, scheduling, images].map((reason) => reason(about)).find(Boolean);
  return known ?? String(pod.status?.phase ?? '');
}

function deletion({ vm, instance }: VmEvidence): string | undefined {
  const going = [vm, instance].find((object) => object?.metadata.deletionTimestamp);
  return going && beingDeleted(going.metadata.finalizers ?? []);
}

function migration({ instance }: VmEvidence): string | undefined {
  const node = migrationTarget(instance);
  return node === undefined ? undefined : migratingTo(node);
}

/** The node that an instance is migrating to; undefined when it is not migrating. */
export function migrationTarget(instance: KubeObject | undefined): string | undefined {
  const state = instance?.status?.migrationState;
  return state?.startTimestamp && !state.completed ? state.targetNode : undefined;
}

/** A data volume of the VM that is not ready, or a claim that is missing. */
function volumes({ vm, instance, volumes: known }: VmEvidence): string | undefined {
  const names: string[] = (vm.spec?.template?.spec?.volumes ?? []).flatMap(
    (volume: { dataVolume?: { name: string } }) => volume.dataVolume?.name ?? [],
  );
  const unfinished = names.map((name) => known.get(name)).find((each) => each && each.status?.phase !== 'Succeeded');
  if (unfinished && !instance?.status?.nodeName) return stateOf(unfinished);
  if (vm.status?.printableStatus === 'ErrorPvcNotFound') return claimMissing(condition(vm, 'Failure')?.message ?? names.join(', '));
  return undefined;
}

function stateOf(volume: KubeObject): string {
  const { phase = NOT_SEEN_BY_CDI, progress } = (volume.status ?? {}) as { phase?: string; progress?: string };
  const [running, bound] = [condition(volume, 'Running'), condition(volume, 'Bound')];
  const detail = [running, bound].find((each) => each && each.status !== 'True' && each.message);
  return volumeState({
    name: volume.metadata.name,
    phase,
    ...(progress && progress !== 'N/A' ? { progress } : {}),
    ...(detail?.message ? { detail: detail.message } : {}),
  });
}

function scheduling({ instance, pod, vm }: VmEvidence): string | undefined {
  const scheduled = condition(pod, 'PodScheduled') ?? condition(instance, 'PodScheduled');
  if (scheduled && scheduled.status !== 'True') return cannotBeScheduled(scheduled.message ?? scheduled.reason ?? '');
  return vm.status?.printableStatus === 'ErrorUnschedulable' ? UNSCHEDULABLE : undefined;
}

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

function images({ pod, vm }: VmEvidence): string | undefined {
  const containers = [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])] as Container[];
  const stuck = containers.find(({ state }) => /Image|CrashLoop|CreateContainer/.test(state?.waiting?.reason ?? ''));
  const { reason = '', message = '' } = stuck?.state?.waiting ?? {};
  if (stuck) return imageFails(reason, stuck.image ?? stuck.name, message);
  const status = String(vm.status?.printableStatus ?? '');
  return /^(ErrImagePull|ImagePullBackOff)$/.test(status) ? bootImageFails(status) : undefined;
}

/** What virt-controller reports, such as an exceeded quota. */
function vmFailure({ vm, instance }: VmEvidence): string | undefined {
  const failed = condition(vm, 'Failure') ?? condition(instance, 'Synchronized');
  const says = failed && (failed.type === 'Failure' ? failed.status === 'True' : failed.status === 'False');
  if (says) return `${failed.reason ?? 'failed'}: ${failed.message ?? ''}`.replace(/: $/, '');
  if (condition(vm, 'Paused')?.status === 'True' || condition(instance, 'Paused')?.status === 'True') return PAUSED;
  return undefined;
}

/** The guest is running, but its health endpoint does not answer well. */
function probe({ vm, instance, event }: VmEvidence): string | undefined {
  if (instance?.status?.phase !== 'Running') return undefined;
  const isMeasured = vm.metadata.labels?.[GROUP] !== undefined;
  return (isMeasured ? trialsNotDone : notHealthy)(event?.reason === 'Unhealthy' ? (event.message ?? '') : '');
}
