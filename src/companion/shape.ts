import type { KubeObject } from './objects';

/** What a field of an answer must be if it is present: a string or `null`, a list, or a map with such fields; `any` allows everything. */
type Shape = 'string' | 'any' | readonly [Shape] | { readonly [key: string]: Shape };

const METADATA = {
  name: 'string',
  namespace: 'string',
  uid: 'string',
  creationTimestamp: 'string',
  deletionTimestamp: 'string',
  labels: {},
  annotations: {},
  finalizers: ['string'],
  ownerReferences: [{ kind: 'string', name: 'string', uid: 'string' }],
  managedFields: [{ time: 'string', fieldsV1: {} }],
} as const;
const CONTAINERS = [{ name: 'string', image: 'string', state: { waiting: { reason: 'string', message: 'string' } } }] as const;
const VM = {
  volumes: [{ dataVolume: { name: 'string' }, cloudInitNoCloud: { secretRef: { name: 'string' } } }],
  readinessProbe: { httpGet: { port: 'any' } },
} as const;
/** Every field that the companion reads, of all kinds. */
const OBJECT: Shape = {
  apiVersion: 'string',
  kind: 'string',
  metadata: METADATA,
  data: { userdata: 'string' },
  type: 'string',
  reason: 'string',
  message: 'string',
  lastTimestamp: 'string',
  eventTime: 'string',
  involvedObject: { name: 'string' },
  spec: {
    template: {
      metadata: { annotations: {} },
      spec: VM,
    },
    nodeName: 'string',
    dataVolumeTemplates: ['any'],
    virtualMachineTemplate: {
      metadata: { labels: {} },
      spec: { template: { spec: VM }, dataVolumeTemplates: ['any'] },
    },
  },
  status: {
    printableStatus: 'string',
    phase: 'string',
    nodeName: 'string',
    conditions: [{ type: 'string', status: 'string', reason: 'string', message: 'string' }],
    migrationState: { targetNode: 'string' },
    initContainerStatuses: CONTAINERS,
    containerStatuses: CONTAINERS,
  },
};

/** Whether the companion can read the value as a Kubernetes object. */
export function isObject(value: unknown): value is KubeObject {
  return fits(value, OBJECT) && Boolean((value as Partial<KubeObject> | undefined)?.metadata?.name);
}

/** The items of a list. @returns undefined when the value is not a list of objects */
export function itemsOf(value: unknown): KubeObject[] | undefined {
  const { items } = (value ?? {}) as { readonly items?: unknown };
  return Array.isArray(items) && items.every(isObject) ? items : undefined;
}

/** Parses JSON and omits fields that are `null`: in an answer they mean the same as absent ones. */
export function withoutNulls(text: string): unknown {
  return JSON.parse(text, (_, value) => (value === null ? undefined : value));
}

/** What `kubectl config view` prints. */
export interface ConfigView {
  readonly 'current-context'?: string | null;
  readonly clusters?: readonly { readonly cluster?: { readonly server?: string | null } }[];
}

/** @returns undefined when the value is not a configuration */
export function viewOf(value: unknown): ConfigView | undefined {
  return fits(value, { 'current-context': 'string', clusters: [{ cluster: { server: 'string' } }] }) ? (value as ConfigView) : undefined;
}

/** @returns undefined when it throws */
export function attempted<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function fits(value: unknown, shape: Shape): boolean {
  if (value === undefined || shape === 'any') return true;
  if (shape === 'string') return typeof value === 'string' || value === null;
  if (isList(shape)) return Array.isArray(value) && value.every((each) => each !== undefined && fits(each, shape[0]));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(shape).every((key) => fits((value as { readonly [key: string]: unknown })[key], shape[key] as Shape));
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
