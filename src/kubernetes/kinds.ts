const RBAC = 'rbac.authorization.k8s.io';

/** A kind of object that carries virtwork's labels. */
export interface Kind {
  readonly kind: string;
  readonly apiVersion: string;
  /** Plural name, without its API group. */
  readonly plural: string;
  /** What users type after `kubectl delete`, such as `vm`. */
  readonly short: string;
  /** Key of the count of deleted objects in reports, and column of the audit. @default none */
  readonly deleted?: string;
  /** Many accounts may not list it. Cleanup then leaves its objects, and warns. */
  readonly guarded?: true;
  /** Its objects are outside of all namespaces; the label `virtwork/namespace` says which one they are for. */
  readonly cluster?: true;
}

/**
 * Every kind that virtwork renders, or that controllers create with its labels, in the order of deletion: a pool takes its VMs with it, a VM
 * its DataVolumes and migrations, and a DataVolume its claim. A StatefulSet takes its pods, but not their claims. The Namespace is not among them: it is deleted only on request.
 */
export const KINDS: readonly Kind[] = [
  // First: a pool creates the VMs that are deleted before it again. Roles that were written for earlier versions do not allow to list it.
  { kind: 'VirtualMachinePool', apiVersion: 'pool.kubevirt.io/v1beta1', plural: 'virtualmachinepools', short: 'vmpool', guarded: true },
  { kind: 'VirtualMachine', apiVersion: 'kubevirt.io/v1', plural: 'virtualmachines', short: 'vm', deleted: 'vms_deleted' },
  // Pods that are measured in the place of VMs. Earlier Roles do not allow to list it either.
  { kind: 'StatefulSet', apiVersion: 'apps/v1', plural: 'statefulsets', short: 'sts', guarded: true },
  { kind: 'Service', apiVersion: 'v1', plural: 'services', short: 'svc', deleted: 'services_deleted' },
  { kind: 'Secret', apiVersion: 'v1', plural: 'secrets', short: 'secret', deleted: 'secrets_deleted' },
  { kind: 'DataVolume', apiVersion: 'cdi.kubevirt.io/v1beta1', plural: 'datavolumes', short: 'dv', deleted: 'dvs_deleted' },
  { kind: 'PersistentVolumeClaim', apiVersion: 'v1', plural: 'persistentvolumeclaims', short: 'pvc', deleted: 'pvcs_deleted' },
  {
    kind: 'VirtualMachineInstanceMigration',
    apiVersion: 'kubevirt.io/v1',
    plural: 'virtualmachineinstancemigrations',
    short: 'vmim',
    guarded: true,
  },
  { kind: 'RoleBinding', apiVersion: `${RBAC}/v1`, plural: 'rolebindings', short: 'rolebinding', guarded: true },
  { kind: 'Role', apiVersion: `${RBAC}/v1`, plural: 'roles', short: 'role', guarded: true },
  { kind: 'ServiceAccount', apiVersion: 'v1', plural: 'serviceaccounts', short: 'serviceaccount', guarded: true },
  {
    kind: 'ClusterRoleBinding',
    apiVersion: `${RBAC}/v1`,
    plural: 'clusterrolebindings',
    short: 'clusterrolebinding',
    guarded: true,
    cluster: true,
  },
  { kind: 'ClusterRole', apiVersion: `${RBAC}/v1`, plural: 'clusterroles', short: 'clusterrole', guarded: true, cluster: true },
];

/** The kind as an argument of kubectl: with its API group, unless it is in the core group. */
export function resourceOf({ plural, apiVersion }: Pick<Kind, 'plural' | 'apiVersion'>): string {
  const group = apiGroupOf(apiVersion);
  return group === '' ? plural : `${plural}.${group}`;
}

/** @returns an empty string for the core group */
export function apiGroupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '';
}

/** API groups of KubeVirt and CDI among the kinds: a server without them has no VMs. */
export const KUBEVIRT_GROUPS: readonly string[] = [
  ...new Set(KINDS.map(({ apiVersion }) => apiGroupOf(apiVersion)).filter((group) => group.endsWith('kubevirt.io'))),
];

/** @throws Error when virtwork has no such kind */
export function resourceNamed(name: string): string {
  const found = KINDS.find(({ kind }) => kind === name);
  if (!found) throw new Error(`no kind named ${name}`);
  return resourceOf(found);
}
