/** The fields of a Kubernetes object that the companion reads. */
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
  // biome-ignore lint/suspicious/noExplicitAny: the server decides about its type
  readonly spec?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly status?: any;
}

/** The fields of a Secret that the companion reads. */
export interface KubeSecret extends KubeObject {
  /** In base64. */
  readonly data?: { readonly [key: string]: string };
}

/** The fields of an Event that the companion reads. */
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
