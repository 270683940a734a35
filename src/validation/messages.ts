import { didYouMean } from '../text/messages';

/** Every message and hint about objects that an API server would reject. Each follows the path of a field. */

// Values of any kind.

export const REQUIRED = 'is required';

/** Reported as `unknown field "<path>"`, see {@link sentence}. */
export const UNKNOWN = 'unknown field';

/** @returns the problem as a sentence that names its field */
export function sentence(field: string, message: string): string {
  return message === UNKNOWN ? `${UNKNOWN} ${JSON.stringify(field)}` : `${field} ${message}`;
}

export function unknownField(near: string | undefined): { readonly message: string; readonly hint?: string } {
  return { message: UNKNOWN, ...(near === undefined ? {} : { hint: didYouMean(near) }) };
}

/** @param required what the value must be or do, such as `be integer` */
export function must(required: string, got: unknown): string {
  return `must ${required}, got ${JSON.stringify(got)}`;
}

export function beOneOf(values: readonly unknown[]): string {
  return `be one of ${values.join(', ')}`;
}

export const BE_QUANTITY = 'be a quantity such as 500m, 2, 512Mi or 10G';

export function beAtLeast(least: number): string {
  return `be at least ${least}`;
}

export function beFrom(least: number, most: number): string {
  return `be from ${least} to ${most}`;
}

export function atMostItems(most: number, got: number): string {
  return `must have at most ${most} items, got ${got}`;
}

export function atMostBytes(most: number, got: number): string {
  return `must have at most ${most} bytes, got ${got}`;
}

/** @param what of which no two may be equal, such as `names` */
export function twice(what: string, value: string): string {
  return `must have unique ${what}, got ${value} twice`;
}

/** @param got names of the fields that are set */
export function exactlyOneOf(choices: string, got: readonly string[]): string {
  return `must have exactly one ${choices}, got ${got.join(', ') || 'none'}`;
}

export function aboveLimit(limit: string, got: unknown, most: unknown): string {
  return `must be at most ${limit}, got ${got} of ${most}`;
}

// Names and labels.

export const DNS_LABEL = 'be a DNS label of at most 63 characters';
export const LABEL_KEY = 'be a label key';
export const LABEL_VALUE = 'be a label value of at most 63 characters';
export const PATH_SEGMENT = 'be a path segment, without / and %';

export function badLabelKey(key: string): string {
  return `must have valid keys, got ${JSON.stringify(key)}`;
}

export function reservedLabel(key: string): string {
  return `must not have the label ${key}, which KubeVirt reserves`;
}

// Kinds, Secrets, Services and roles.

export function unknownKind(apiVersion: string, kind: string): string {
  return `must be a kind that virtwork checks, got ${apiVersion} ${kind}`;
}

export function noServiceAccount(annotation: string, type: string): string {
  return `must name the ServiceAccount in ${annotation} for the type ${type}`;
}

export function badSecretKey(key: string): string {
  return `must have keys of letters, digits, - _ and ., got ${JSON.stringify(key)}`;
}

export const NO_PORT = 'must have at least one port';
export const NO_SELECTOR = 'must have at least one label';

export function badPortName(name: string): string {
  return `must have names that are DNS labels of at most 63 characters, got ${JSON.stringify(name)}`;
}

export const NO_ITEM = 'must have at least one item';
export const NO_WILDCARD = 'not contain *';

// VirtualMachines.

export const MEMORY_REQUIRED = 'is required: a VM needs memory';
export const BYTES = 'be a number of bytes above 0';
/** The machine: CPUs, pages, firmware, I/O. */
export const MACHINE_RULES = {
  type: (architecture = 'amd64') => `begin with ${{ arm64: 'virt', s390x: 's390-ccw-virtio' }[architecture] ?? 'q35 or pc-q35'}`,
  needsDedicated: 'needs dedicatedCpuPlacement: true',
  needsHugepages: 'needs memory.hugepages',
  equalLimit: 'must be the limit with dedicatedCpuPlacement',
  equalCpus: 'must be the number of CPUs with dedicatedCpuPlacement',
  oneBootloader: 'must have only one of bios and efi',
  needsSmm: 'needs features.smm',
  needsVirtio: 'needs the bus virtio',
  poolCount: 'must be at least 1 with the policy supplementalPool',
  notOnArm: 'must not be set on arm64',
} as const;

export function notWith(other: string): string {
  return `must not be set together with ${other}`;
}

export const PAUSED_TOO = 'must not be set together with startStrategy: Paused';
export const RUNNING_TOO = 'must not be set together with running';
export const NO_POD_NETWORK = 'must not connect to the guest without a pod network';
export const ONE_POD_NETWORK = 'must have at most one pod network';
export const CARD_NAME_RULE = 'have only letters, digits, hyphens and underscores';
export const MAC_RULE = 'be a MAC address of 6 bytes';
export const RESERVED_BY_KUBEVIRT = 'must not be the address of the bridge of KubeVirt';
export const ON_POD_NETWORK = 'must be on the pod network';
export const NO_CLOUD_INIT = 'needs a cloudInitNoCloud volume in the same VM';

export function mustName(what: 'disk or filesystem' | 'volume' | 'interface' | 'network', got: string): string {
  return `must be the name of ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}, got ${JSON.stringify(got)}`;
}

export function unusedDataVolume(name: string): string {
  return `must be used by a volume, got ${JSON.stringify(name)}`;
}

export function otherNamespace(namespace: string): string {
  return `must be that of the VM, got ${JSON.stringify(namespace)}`;
}

export function severalTargets(kinds: readonly string[]): string {
  return `must be one of disk, cdrom, lun, got ${kinds.join(', ')}`;
}

export function badBootOrder(order: number): string {
  return `must have a bootOrder of at least 1, got ${order}`;
}

export function severalServiceAccounts(count: number): string {
  return `must have at most one serviceAccount, got ${count}`;
}

/** @param field in which a reference to a Secret is given */
export function inlineTooLarge(most: number, bytes: number, field: string): { readonly message: string; readonly hint: string } {
  return { message: `must have at most ${most} bytes inline, got ${bytes}`, hint: `use ${field}` };
}

export function sameConstraint(keys: string): string {
  return `must differ from the others in topologyKey or whenUnsatisfiable, got ${keys} twice`;
}

// Pools.

export const LABELS_OF_SELECTOR = 'be labels of spec.virtualMachineTemplate.metadata';

export const UNAVAILABLE = 'be at least 1, or from 1% to 100%';

/** @param got names of the fields that are set */
export function atMostOneStrategy(got: readonly string[]): string {
  return `must have at most one strategy, got ${got.join(', ')}`;
}
