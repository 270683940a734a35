import type { KubeObject } from './objects';

/** What a part of an answer has to be where it is there: a text or `null`, a list of such parts, or a map with such parts; `any` takes everything. */
type Shape = 'text' | 'any' | readonly [Shape] | { readonly [key: string]: Shape };

const METADATA = {
  name: 'text',
  namespace: 'text',
  uid: 'text',
  creationTimestamp: 'text',
  deletionTimestamp: 'text',
  labels: {},
  annotations: {},
  finalizers: ['text'],
  ownerReferences: [{ kind: 'text', name: 'text', uid: 'text' }],
  managedFields: [{ time: 'text', fieldsV1: {} }],
} as const;
const CONTAINERS = [{ name: 'text', image: 'text', state: { waiting: { reason: 'text', message: 'text' } } }] as const;
/** Every part that the companion reads, of all kinds. */
const OBJECT: Shape = {
  apiVersion: 'text',
  kind: 'text',
  metadata: METADATA,
  data: { userdata: 'text' },
  type: 'text',
  reason: 'text',
  message: 'text',
  lastTimestamp: 'text',
  eventTime: 'text',
  involvedObject: { name: 'text' },
  spec: {
    template: {
      metadata: { annotations: {} },
      spec: { volumes: [{ dataVolume: { name: 'text' }, cloudInitNoCloud: { secretRef: { name: 'text' } } }] },
    },
    dataVolumeTemplates: ['any'],
  },
  status: {
    printableStatus: 'text',
    phase: 'text',
    nodeName: 'text',
    conditions: [{ type: 'text', status: 'text', reason: 'text', message: 'text' }],
    migrationState: { targetNode: 'text' },
    initContainerStatuses: CONTAINERS,
    containerStatuses: CONTAINERS,
  },
};

/** Whether the companion can read it as an object. */
export function isObject(value: unknown): value is KubeObject {
  return fits(value, OBJECT) && Boolean((value as Partial<KubeObject> | undefined)?.metadata?.name);
}

/** @returns undefined when they are none */
export function itemsOf(value: unknown): KubeObject[] | undefined {
  const { items } = (value ?? {}) as { readonly items?: unknown };
  return Array.isArray(items) && items.every(isObject) ? items : undefined;
}

/** Without what is `null`, which in an answer means nothing. */
export function withoutNulls(text: string): unknown {
  return JSON.parse(text, (_, value) => (value === null ? undefined : value));
}

/** What `kubectl config view` prints. */
export interface ConfigView {
  readonly 'current-context'?: string | null;
  readonly clusters?: readonly { readonly cluster?: { readonly server?: string | null } }[];
}

/** @returns undefined when it is none */
export function viewOf(value: unknown): ConfigView | undefined {
  return fits(value, { 'current-context': 'text', clusters: [{ cluster: { server: 'text' } }] }) ? (value as ConfigView) : undefined;
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
  if (shape === 'text') return typeof value === 'string' || value === null;
  if (isList(shape)) return Array.isArray(value) && value.every((each) => each !== undefined && fits(each, shape[0]));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(shape).every((key) => fits((value as { readonly [key: string]: unknown })[key], shape[key] as Shape));
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
