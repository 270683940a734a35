import type { Problem } from '../errors';
import type { Spell } from '../options/spell';
import { didYouMean } from '../text/messages';
import { show } from '../text/show';

/** A problem without its place. */
type Text = Omit<Problem, 'where'>;

// Selection of workloads.

/** @param isInstance the user states settings for the workload, so it may be meant as an instance */
export function workloadNotFound(name: string, known: readonly string[], near: string | undefined, isInstance = false): Text {
  const message = `workload not found: ${name}; known: ${known.join(', ')}`;
  const instance = `state the catalog entry to use a name of your own, as in ${name}: {entry: ${near ?? 'disk'}}`;
  if (near === undefined) return isInstance ? { message, hint: instance } : { message };
  return { message, hint: isInstance ? `${didYouMean(near)} Or ${instance}` : didYouMean(near) };
}

export function wrongInstanceName(name: string, must: string): string {
  return `the name of a workload must ${must}, got ${show(name)}`;
}

/** @param other the entry of this name */
export function namedLikeEntry(name: string, entry: string): Text {
  return { message: `workload ${name} is an instance of ${entry}, and not of the catalog entry ${name}`, hint: 'rename the workload' };
}

/** @param near the known entry that was probably meant */
export function instanceOfUnknown(entry: string, known: readonly string[], near: string | undefined): Text {
  const message = `catalog entry not found: ${entry}; known: ${known.join(', ')}`;
  return near === undefined ? { message } : { message, hint: didYouMean(near) };
}

export function nothingSelected(known: readonly string[]): Text {
  return { message: 'no workload is selected', hint: `select one of ${known.join(', ')}` };
}

export function nameTaken(name: string): Text {
  return {
    message: `an entry must not have the name of a built-in workload, got ${JSON.stringify(name)}`,
    hint: 'rename the folder',
  };
}

export function notRendered(name: string, others: number): string {
  const more = others === 0 ? '' : `, like ${others} other ${others === 1 ? 'setting' : 'settings'}`;
  return `has no effect${more}: workload ${name} is not rendered`;
}

// Guests.

export function noRepositoryFor(workload: string, os: string, isApt: boolean): Text {
  const kinds = isApt ? '.list or .sources' : '.repo';
  return {
    message: `has no file for workload ${workload}: its guests run ${os}, which reads ${kinds}`,
    hint: `add a file that ends in ${kinds}`,
  };
}

/** What a cloud-config of the user's must not have in addition to virtwork's. */
export const EXTRA_USER_DATA = {
  file: (path: string, workload: string): Text => ({
    message: `write_files must not have the path ${path}, which virtwork uses in the guests of workload ${workload}`,
    hint: 'use another path',
  }),
  account: (user: string): Text => ({
    message: `users must not have ${user}, the account that virtwork creates`,
    hint: 'set another ssh_user, or another name here',
  }),
  login: { message: 'ssh_pwauth must be true, because ssh_password is set', hint: 'remove one of them' } as Text,
  index: { message: 'package_update must not be false: apt needs its package lists', hint: 'remove it, or set packages: present' } as Text,
  packages: (key: string, mode: string): Text => ({
    message: `must not have ${key}: with packages: ${mode} guests install nothing`,
    hint: 'remove one of them',
  }),
  timezone: (zone: string): Text => ({ message: `timezone must be ${zone} as in the option timezone`, hint: 'remove one of them' }),
} as const;

// Patches.

export function patchInsteadOfOption(option: string): Text {
  return {
    message: 'changes a value that virtwork uses elsewhere: its sums, its checks of sizes and its lab do not see the patch',
    hint: `use ${option}`,
  };
}

// Images.

export function noPublicImage(os: string, spell: Spell): Text {
  return {
    message: `${os} has no public container disk; it needs a boot source or your own image`,
    hint: `use ${spell('boot', 'dataSource:openshift-virtualization-os-images/rhel9')} or ${spell('container_disk_image', 'IMAGE')}`,
  };
}

// Counts, sizes and names.

export function tooManyVms(most: number, got: number, spell: Spell): Text {
  return { message: `the number of all VMs must be at most ${most}, got ${got}`, hint: `use a smaller ${spell('vm_count')}` };
}

export function nameTooLong(kind: string, name: string, most: number): Text {
  return {
    message: `the name of a ${kind} must have at most ${most} characters, got ${name} with ${name.length}`,
    hint: 'shorten the name of the entry, its role or its storage',
  };
}

/** @param other workload, or workload and role */
export function sameName(kind: string, name: string, other: string): Text {
  return {
    message: `its ${kind} ${name} has the same name as that of workload ${other}`,
    hint:
      kind === 'Service'
        ? 'set another service.name in the workload.yaml of one of the entries'
        : 'rename the folder of one of the entries',
  };
}

// Namespaces of the cluster.

export function namespaceRendered(namespace: string, spell: Spell): Text {
  return {
    message: `${namespace} belongs to the cluster, but virtwork would render its Namespace object as its own`,
    hint: `use ${spell('namespace')} with a namespace for virtwork alone, or use ${spell('create_namespace', 'false')}`,
  };
}

export function namespaceShared(namespace: string, spell: Spell): Text {
  return {
    message: `${namespace} belongs to the cluster, and the VMs would run next to its components`,
    hint: `use ${spell('namespace')} with a namespace for virtwork alone`,
  };
}

export function pairsInPool(workload: string, spell: Spell): Text {
  return {
    message: `cannot be true for workload ${workload}: its VMs belong together in pairs, and the VMs of a pool all have the same labels`,
    hint: `omit it for this workload, or use ${spell('set', `${workload}.pool=false`)}`,
  };
}

// Ports, files and peers of the guests.

/** @param owner e.g. `sshd in the guests` */
export function portTaken(port: number, owner: string, spell: Spell): Text {
  return { message: `must not be ${port}, which is a port of ${owner}`, hint: `use another ${spell('health_port')}` };
}

export function samePath(path: string, first: string, second: string): Text {
  return { message: `its guests would have two files ${path}: ${first} and ${second}`, hint: `rename ${second} or the entry` };
}

export function tooFewPeers(clients: number, role: string, servers: number, selector: string): Text {
  return {
    message: `each of the ${clients} VMs of role ${role} needs its own peer, but role ${selector} has ${servers}`,
    hint: 'set the same vm-count for both roles, or use {{service}} instead of {{peer}}',
  };
}

// The machine: what KubeVirt rejects, or could never run.

export const MACHINE = {
  tooManyCpus: (most: number, got: number) => `must have at most ${most} CPUs, got ${got} (sockets × cores × threads)`,
  fewSockets: (sockets: number, got: number) => `must be at least the number of sockets, which is ${sockets}, got ${got}`,
  numaDedicated: 'needs dedicated: true, because the guest sees the NUMA nodes of its own CPUs',
  numaHugepages: 'needs hugepages, because KubeVirt divides only such memory among NUMA nodes',
  isolateDedicated: 'needs dedicated: true, because the thread of QEMU gets a CPU next to those of the guest',
  dedicatedThreads: (got: number) => `must be at most 2 with dedicated: true, got ${got}`,
  armThreads: (got: number) => `must be 1 with dedicated: true on arm64, got ${got}`,
  armHotplug: (sockets: number) => `must be the number of sockets, which is ${sockets}: KubeVirt does not hot-plug CPUs on arm64`,
  pageSize: (architecture: string, sizes: readonly string[], got: string) =>
    `must be a page size of ${architecture} (${sizes.join(', ')}), got ${got}`,
  pagesOfMemory: (memory: string, got: string) => `must divide the memory of the VM, which is ${memory}, got ${got}`,
  pagesOfRequest: (request: string, page: string) => `must be a multiple of the page size ${page}, got ${request}`,
  belowGuest: (memory: string, got: string | undefined) => `must be at least the memory of the VM, which is ${memory}, got ${got}`,
  aboveLimit: (limit: string | undefined, got: string | undefined) => `must be at most the limit, which is ${limit}, got ${got}`,
  dedicatedMemory: (limit: string | undefined, got: string | undefined) =>
    `must be the limit, which is ${limit}, with dedicated: true of cpu, got ${got}`,
  dedicatedCpus: (count: number, got: string | undefined) =>
    `must be the number of CPUs, which is ${count}, with dedicated: true of cpu, got ${got}`,
  armBios: 'must not be bios on arm64, which has only UEFI',
  armSecureBoot: 'must not be secure-boot on arm64: KubeVirt supports it only on amd64',
  ibmFirmware: 'must not be set on s390x, which has neither BIOS nor UEFI',
  armModel: (got: string) => `must be host-passthrough on arm64, got ${got}`,
  noSata: (architecture: string) => `must not be sata on ${architecture}, which has no SATA controller; use virtio or scsi`,
  // Its kernel is that of Debian for clouds.
  noSataDriver: (os: string) =>
    `must not be sata with the image of ${os}, whose kernel has no driver for SATA; use scsi, or set container_disk_image or boot`,
  noTpm: (architecture: string) => `must not be set on ${architecture}, for which KubeVirt has no TPM`,
  noImage: (os: string, known: readonly string[], got: string) =>
    `must be one of ${known.join(', ')} with the image of ${os}, got ${got}; set container_disk_image or boot for another image`,
  nativeCache: (cache: string) => `must not be native with the cache mode ${cache}: QEMU needs none for native I/O`,
  dedicatedBus: (bus: string) => `must not be set with the bus ${bus}: only virtio disks have I/O threads`,
  poolCount: 'needs count, the number of threads of the pool',
  countWithoutPool: 'must not be set without policy: supplementalPool',
  preallocated: 'must not be true with preallocation: KubeVirt does not discard blocks of preallocated disks',
} as const;

// Networks: what KubeVirt rejects, or what could never work.

export const NETWORK = {
  onePod: 'must not be a second pod network: a VM has one',
  sameName: (name: string) => `must be unique, got ${name} twice`,
  podName: (name: string) => `must not be ${name}, the name of the pod network in the VM`,
  masqueradeOfPod: 'must not be masquerade, which only the pod network has; use bridge',
  sriovOnPod: 'must not be sriov: only a secondary network passes a device through',
  sriovModel: 'must not be set with the binding sriov: the guest sees the device itself',
  reservedMac: (mac: string) => `must not be ${mac}, which KubeVirt uses for its bridge to the VM`,
  fewMacs: (vms: number, got: string) => `must be followed by an address for each of the ${vms} VMs, got ${got}`,
  ipv6Masquerade: (binding: string) => `must not be set with the binding ${binding}: only masquerade has this address`,
  needsMac: (binding: string): Text => ({
    message: `needs mac: with addresses on another network, guests find each card by its MAC address, and ${binding} uses that of the pod otherwise`,
    hint: 'set mac to the address of the first VM; the network must allow addresses that it did not assign',
  }),
  fewAddresses: (family: number, vms: number, got: number) =>
    `must have an IPv${family} address for each of the ${vms} VMs of the workload, got ${got}`,
  gatewayOfPod: 'must not be set together with a pod network, which has the default route; use routes',
  oneGateway: (family: number) => `must have at most one IPv${family} address`,
  outside: (got: string) => `must be an address in one of the networks of addresses, got ${got}`,
  otherFamily: (to: string, got: string) => `must be an address of the same IP family as the network ${to}, got ${got}`,
  onlyWithAddresses: 'needs addresses: without them, the guest does not configure the network',
  taken: (what: string, vm: string, other: string): Text => ({
    message: `gives ${vm} ${what}, which ${other} has too`,
    hint: 'state networks for each workload, with addresses of its own',
  }),
  tooMuchData: (most: number, got: number): Text => ({
    message: `must need at most ${most} bytes of network data, got ${got}`,
    hint: 'reduce the networks with addresses, or their routes',
  }),
  ofPool: {
    message: 'must not be set for VMs of a pool: they share one template, and a MAC address is of one VM',
    hint: 'omit it, or set pool: false',
  } as Text,
  /** @param param of the entry that names the network of the load, if it has one */
  noDns: (workload: string, param: string | undefined): Text => ({
    message: `must have a pod network: guests of workload ${workload} find each other by names that only the DNS of the cluster has`,
    hint: `add {pod: masquerade}${param === undefined ? '' : `, or let ${param} name a network with addresses`}`,
  }),
  noApi: (workload: string): Text => ({
    message: `must have a pod network: guests of workload ${workload} call the API server of the cluster`,
    hint: 'add {pod: masquerade}',
  }),
  noResults: (workload: string): Text => ({
    message: `must have a pod network: the trials of workload ${workload} are started together and collected over it`,
    hint: 'add {pod: masquerade}, or remove trials',
  }),
  noPod: (workload: string) =>
    `has no pod network: workload ${workload} has no Service and no metrics for Prometheus, and its readiness probe asks the guest agent`,
  noMigration: (workload: string): Text => ({
    message: `keeps the VMs of workload ${workload} from migrating: KubeVirt does not migrate VMs with a bridge to the pod network`,
    hint: 'use masquerade, or set eviction_strategy: None',
  }),
} as const;

/** The network over which a workload runs its load. */
export const TRAFFIC = {
  unknown: (key: string, workload: string, got: string, known: readonly string[], near: string | undefined): Text => ({
    message: `param ${key} of ${workload} must be the name of a secondary network of the workload, got ${show(got)}; known: ${known.join(', ') || 'none'}`,
    hint:
      near !== undefined
        ? didYouMean(near)
        : got === 'default'
          ? `omit ${key} for the pod network`
          : `add the network to networks, as in {name: ${got}, multus: vlan-100, addresses: 192.0.2.10-192.0.2.19/24}`,
  }),
  /** @param port the option of the health port, if that is 0; else there is no pod network */
  cannotAsk: (key: string, workload: string, got: string, port: string | undefined): Text => ({
    message: `param ${key} of ${workload} must name a network with addresses such as 192.0.2.10-192.0.2.19/24, got ${show(got)}: without ${port === undefined ? 'a pod network' : 'a health port'}, clients cannot ask their servers for addresses`,
    hint: `add such addresses to ${got} in networks, or ${port === undefined ? 'add {pod: masquerade} to networks' : `set ${port}`}`,
  }),
} as const;

// Disks.

/** @param filesystem undefined: a raw disk */
export function diskTooSmall(least: string, filesystem: string | undefined, workload: string, got: string): Text {
  const what = filesystem === undefined ? 'a raw disk' : `the ${filesystem} file system`;
  return { message: `must be at least ${least} for ${what} of workload ${workload}, got ${got}` };
}

export function fileHidden(path: string, disk: string, mount: string): Text {
  return {
    message: `${path} would be hidden by disk ${disk}, which is mounted at ${mount}`,
    hint: 'move the file to another path, and copy it with a unit after the disk is mounted',
  };
}

export function homeHidden(disk: string, mount: string, user: string, spell: Spell): Text {
  return {
    message: `disk ${disk} at ${mount} would hide the home folder of the account ${user} and its keys`,
    hint: `use another ${spell('ssh_user')}, or mount the disk at a folder below ${mount}`,
  };
}

/** @param stuck workloads with disks that only one node can mount */
export function cannotMigrate(name: string, stuck: readonly string[], mode: string, spell: Spell): string {
  return `${name} cannot migrate VMs whose disks are not ${mode}: those of ${stuck.join(', ')}; use ${spell('access_modes', mode)} if your storage supports it`;
}

// Space on disks and in memory.

export const PLACE = { memory: 'in the memory of a VM', root: 'on the root disk', disk: (name: string) => `on disk ${name}` } as const;

interface Shortage {
  readonly workload: string;
  /** The guest does not certainly fail. */
  readonly isAdvice: boolean;
  /** Quantity, as the others. */
  readonly needs: string;
  /** See {@link PLACE}. */
  readonly place: string;
  /** Params that decide how much is needed, with their values. */
  readonly params: readonly (readonly [key: string, value: string | undefined])[];
  /** Absent: unknown. */
  readonly size?: string;
  /** Absent: what is used already does not matter. */
  readonly used?: string;
  /** From the entry: why. */
  readonly description: string | undefined;
  /** The option that makes the place larger, with the size that is needed. Absent: there is none. */
  readonly larger?: string;
}

export function shortage({ workload, isAdvice, needs, place, params, size, used, description, larger }: Shortage): Text {
  const values = params.length > 0 ? ` (${params.map(([key, value]) => `${key} is ${value}`).join(', ')})` : '';
  const has =
    size === undefined ? 'whose size is unknown' : `which has ${size}${used === undefined ? '' : `, of which about ${used} is in use`}`;
  const hints = [
    ...(larger === undefined ? [] : [`use ${larger}`]),
    ...(params.length === 0 ? [] : [`reduce ${params.map(([key]) => key).join(' or ')}`]),
  ];
  return {
    message: `${workload} ${isAdvice ? 'should have' : 'needs'} ${needs} ${place}${values}, ${has}${description ? `: ${description}` : ''}`,
    ...(hints.length === 0 ? {} : { hint: hints.join(', or ') }),
  };
}

// Params.

export function unknownParam(workload: string, key: string, known: readonly string[], near: string | undefined): Text {
  const message = `workload ${workload} has no param ${show(key)}; known: ${known.join(', ') || 'none'}`;
  // As a workload states them, where only params of a trial are expected.
  if (key === 'params') return { message, hint: 'write the params of a trial without params, as in trials: {small: {size: 1G}}' };
  return near === undefined ? { message } : { message, hint: didYouMean(near) };
}

/** @param got as it is shown */
export function wrongParam(workload: string, key: string, must: string, got: string): string {
  return `param ${key} of ${workload} must ${must}, got ${got}`;
}

/** @param missing the one of the two params that is not set, if any */
export function belowOther(workload: string, key: string, got: string, other: string, value: string, missing: string | undefined): Text {
  const message = wrongParam(workload, key, `not be below ${other}, which is ${value}`, got);
  return missing === undefined ? { message } : { message, hint: `set ${missing} as well` };
}

/** @param needed in words, the values of the other param with which the param has an effect */
export function paramUnused(workload: string, key: string, got: string, other: string, value: string, needed: string): Text {
  return {
    message: `param ${key} of ${workload} has no effect when ${other} is ${value}, got ${got}`,
    hint: `omit ${key}, or set ${other} to ${needed}`,
  };
}

// Trials.

/** @param key `trials` or `repeats` */
export function notMeasurable(workload: string, key: string): Text {
  return { message: `workload ${workload} cannot be measured: its entry has no trial unit`, hint: `remove ${key}` };
}

export function healthPortNeeded(workload: string, spell: Spell): Text {
  return {
    message: `must not be 0: the trials of workload ${workload} need the health endpoint`,
    hint: `use another ${spell('health_port')}, or omit it`,
  };
}

/** @param params that decide about the time */
export function trialTooLong(
  workload: string,
  trial: string,
  most: number,
  got: number,
  params: readonly (readonly [key: string, value: string | undefined])[],
): Text {
  const values = params.map(([key, value]) => `${key} is ${value}`).join(', ');
  return {
    message: `trial ${trial} of ${workload} must last at most ${most} s, got ${got} s${values === '' ? '' : ` (${values})`}`,
    ...(params.length === 0 ? {} : { hint: `reduce ${params.map(([key]) => key).join(' or ')}` }),
  };
}

/** @param variable of the param @param at file and line of a placeholder */
export function filledInBefore(workload: string, key: string, variable: string, at: string): Text {
  return {
    message: `param ${key} of ${workload} must be the same for all trials, because ${at} has {{${key}}}`,
    hint: `set ${key} in params, or use the variable ${variable} in the entry`,
  };
}

// Options without effect on what is rendered.

export const NO_EFFECT = {
  noDisks: 'has no effect: no VM that is rendered has a disk of its own',
  ownSizes: 'has no effect: every disk states its own size in workload.yaml',
  fixedCount: 'has no effect: the number of VMs is fixed in workload.yaml',
  noAccess: 'has no effect: no entry that is rendered needs it',
  noTrials: (workload: string): Text => ({
    message: `has no effect: workload ${workload} is measured only if it has trials`,
    hint: 'add trials, as in trials: {first: {}}',
  }),
  trialParam: (workload: string, key: string): Text => ({
    message: `has no effect: only trials of ${workload} use ${key}`,
    hint: 'add trials, as in trials: {first: {}}, or omit the param',
  }),
  shapeOfTrials: (workload: string) => `has no effect: the trials of ${workload} do not follow a shape: they measure the full load`,
  eachTrialSets: (workload: string, key: string) => `has no effect: each trial of ${workload} sets ${key}`,
  noVirtioCardAtAll: 'has no effect: no network card has the model virtio',
  noPodProbeAtAll: 'has no effect on readiness probes: no VM has a pod network, so they ask the guest agent',
  noVirtioCard: (workload: string) => `has no effect: no network card of ${workload} has the model virtio`,
  noPodProbe: (workload: string) =>
    `has no effect on the readiness probe: workload ${workload} has no pod network, so it asks the guest agent`,
  noDisksOf: (workload: string) => `has no effect: the VMs of ${workload} have no disk of their own`,
  ownSizesOf: (workload: string) => `has no effect: every disk of ${workload} states its own size in workload.yaml`,
  noImage: 'has no effect: the VMs do not boot from an image',
  noPairs: (workload: string) => `has no effect: the VMs of ${workload} do not belong together in pairs`,
  fixedCountOf: (workload: string) => `has no effect: the number of VMs of ${workload} is fixed in workload.yaml`,
} as const;

// Permissions of guests in the cluster.

/** Why a permission must be allowed, as in `lets its guests create pods, which starts pods …`. */
export const POWER = {
  showsSecrets: 'shows passwords, and tokens of every ServiceAccount in the namespace',
  showsCredentials: 'may show credentials',
  enters: 'runs commands in pods or VMs, or connects to them',
  createsTokens: 'can create tokens of every ServiceAccount in the namespace',
  /** @param what `pods` or `VMs` */
  runs: (what: string) => `starts ${what}, which can use every ServiceAccount, Secret and volume in the namespace`,
  disks: 'reads, writes or copies disks',
  volumes: 'creates or changes volumes, which may hold data of other workloads',
  accounts: 'changes the ServiceAccounts of the namespace',
  grants: 'grants its permissions to other accounts, or changes theirs',
  namespace: 'changes the namespace, and the labels that decide which pods it admits',
  traffic: 'can redirect traffic of other workloads to itself',
  changes: 'changes objects that other programs in the namespace act on',
  deletes: 'deletes objects that other workloads run or need',
} as const;

/** @param rule as in `access.rules[0]` */
export function notAllowed(rule: string, what: string, why: string, entry: string, spell: Spell): Text {
  return {
    message: `${rule} lets its guests ${what}, which ${why}`,
    hint: `use ${spell('allow_access', entry)} if you trust the entry with that`,
  };
}

/** @param permissions phrases such as `get and list pods in its namespace` */
export function accessOf(workload: string, permissions: readonly string[]): string {
  return `${workload} may ${permissions.join(', and ')}`;
}

export function inNamespace(permissions: readonly string[]): string {
  return `${permissions.join(', and ')} in its namespace`;
}

/** `get and list pods named a and b` */
export function permission(verbs: string, resources: string, names: string | undefined): string {
  return `${verbs} ${resources}${names === undefined ? '' : ` named ${names}`}`;
}

// Components.

export const COMPONENT = {
  /** @param names instancetypes */
  unsized: (names: readonly string[]): Text => ({
    message: `the component quota limits neither CPUs nor memory: the size of ${names.join(', ')} is known only in the cluster`,
    hint: 'set cpu_cores and memory instead of instancetype, or add the limits in your overlay',
  }),
  /** @param names workloads */
  patched: (names: readonly string[]): Text => ({
    message: `the component quota does not count what patches change, and those of ${names.join(', ')} may change resources or volumes`,
    hint: 'compare the quota with the pods, and change its amounts in your overlay',
  }),
  /** No guest has the port that the component reads. */
  noHealth: (): Text => ({
    message: 'the component monitoring needs a health endpoint on the pod network, and no workload has one',
    hint: 'set health_port to a port, or remove monitoring from components',
  }),
  /** @param names workloads */
  notScraped: (names: readonly string[]): Text => ({
    message: `the component monitoring does not read the metrics of ${names.join(', ')}: no health endpoint on the pod network`,
    hint: 'set health_port to a port, and keep the pod network in networks',
  }),
  /** The base has no Namespace that the component could label. */
  noNamespace: (namespace: string, labels: { readonly [key: string]: string }): Text => ({
    message: 'the component pod-security changes nothing: the base has no Namespace',
    hint: `label the namespace yourself: kubectl label namespace ${namespace} ${Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(' ')}`,
  }),
};

// Alerts.

/** The alert of KubeVirt about VMs that keep a node from being drained. */
export const CANNOT_BE_EVICTED = {
  name: 'VMCannotBeEvicted',
  severity: 'warning',
  afterSeconds: 60,
  why: 'eviction_strategy is LiveMigrate, and only one node at a time can use a disk of the VM',
} as const;
