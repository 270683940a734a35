import { ROLE, WORKLOAD } from '../kubernetes/labels';
import { condition, type KubeEvent, type KubeObject } from './objects';
import { poolOf, vmsToCome, whyToCome } from './pools';
import { migrationTarget, whyNotReady } from './reason';
import { staleness, type UserDataOf } from './staleness';

/** The objects that were listed at one time. */
export interface Snapshot {
  readonly vms: readonly KubeObject[];
  readonly instances: readonly KubeObject[];
  /** Those whose VMs are among the VMs, or are to come. @default none */
  readonly pools?: readonly KubeObject[];
  /** Listed only when a VM is not ready. @default none */
  readonly dataVolumes?: readonly KubeObject[];
  readonly pods?: readonly KubeObject[];
  readonly events?: readonly KubeEvent[];
  /** Listed only for the final state. @default none */
  readonly userData?: UserDataOf;
}

/** The state of a VM. */
export interface VmState {
  readonly name: string;
  readonly component: string;
  /** Empty: the workload has a single role. */
  readonly role: string;
  /** KubeVirt's `printableStatus` of the VM, e.g. Running or ErrorUnschedulable. */
  readonly status: string;
  /** Phase of its instance; empty: it has none. */
  readonly phase: string;
  readonly node: string;
  readonly ready: boolean;
  /** Stopped, and KubeVirt does not start it by itself; nothing to wait for. */
  readonly halted: boolean;
  /** Why it is not ready. Absent: it is ready, or halted. */
  readonly why?: string;
  /** The part of the instance that is older than the manifests. Absent: none. */
  readonly stale?: string;
  readonly restartRequired: boolean;
  /** The node that it is migrating to; it stays ready meanwhile. Absent: none. */
  readonly migratingTo?: string;
}

/** The state of every VM, sorted by name, with those that pools have not created yet. */
export function vmStates(seen: Snapshot): VmState[] {
  const byName = (objects: readonly KubeObject[] = []) => new Map(objects.map((object) => [object.metadata.name, object]));
  const instances = byName(seen.instances);
  const volumes = byName(seen.dataVolumes);
  const pods = launchers(seen.pods);
  const events = lastWarnings(seen.events);
  const userData = seen.userData ?? (() => undefined);
  const there = seen.vms.map((vm) => {
    const { name, labels = {} } = vm.metadata;
    const instance = instances.get(name);
    const halted = isHalted(vm, instance);
    const ready = !halted && isReady(vm, instance);
    const about = { vm, instance, volumes, pod: pods.get(name), event: events.get(name) ?? eventOfPod(events, pods.get(name)) };
    const stale = staleness(vm, instance, userData);
    const migratingTo = migrationTarget(instance);
    return {
      name,
      component: labels[WORKLOAD] ?? '',
      role: labels[ROLE] ?? '',
      status: (vm.status?.printableStatus as string | undefined) ?? '',
      phase: (instance?.status?.phase as string | undefined) ?? '',
      node: (instance?.status?.nodeName as string | undefined) ?? '',
      ready,
      halted,
      ...(ready || halted ? {} : { why: whyNotReady(about) }),
      ...(stale === undefined ? {} : { stale }),
      restartRequired: condition(vm, 'RestartRequired')?.status === 'True',
      ...(migratingTo === undefined ? {} : { migratingTo }),
    };
  });
  return [...there, ...toCome(seen)].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** The VMs that pools have not created yet. */
function toCome({ pools = [], vms }: Snapshot): VmState[] {
  const named = new Map(pools.map((pool) => [pool.metadata.name, pool]));
  return vmsToCome(pools, vms).map((vm) => {
    const { name, labels = {} } = vm.metadata;
    return {
      ...absent(name, whyToCome(named.get(poolOf(vm) as string) as KubeObject)),
      component: labels[WORKLOAD] ?? '',
      role: labels[ROLE] ?? '',
    };
  });
}

/** The state of a VM that does not exist. @param why absent: it is not meant to exist yet */
export function absent(name: string, why?: string): VmState {
  return {
    name,
    component: '',
    role: '',
    status: '',
    phase: '',
    node: '',
    ready: false,
    halted: false,
    restartRequired: false,
    ...(why === undefined ? {} : { why }),
  };
}

/** Whether KubeVirt starts the VM only when a user asks for it. */
function isHalted({ spec, status }: KubeObject, instance: KubeObject | undefined): boolean {
  const phase: unknown = instance?.status?.phase;
  if (spec?.runStrategy === 'Halted' || spec?.running === false) return instance === undefined;
  if (status?.printableStatus !== 'Stopped' || status.stateChangeRequests?.length > 0) return false;
  switch (spec?.runStrategy) {
    case 'Manual':
      return phase === undefined || phase === 'Succeeded';
    case 'RerunOnFailure':
    case 'Once':
      // The guest has shut down.
      return phase === 'Succeeded';
    default:
      return false;
  }
}

function isReady(vm: KubeObject, instance: KubeObject | undefined): boolean {
  if (vm.metadata.deletionTimestamp || instance?.metadata.deletionTimestamp) return false;
  return condition(instance, 'Ready')?.status === 'True';
}

/** The newest pod of each VM; the others belong to migrations or earlier instances. */
export function launchers(pods: readonly KubeObject[] = []): Map<string, KubeObject> {
  const newest = [...pods].sort((a, b) => created(a).localeCompare(created(b)));
  return new Map(
    newest.flatMap((pod): [string, KubeObject][] => {
      const owner = pod.metadata.ownerReferences?.find(({ kind }) => kind === 'VirtualMachineInstance');
      return owner ? [[owner.name, pod]] : [];
    }),
  );
}

function created({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? '';
}

/** The last warning about each object, by its name. */
function lastWarnings(events: readonly KubeEvent[] = []): Map<string, KubeEvent> {
  const when = (event: KubeEvent) => event.lastTimestamp ?? event.eventTime ?? '';
  const warnings = events.filter(({ type }) => type === 'Warning').sort((a, b) => when(a).localeCompare(when(b)));
  return new Map(warnings.map((event) => [event.involvedObject?.name ?? '', event]));
}

function eventOfPod(events: ReadonlyMap<string, KubeEvent>, pod: KubeObject | undefined): KubeEvent | undefined {
  return pod && events.get(pod.metadata.name);
}
