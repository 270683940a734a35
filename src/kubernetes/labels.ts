/**
 * Label keys, stated once. The recommended ones inform people and tools, and overlays overwrite them: whatever virtwork
 * selects by or reads itself is a key of its own, `virtwork/…`.
 */
export const NAME = 'app.kubernetes.io/name';
export const COMPONENT = 'app.kubernetes.io/component';
export const MANAGED_BY = 'app.kubernetes.io/managed-by';
export const PART_OF = 'app.kubernetes.io/part-of';
/** The short form that people type: `kubectl delete vm -l managed-by=virtwork`. */
export const MANAGED_BY_SHORT = 'managed-by';
/** On every object that virtwork renders, so its presence tells them from others. */
export const RUN_ID = 'virtwork/run-id';
/** On every object of a workload. */
export const WORKLOAD = 'virtwork/workload';
export const ROLE = 'virtwork/role';
/** The VMs with the same index in every role of a workload that pairs its roles. */
export const PAIR = 'virtwork/pair';
/** On objects outside of every namespace: the namespace of the VMs that they are for. */
export const NAMESPACE = 'virtwork/namespace';
/** Annotation of the VM template: changes when what the guest is told changes. */
export const USER_DATA_HASH = 'virtwork/user-data-hash';

/**
 * Annotation of what carries scripts: Flux substitutes `${name}` in whatever it applies, unless the object says so.
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export const NOT_A_TEMPLATE = { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' };

export const MANAGER = 'virtwork';

export type Labels = { readonly [key: string]: string };

/** Whose object it is. */
export interface Owner {
  /** Name of the workload, e.g. `tps`. */
  readonly workload: string;
  /** Role within the workload. @default none, the workload has a single role */
  readonly role?: string;
  readonly runId: string;
}

/** The full set, for every object that virtwork renders. */
export function labels(owner: Owner): Labels {
  return {
    [NAME]: `${MANAGER}-${owner.workload}`,
    [COMPONENT]: owner.workload,
    ...common(owner.runId),
    ...selector(owner),
  };
}

/** The full set of an object outside of every namespace: who cleans one namespace up must not find that of another. */
export function clusterLabels(owner: Owner, namespace: string): Labels {
  return { ...labels(owner), [NAMESPACE]: namespace };
}

/** The full set of an object that belongs to no workload, such as the Namespace. */
export function sharedLabels(component: string, runId: string): Labels {
  return { [NAME]: MANAGER, [COMPONENT]: component, ...common(runId) };
}

/** What Services, affinities and spread constraints select by: always workload and role together. */
export function selector(owner: Pick<Owner, 'workload' | 'role'>): Labels {
  return { [WORKLOAD]: owner.workload, ...(owner.role ? { [ROLE]: owner.role } : {}) };
}

function common(runId: string): Labels {
  return { [MANAGED_BY]: MANAGER, [PART_OF]: MANAGER, [MANAGED_BY_SHORT]: MANAGER, [RUN_ID]: runId };
}
