import type { Problem } from '../errors';
import { kindOf, show } from '../text/show';

/** Every message and hint of the constructs. */

/** @param path of the construct that added the workload first */
export function workloadTwice(workload: string, namespace: string, path: string): { readonly message: string; readonly hint: string } {
  return {
    message: `the chart already contains workload ${workload} in namespace ${namespace}, at ${path}`,
    hint: 'use another namespace, or set vmCount for more VMs',
  };
}

/** A problem without its place. */
type Text = Omit<Problem, 'where'>;

/** @param name of the VM */
export function inObject(name: string, { message, ...text }: Text): Text {
  return { message: `cannot be applied to ${name}: ${message}`, ...text };
}

/** Patches that cannot be applied. `path` is that of the map or list in which a step was looked for. */
export const PATCH = {
  noKey: (path: string, keys: readonly string[], got: string): Text => ({
    message: `${show(got)} does not exist in ${path || 'the VM'}, which has ${keys.join(', ') || 'no keys'}`,
  }),
  noItem: (path: string, items: readonly string[], got: number): Text => ({
    message: `item ${got} does not exist in ${path}, which has ${items.length === 0 ? 'no items' : `the items ${items.join(', ')}`}`,
  }),
  noPlace: (path: string, length: number, got: number): Text => ({
    message: `the index in ${path} must be from 0 to ${length}, got ${got}`,
    hint: `to append, write ${path}/-`,
  }),
  notAnIndex: (path: string, items: readonly string[], got: string, mayAppend: boolean): Text => ({
    message: `${path} is a list: the next part of the path must be an index${mayAppend ? ' or -' : ''}, got ${show(got)}; it has ${
      items.length === 0 ? 'no items' : `the items ${items.join(', ')}`
    }`,
  }),
  noParts: (path: string, value: unknown): Text => ({ message: `${path} is ${kindOf(value)}, which has no parts` }),
  testFailed: (path: string, got: unknown, expected: unknown): Text => ({
    message: `the test failed: ${path} must be ${show(expected)}, is ${show(got)}`,
  }),
  intoItself: (path: string): Text => ({ message: `${path} cannot be moved into itself` }),
  /** @param reason a sentence without its period */
  mustNotChange: ([first, ...others]: readonly string[], reason: string) =>
    `it must not change ${first}${others.length === 0 ? '' : ` and ${others.length} more`}: ${reason}`,
  write: (path: string) => `write ${path}`,
  addFirst: (path: string) => `add ${path} first, or add it with all of its content as the value`,
} as const;

/** Why a patch must not change a field, and what to do instead. */
export const KEPT = {
  object: { message: 'only metadata and spec of a VM can be patched' },
  name: { message: 'status, results and the other VMs find the VM by its name', hint: 'rename the workload' },
  namespace: { message: 'all objects of a base are in one namespace', hint: 'set the option namespace' },
  metadata: { message: 'of the metadata, only labels and annotations can be patched' },
  labels: { message: 'Services, wait, results and cleanup find VMs and disks by the labels of virtwork' },
  annotations: { message: 'virtwork sets this annotation itself' },
  hostname: { message: 'results and the other VMs find the guest by its name', hint: 'rename the workload' },
  firmware: { message: 'each VM has an ID of its own, and keeps it' },
  probe: {
    message: 'wait, status and results ask the health endpoint of the guest',
    hint: 'change its times only, or set health_port: 0 and add a probe',
  },
  disk: { message: 'the guest waits for this disk, or boots from it, and finds it by its serial' },
  secret: { message: 'the guest gets its configuration from this Secret', hint: 'use the option extra_user_data' },
  network: { message: 'other VMs and the health probe reach the guest at its addresses', hint: 'set the option networks' },
  selector: { message: 'spread and pairs count VMs by the labels of virtwork', hint: 'set the option spread or pairs' },
} as const satisfies { readonly [field: string]: Text };
