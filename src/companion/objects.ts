/** A Kubernetes object as far as the companion reads it. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly creationTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid?: string }[];
    readonly labels?: { readonly [key: string]: string };
    readonly annotations?: { readonly [key: string]: string };
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    /** Only in lists that ask for it. */
    readonly managedFields?: readonly { readonly time?: string; readonly fieldsV1?: { readonly [field: string]: unknown } }[];
  };
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers has the type that the server gives it
  readonly spec?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly status?: any;
}

/** A Secret, as far as the companion reads it. */
export interface KubeSecret extends KubeObject {
  /** In base64. */
  readonly data?: { readonly [key: string]: string };
}

/** A Kubernetes Event, as far as the companion reads it. */
export interface KubeEvent extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
  readonly involvedObject?: { readonly name?: string };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export function condition(object: KubeObject | undefined, type: string): Condition | undefined {
  return (object?.status?.conditions as Condition[] | undefined)?.find((each) => each.type === type);
}

/** A kind of object that carries virtwork's labels. */
export interface Kind {
  readonly kind: string;
  /** As kubectl takes it, with its API group where there could be doubt. */
  readonly resource: string;
  /** Key of the count of deleted ones in reports and in the audit. @default none */
  readonly deleted?: string;
  /** Many accounts may not look at it, and then have made none. */
  readonly guarded?: true;
  /** Outside of every namespace: the objects say in a label which one they are for. */
  readonly cluster?: true;
}

const RBAC = 'rbac.authorization.k8s.io';

/**
 * Every kind that synth renders, or that others make of it with its labels, in the order of their deletion: a VM takes
 * its DataVolumes and its migrations along, and a DataVolume its claim.
 */
export const KINDS: readonly Kind[] = [
  { kind: 'VirtualMachine', resource: 'virtualmachines.kubevirt.io', deleted: 'vms_deleted' },
  { kind: 'Service', resource: 'services', deleted: 'services_deleted' },
  { kind: 'Secret', resource: 'secrets', deleted: 'secrets_deleted' },
  { kind: 'DataVolume', resource: 'datavolumes.cdi.kubevirt.io', deleted: 'dvs_deleted' },
  { kind: 'PersistentVolumeClaim', resource: 'persistentvolumeclaims', deleted: 'pvcs_deleted' },
  { kind: 'VirtualMachineInstanceMigration', resource: 'virtualmachineinstancemigrations.kubevirt.io', guarded: true },
  { kind: 'RoleBinding', resource: `rolebindings.${RBAC}`, guarded: true },
  { kind: 'Role', resource: `roles.${RBAC}`, guarded: true },
  { kind: 'ServiceAccount', resource: 'serviceaccounts', guarded: true },
  { kind: 'ClusterRoleBinding', resource: `clusterrolebindings.${RBAC}`, guarded: true, cluster: true },
  { kind: 'ClusterRole', resource: `clusterroles.${RBAC}`, guarded: true, cluster: true },
];
