/**
 * Label keys. The recommended ones are for users and tools, and overlays overwrite them. virtwork itself selects by and reads only its own
 * keys, `virtwork/…`.
 */
export const NAME = 'app.kubernetes.io/name';
export const COMPONENT = 'app.kubernetes.io/component';
export const MANAGED_BY = 'app.kubernetes.io/managed-by';
export const PART_OF = 'app.kubernetes.io/part-of';
/** The short form for commands of users: `kubectl delete vm -l managed-by=virtwork`. */
export const MANAGED_BY_SHORT = 'managed-by';
/** On every object that virtwork renders, so that its presence distinguishes them from others. */
export const RUN_ID = 'virtwork/run-id';
/** On every object of a workload: the catalog entry of the workload. */
export const ENTRY = 'virtwork/entry';
/** On every object of a workload. */
export const WORKLOAD = 'virtwork/workload';
export const ROLE = 'virtwork/role';
/** The VMs with the same index in every role of a workload that pairs its roles. */
export const PAIR = 'virtwork/pair';
/** On the VMs that are measured together. */
export const GROUP = 'virtwork/group';
/** On the pools and storage classes of an experiment: its name. */
export const EXPERIMENT = 'virtwork/experiment';
/** On cluster-scoped objects: the namespace of the VMs that they are for. */
export const NAMESPACE = 'virtwork/namespace';
/** Annotation of the VM template: changes when the configuration of the guest changes. */
export const USER_DATA_HASH = 'virtwork/user-data-hash';

/**
 * Annotation of DataVolumes, which their PersistentVolumeClaims inherit: with `true`, KubeVirt does not tell the storage which blocks the
 * guest no longer uses. Any domain is good.
 * @see https://kubevirt.io/user-guide/storage/disks_and_volumes/#thick-and-thin-volume-provisioning
 */
export const THICK = 'virtwork/storage.thick-provisioned';

/**
 * Annotation of objects that contain scripts. Without it, Flux substitutes `${name}` in the objects that it applies.
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export const NOT_A_TEMPLATE = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' };

export const MANAGER = 'virtwork';

/** Whether virtwork sets the label or annotation itself. */
export function isOwnLabel(key: string): boolean {
  return key.startsWith('virtwork/') || [NAME, COMPONENT, MANAGED_BY, PART_OF, MANAGED_BY_SHORT].includes(key);
}

export type Labels = { readonly [key: string]: string };

/** The workload, role and run that an object belongs to. */
export interface Owner {
  /** Name of the workload, e.g. `tps`. */
  readonly workload: string;
  /** Catalog entry of the workload. @default the one with the name of the workload */
  readonly entry?: string;
  /** Role within the workload. @default the workload has a single role */
  readonly role?: string;
  readonly runId: string;
}

/** The full set, for every object that virtwork renders. */
export function labels(owner: Owner): Labels {
  return {
    [NAME]: `${MANAGER}-${owner.workload}`,
    [COMPONENT]: owner.workload,
    ...common(owner.runId),
    [ENTRY]: owner.entry ?? owner.workload,
    ...selector(owner),
  };
}

/** The full set for a cluster-scoped object. The cleanup of one namespace must not find the objects of another. */
export function clusterLabels(owner: Owner, namespace: string): Labels {
  return { ...labels(owner), [NAMESPACE]: namespace };
}

/** The full set for an object that belongs to no workload, such as the Namespace. */
export function sharedLabels(component: string, runId: string): Labels {
  return { [NAME]: MANAGER, [COMPONENT]: component, ...common(runId) };
}

/** The labels by which Services, affinities and spread constraints select: always workload and role together. */
export function selector(owner: Pick<Owner, 'workload' | 'role'>): Labels {
  return { [WORKLOAD]: owner.workload, ...(owner.role ? { [ROLE]: owner.role } : {}) };
}

function common(runId: string): Labels {
  return { [MANAGED_BY]: MANAGER, [PART_OF]: MANAGER, [MANAGED_BY_SHORT]: MANAGER, [RUN_ID]: runId };
}
