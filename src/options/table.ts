import { COMPONENTS } from '../kubernetes/components';
import { MINIMUM_MEMORY, MOST_CPUS } from '../kubernetes/minimum-sizes';
import { DEFAULT_RUN } from '../kubernetes/run-id';
import { extraUserData, guestFiles, proxy, timezone } from './guest-kinds';
import {
  authorizedKeys,
  bool,
  boot,
  bytes,
  choice,
  duration,
  image,
  integer,
  type Kind,
  label,
  labelValue,
  list,
  objectName,
  path,
  secret,
  text,
  userName,
} from './kinds';
import { affinity, annotations, labels, nodeSelector, tolerations } from './kubernetes-kinds';
import { cpu, instancetype, ioThreads, preference, resources, tpm } from './machine-kinds';
import { networks } from './network-kinds';
import { patches } from './patch-kinds';
import { linux, nameOfSource, namesOfImage } from './windows';

export const GUEST_OS = ['fedora', 'centos-stream', 'rhel', 'debian', 'ubuntu'] as const;
export type GuestOs = (typeof GUEST_OS)[number];

export interface OptionSpec<T = unknown> {
  readonly kind: Kind<T>;
  /** One phrase for `--help`, the documentation and the JSON Schema. */
  readonly describe: string;
  /** The value when no source gives one. Absent: no value, and code that uses the option gives that a meaning. */
  readonly fallback?: T;
  /** Long flag without its hyphens. Absent: not on the command line. */
  readonly flag?: string;
  /** One-letter flag. */
  readonly alias?: string;
  /** Environment variable without the prefix `VIRTWORK_`. Absent: not from the environment. */
  readonly env?: string;
  /** Not a key of the configuration file. */
  readonly notInFile?: true;
  /** What to write in the configuration file instead of a key. @default the flag */
  readonly insteadInFile?: string;
  /** Only verbs that talk to a cluster have the flag. `Options` holds the value under `companion`. */
  readonly companion?: true;
  /** Decides about more than what is rendered, so a configuration file that the user did not name cannot set it. */
  readonly byHand?: true;
  /** An option of the library too, under its name in camel case. */
  readonly library?: true;
  /** It describes the VMs, so a workload may have its own value: in the file, with `--set`, and in the library. */
  readonly ofWorkload?: true;
  /** A map: the keys of all sources are merged. @default the value of the first source is used */
  readonly merged?: true;
  /** Each flag may be given several times; the values are added to those of other sources. */
  readonly added?: true;
  /** `Options` does not hold the value as it is: `load.ts` computes something from it. Absent: a plain option. */
  readonly combined?: true;
}

/**
 * A row of the table. The compiler checks the fallback against the kind and keeps the literal properties, from which the
 * types {@link Values} and `Options` follow.
 */
function option<T, const Row extends Omit<OptionSpec<T>, 'kind'>>(kind: Kind<T>, row: Row): Row & { readonly kind: Kind<T> } {
  return { ...row, kind };
}

/** The name of a workload. The catalog reports an unknown one, because it knows the nearest name. */
const entryName: Kind<string> = { ...text, metavar: 'NAME' };

/**
 * Every option by its key in the configuration file. Flags, variables, defaults, types, help, documentation, completion and the
 * JSON Schema follow from this table. The map `workloads` of the file is in workload-settings.ts.
 */
export const TABLE = {
  namespace: option(label, {
    fallback: 'virtwork',
    flag: 'namespace',
    alias: 'n',
    env: 'NAMESPACE',
    library: true,
    describe: 'target namespace',
  }),
  create_namespace: option(bool, {
    fallback: true,
    flag: 'create-namespace',
    env: 'CREATE_NAMESPACE',
    describe: 'render the Namespace object',
  }),
  workloads: option(list(entryName), {
    flag: 'workloads',
    env: 'WORKLOADS',
    notInFile: true,
    combined: true,
    describe:
      'workloads to render; NAME=ENTRY: a catalog entry under another name; all: every built-in workload (default: cpu, memory, disk, database, network, tps)',
  }),
  vm_count: option(integer(1, 100_000), {
    fallback: 1,
    flag: 'vm-count',
    env: 'VM_COUNT',
    combined: true,
    ofWorkload: true,
    describe: 'number of VMs per workload, or per role if the workload has roles',
  }),
  pool: option(bool, {
    fallback: false,
    flag: 'pool',
    env: 'POOL',
    ofWorkload: true,
    library: true,
    describe: 'render one VirtualMachinePool instead of each VM',
  }),
  cpu_cores: option(integer(1, MOST_CPUS), {
    fallback: 2,
    flag: 'cpu-cores',
    env: 'CPU_CORES',
    combined: true,
    ofWorkload: true,
    library: true,
    describe: 'vCPUs per VM',
  }),
  memory: option(bytes(MINIMUM_MEMORY), {
    fallback: '2Gi',
    flag: 'memory',
    env: 'MEMORY',
    combined: true,
    ofWorkload: true,
    library: true,
    describe: 'memory per VM',
  }),
  params: option(
    { ...text, joint: ',', metavar: 'WORKLOAD.KEY=VALUE,…' },
    {
      flag: 'params',
      env: 'PARAMS',
      notInFile: true,
      insteadInFile: 'workloads: {cpu: {params: {cpu-load-percent: 50}}}',
      combined: true,
      describe: 'params of workloads',
    },
  ),
  set: option(
    { ...text, joint: ',', metavar: 'WORKLOAD.KEY=VALUE,…' },
    {
      flag: 'set',
      env: 'SET',
      notInFile: true,
      insteadInFile: 'workloads: {disk: {storage_class: nfs-csi}}',
      combined: true,
      describe: 'settings of workloads, in place of those of all workloads',
    },
  ),
  data_disk_size: option(bytes('1Mi'), {
    fallback: '10Gi',
    flag: 'disk-size',
    env: 'DATA_DISK_SIZE',
    ofWorkload: true,
    library: true,
    describe: 'size of each data disk',
  }),
  storage_class: option(objectName, {
    flag: 'storage-class',
    env: 'STORAGE_CLASS',
    ofWorkload: true,
    library: true,
    describe: "storage class of the disks (default: the cluster's)",
  }),
  access_modes: option(list(choice('ReadWriteOnce', 'ReadWriteMany', 'ReadOnlyMany', 'ReadWriteOncePod')), {
    flag: 'access-modes',
    env: 'ACCESS_MODES',
    ofWorkload: true,
    library: true,
    describe: "access modes of the disks (default: the StorageProfile's)",
  }),
  volume_mode: option(choice('Filesystem', 'Block'), {
    flag: 'volume-mode',
    env: 'VOLUME_MODE',
    ofWorkload: true,
    library: true,
    describe: "volume mode of the disks (default: the StorageProfile's)",
  }),
  container_disk_image: option(linux(image, namesOfImage), {
    flag: 'container-disk-image',
    env: 'CONTAINER_DISK_IMAGE',
    combined: true,
    ofWorkload: true,
    library: true,
    describe: 'boot image (default: a pinned release for the guest OS)',
  }),
  boot: option(linux(boot, nameOfSource), {
    fallback: 'containerDisk',
    flag: 'boot',
    env: 'BOOT',
    combined: true,
    ofWorkload: true,
    library: true,
    describe: 'boot source of the VMs: containerDisk or dataSource:NAMESPACE/NAME',
  }),
  image_pull_policy: option(choice('Always', 'IfNotPresent', 'Never'), {
    flag: 'image-pull-policy',
    env: 'IMAGE_PULL_POLICY',
    ofWorkload: true,
    library: true,
    describe: "when nodes pull the boot image (default: Kubernetes' rule for its tag)",
  }),
  image_pull_secret: option(objectName, {
    flag: 'image-pull-secret',
    env: 'IMAGE_PULL_SECRET',
    ofWorkload: true,
    library: true,
    describe: 'Secret on the cluster with the credentials for the registry of the boot image',
  }),
  guest_os: option(
    linux(choice(...GUEST_OS), (raw) => [raw]),
    {
      fallback: 'fedora',
      flag: 'guest-os',
      env: 'GUEST_OS',
      ofWorkload: true,
      library: true,
      describe: 'guest operating system; decides package names and paths',
    },
  ),
  timezone: option(timezone, {
    flag: 'timezone',
    env: 'TIMEZONE',
    ofWorkload: true,
    library: true,
    describe: "time zone of the guests (default: the image's)",
  }),
  packages: option(choice('install', 'present', 'none'), {
    fallback: 'install',
    flag: 'packages',
    env: 'PACKAGES',
    ofWorkload: true,
    library: true,
    describe: 'install missing packages in the guests, only check that they are present, or do neither (none)',
  }),
  proxy: option(proxy, {
    fallback: {},
    flag: 'proxy',
    env: 'PROXY',
    ofWorkload: true,
    merged: true,
    library: true,
    describe: 'proxy through which the guests download packages: http, https and no_proxy',
  }),
  ca_certificates: option(guestFiles, {
    fallback: [],
    flag: 'ca-certificates',
    env: 'CA_CERTIFICATES',
    ofWorkload: true,
    library: true,
    combined: true,
    describe: 'files with certificates in PEM format that the guests trust',
  }),
  package_repositories: option(guestFiles, {
    fallback: [],
    flag: 'package-repositories',
    env: 'PACKAGE_REPOSITORIES',
    ofWorkload: true,
    library: true,
    combined: true,
    describe: 'files with package repositories for the guests (.repo, .list or .sources) and their keys (.asc or .gpg)',
  }),
  extra_user_data: option(extraUserData, {
    flag: 'extra-user-data',
    env: 'EXTRA_USER_DATA',
    ofWorkload: true,
    library: true,
    combined: true,
    describe: 'cloud-config that is merged into the user data of the guests: a file, or the configuration itself',
  }),
  ssh_user: option(userName, {
    fallback: 'virtwork',
    flag: 'ssh-user',
    env: 'SSH_USER',
    combined: true,
    library: true,
    describe: 'account in the guests; created if you set its name, a key or a password',
  }),
  ssh_password: option(secret, {
    flag: 'ssh-password',
    env: 'SSH_PASSWORD',
    combined: true,
    describe: 'password of the account; only its hash is rendered',
  }),
  ssh_authorized_keys: option(authorizedKeys, {
    fallback: [],
    flag: 'ssh-key',
    env: 'SSH_AUTHORIZED_KEYS',
    added: true,
    combined: true,
    library: true,
    describe: 'public key of the account: one line of an authorized_keys file',
  }),
  ssh_key_files: option(list(path), {
    fallback: [],
    flag: 'ssh-key-file',
    notInFile: true,
    added: true,
    combined: true,
    describe: 'file with public keys of the account',
  }),
  ssh_existing_secret: option(objectName, {
    flag: 'ssh-existing-secret',
    env: 'SSH_EXISTING_SECRET',
    combined: true,
    library: true,
    describe: "Secret on the cluster with public keys for the image's own user; its content is not rendered",
  }),
  output_dir: option(path, {
    fallback: 'dist',
    flag: 'output-dir',
    env: 'OUTPUT_DIR',
    describe: 'folder of the base',
  }),
  components: option(list(choice(...COMPONENTS)), {
    fallback: [],
    flag: 'components',
    env: 'COMPONENTS',
    describe: 'guard rails and monitoring to render next to the base, as Kustomize components for your overlay',
  }),
  write_password_hash: option(bool, {
    fallback: false,
    flag: 'write-password-hash',
    env: 'WRITE_PASSWORD_HASH',
    describe: 'allow the hash of --ssh-password in manifests that are written or printed',
  }),
  write_secrets: option(bool, {
    fallback: false,
    flag: 'write-secrets',
    env: 'WRITE_SECRETS',
    describe: 'allow passwords of proxies and repositories, and those of extra_user_data, in manifests that are written or printed',
  }),
  catalog_dir: option(path, {
    fallback: '~/.virtwork/catalog',
    flag: 'catalog-dir',
    env: 'CATALOG_DIR',
    combined: true,
    library: true,
    describe: 'folder with your own catalog entries',
  }),
  from_catalog: option(list(entryName), {
    fallback: [],
    flag: 'from-catalog',
    env: 'FROM_CATALOG',
    describe: 'catalog entries to render: only these, or with --workloads in addition to those',
  }),
  allow_access: option(list(entryName), {
    fallback: [],
    flag: 'allow-access',
    env: 'ALLOW_ACCESS',
    byHand: true,
    library: true,
    describe: 'entries whose guests may get cluster permissions that let them act as other accounts',
  }),
  run: option(text, {
    fallback: DEFAULT_RUN,
    flag: 'run',
    env: 'RUN',
    combined: true,
    library: true,
    describe: 'name of the run; the run ID is derived from it and the namespace',
  }),
  run_id: option(labelValue, {
    flag: 'run-id',
    env: 'RUN_ID',
    combined: true,
    library: true,
    describe: 'label virtwork/run-id (default: derived)',
  }),
  health_port: option(integer(0, 65_535), {
    fallback: 9998,
    flag: 'health-port',
    env: 'HEALTH_PORT',
    ofWorkload: true,
    library: true,
    describe: 'port of the health endpoint in the guests; 0: no endpoint and no readiness probe',
  }),
  run_strategy: option(choice('Always', 'RerunOnFailure', 'Manual', 'Halted', 'Once'), {
    fallback: 'Always',
    flag: 'run-strategy',
    env: 'RUN_STRATEGY',
    ofWorkload: true,
    library: true,
    describe: 'when KubeVirt starts the VMs',
  }),
  eviction_strategy: option(choice('LiveMigrateIfPossible', 'LiveMigrate', 'None', 'External'), {
    fallback: 'LiveMigrateIfPossible',
    flag: 'eviction-strategy',
    env: 'EVICTION_STRATEGY',
    ofWorkload: true,
    library: true,
    describe: 'what happens to the VMs when their node is drained',
  }),
  labels: option(labels, {
    fallback: {},
    flag: 'labels',
    env: 'LABELS',
    ofWorkload: true,
    merged: true,
    library: true,
    describe: 'labels of the VMs and their disks',
  }),
  annotations: option(annotations, {
    fallback: {},
    flag: 'annotations',
    env: 'ANNOTATIONS',
    ofWorkload: true,
    merged: true,
    library: true,
    describe: 'annotations of the VMs and their disks',
  }),
  node_selector: option(nodeSelector, {
    fallback: {},
    flag: 'node-selector',
    env: 'NODE_SELECTOR',
    ofWorkload: true,
    merged: true,
    library: true,
    describe: 'labels of the nodes on which the VMs may run',
  }),
  tolerations: option(tolerations, {
    fallback: [],
    flag: 'tolerations',
    env: 'TOLERATIONS',
    ofWorkload: true,
    library: true,
    describe: 'taints of nodes that the VMs tolerate',
  }),
  affinity: option(affinity, {
    flag: 'affinity',
    env: 'AFFINITY',
    ofWorkload: true,
    library: true,
    describe: 'affinity of the VMs, as in a pod',
  }),
  priority_class: option(objectName, {
    flag: 'priority-class',
    env: 'PRIORITY_CLASS',
    ofWorkload: true,
    library: true,
    describe: 'PriorityClass of the VMs',
  }),
  spread: option(choice('soft', 'hard', 'none', 'pack'), {
    fallback: 'soft',
    flag: 'spread',
    env: 'SPREAD',
    ofWorkload: true,
    library: true,
    describe:
      'how the VMs of a role share the nodes: evenly if possible (soft), always evenly (hard), no rule (none), or on few nodes (pack)',
  }),
  pairs: option(choice('apart', 'together', 'any'), {
    fallback: 'apart',
    flag: 'pairs',
    env: 'PAIRS',
    ofWorkload: true,
    library: true,
    describe: 'the nodes of a client and its server: if possible different ones (apart) or the same one (together), or any',
  }),
  scheduler: option(objectName, {
    flag: 'scheduler',
    env: 'SCHEDULER',
    ofWorkload: true,
    library: true,
    describe: 'scheduler of the VMs (default: that of the cluster)',
  }),
  instancetype: option(instancetype, {
    flag: 'instancetype',
    env: 'INSTANCETYPE',
    ofWorkload: true,
    library: true,
    describe: 'VirtualMachineClusterInstancetype that decides about CPUs and memory, or {name, kind}',
  }),
  preference: option(preference, {
    flag: 'preference',
    env: 'PREFERENCE',
    ofWorkload: true,
    library: true,
    describe: 'VirtualMachineClusterPreference of the VMs, or {name, kind}',
  }),
  cpu: option(cpu, {
    flag: 'cpu',
    env: 'CPU',
    ofWorkload: true,
    library: true,
    describe: 'CPUs of the VMs: sockets, cores, threads, model, dedicated, numa and isolate_emulator',
  }),
  max_sockets: option(integer(1, MOST_CPUS), {
    flag: 'max-sockets',
    env: 'MAX_SOCKETS',
    ofWorkload: true,
    library: true,
    describe: 'number of CPU sockets up to which more can be hot-plugged (default: that of the VM)',
  }),
  hugepages: option(bytes('64Ki'), {
    flag: 'hugepages',
    env: 'HUGEPAGES',
    ofWorkload: true,
    library: true,
    describe: 'page size of the memory of the VMs, such as 2Mi or 1Gi (default: normal pages)',
  }),
  resources: option(resources, {
    flag: 'resources',
    env: 'RESOURCES',
    ofWorkload: true,
    library: true,
    describe: 'requests and limits of the VMs for cpu and memory (default: what KubeVirt computes)',
  }),
  overcommit: option(bool, {
    fallback: false,
    flag: 'overcommit',
    env: 'OVERCOMMIT',
    ofWorkload: true,
    library: true,
    describe: 'request no memory for what KubeVirt needs in addition to the guest',
  }),
  architecture: option(choice('amd64', 'arm64', 's390x'), {
    fallback: 'amd64',
    flag: 'architecture',
    env: 'ARCHITECTURE',
    ofWorkload: true,
    library: true,
    describe: 'CPU architecture of the VMs; decides the machine type',
  }),
  firmware: option(choice('bios', 'uefi', 'secure-boot'), {
    flag: 'firmware',
    env: 'FIRMWARE',
    ofWorkload: true,
    library: true,
    describe: "firmware of the VMs (default: KubeVirt's for the architecture)",
  }),
  disk_bus: option(choice('virtio', 'scsi', 'sata'), {
    fallback: 'virtio',
    flag: 'disk-bus',
    env: 'DISK_BUS',
    ofWorkload: true,
    library: true,
    describe: 'bus of the disks with their own storage',
  }),
  disk_cache: option(choice('none', 'writethrough', 'writeback'), {
    flag: 'disk-cache',
    env: 'DISK_CACHE',
    ofWorkload: true,
    library: true,
    describe: "cache mode of these disks (default: KubeVirt's for the storage)",
  }),
  disk_io: option(choice('native', 'threads'), {
    flag: 'disk-io',
    env: 'DISK_IO',
    ofWorkload: true,
    library: true,
    describe: "I/O mode of these disks (default: KubeVirt's for the storage)",
  }),
  disk_discard: option(bool, {
    fallback: true,
    flag: 'disk-discard',
    env: 'DISK_DISCARD',
    ofWorkload: true,
    library: true,
    describe: 'pass on to the storage that the guest no longer uses a block',
  }),
  preallocation: option(bool, {
    flag: 'preallocation',
    env: 'PREALLOCATION',
    ofWorkload: true,
    library: true,
    describe: "allocate the whole disk when it is created (default: CDI's configuration)",
  }),
  block_multiqueue: option(bool, {
    fallback: false,
    flag: 'block-multiqueue',
    env: 'BLOCK_MULTIQUEUE',
    ofWorkload: true,
    library: true,
    describe: 'give each virtio disk one queue for each CPU',
  }),
  io_threads: option(ioThreads, {
    flag: 'io-threads',
    env: 'IO_THREADS',
    ofWorkload: true,
    library: true,
    describe: 'threads for disk I/O: shared, auto, or a map with policy, dedicated and count',
  }),
  rng: option(bool, {
    fallback: true,
    flag: 'rng',
    env: 'RNG',
    ofWorkload: true,
    library: true,
    describe: 'give the VMs a random number generator',
  }),
  tpm: option(tpm, {
    flag: 'tpm',
    env: 'TPM',
    ofWorkload: true,
    library: true,
    describe: 'give the VMs a TPM; {persistent: true} keeps its state',
  }),
  networks: option(networks, {
    flag: 'networks',
    env: 'NETWORKS',
    ofWorkload: true,
    library: true,
    describe: 'networks of the VMs: {pod: BINDING} or {name, multus} with more (default: [{pod: masquerade}])',
  }),
  network_multiqueue: option(bool, {
    fallback: false,
    flag: 'network-multiqueue',
    env: 'NETWORK_MULTIQUEUE',
    ofWorkload: true,
    library: true,
    describe: 'give each virtio network card one queue for each CPU',
  }),
  patches: option(patches, {
    fallback: [],
    flag: 'patches',
    env: 'PATCHES',
    ofWorkload: true,
    library: true,
    combined: true,
    describe: 'operations of RFC 6902 on each VM; those of a workload are applied after those of all workloads',
  }),
  timeout: option(duration, {
    fallback: 600,
    flag: 'timeout',
    env: 'TIMEOUT',
    companion: true,
    describe: 'how long to wait for readiness, e.g. 600 (seconds) or 10m',
  }),
  wait_for_ready: option(bool, {
    fallback: true,
    flag: 'wait',
    env: 'WAIT_FOR_READY',
    companion: true,
    describe: 'wait until the VMs are ready',
  }),
  audit: option(bool, {
    fallback: true,
    flag: 'audit',
    env: 'AUDIT',
    companion: true,
    byHand: true,
    describe: 'write an audit record of the changes',
  }),
  audit_db: option(path, {
    fallback: 'virtwork.db',
    flag: 'audit-db',
    env: 'AUDIT_DB',
    companion: true,
    byHand: true,
    combined: true,
    describe: 'SQLite file of the audit record',
  }),
  kubeconfig: option(path, { flag: 'kubeconfig', env: 'KUBECONFIG', companion: true, byHand: true, describe: 'passed to kubectl' }),
  context: option(text, { flag: 'context', companion: true, byHand: true, describe: 'passed to kubectl' }),
  dry_run: option(bool, {
    fallback: false,
    flag: 'dry-run',
    env: 'DRY_RUN',
    companion: true,
    describe: 'change nothing; show the changes that would be made',
  }),
  verbose: option(bool, { fallback: false, flag: 'verbose', env: 'VERBOSE', describe: 'verbose logging to stderr' }),
};

export type OptionKey = keyof typeof TABLE;
type Row<K extends OptionKey> = (typeof TABLE)[K];
type Value<K extends OptionKey> = Row<K> extends { readonly kind: Kind<infer T> } ? T : never;
/** The folded values by key: present where the option has a fallback. */
export type Values = { readonly [K in OptionKey]: Row<K> extends { readonly fallback: unknown } ? Value<K> : Value<K> | undefined };

/** `data_disk_size` → `dataDiskSize` */
export type Camel<Key extends string> = Key extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Key;

type PlainKey = { [K in OptionKey]: Row<K> extends { readonly combined: true } ? never : K }[OptionKey];
type CompanionKey = { [K in PlainKey]: Row<K> extends { readonly companion: true } ? K : never }[PlainKey];
/** Values by the names that programs use. */
type Named<K extends OptionKey> = {
  readonly [Key in K as Row<Key> extends { readonly fallback: unknown } ? Camel<Key> : never]: Value<Key>;
} & {
  readonly [Key in K as Row<Key> extends { readonly fallback: unknown } ? never : Camel<Key>]?: Value<Key>;
};
/** The plain options that decide what is rendered. */
export type PlainOptions = Named<Exclude<PlainKey, CompanionKey>>;
/** The plain options of verbs that talk to a cluster. */
export type PlainCompanionOptions = Named<CompanionKey>;

/** The pinned boot image of each guest OS. RHEL has no image that can be pulled without a subscription. */
export const IMAGES: { readonly [os in GuestOs]?: string } = {
  fedora: 'quay.io/containerdisks/fedora:43',
  'centos-stream': 'quay.io/containerdisks/centos-stream:10',
  debian: 'quay.io/containerdisks/debian:13',
  ubuntu: 'quay.io/containerdisks/ubuntu:24.04',
};

/**
 * The architectures for which these images exist.
 * @see https://github.com/kubevirt/containerdisks
 */
export const IMAGE_ARCHITECTURES: { readonly [os in GuestOs]?: readonly string[] } = {
  fedora: ['amd64', 'arm64', 's390x'],
  'centos-stream': ['amd64', 'arm64', 's390x'],
  debian: ['amd64', 'arm64'],
  ubuntu: ['amd64', 'arm64', 's390x'],
};

/** Size of the disk in each of these images, as published. */
export const DISK_SIZES: { readonly [os in GuestOs]?: string } = {
  fedora: '5Gi',
  'centos-stream': '10Gi',
  debian: '3Gi',
  ubuntu: '3584Mi',
};

/** All rows, in the order of the table. */
export function specs(): readonly (readonly [OptionKey, OptionSpec])[] {
  return SPECS;
}

const SPECS = Object.entries(TABLE) as [OptionKey, OptionSpec][];

/** The name of an option in programs: `data_disk_size` → `dataDiskSize`. */
export function camel(key: string): string {
  return key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The options of which a workload may have its own value. */
export type WorkloadKey = { [K in OptionKey]: Row<K> extends { readonly ofWorkload: true } ? K : never }[OptionKey];

/** Whether a workload may have its own value of the option. */
export function isOfWorkload(key: string): key is WorkloadKey {
  return Object.hasOwn(TABLE, key) && (TABLE[key as OptionKey] as OptionSpec).ofWorkload === true;
}

type LibraryKey = { [K in OptionKey]: Row<K> extends { readonly library: true } ? K : never }[OptionKey];

/** The options that the library offers: their keys by their names in programs. */
export function libraryOptions(): { readonly [name in Camel<LibraryKey>]: OptionKey } {
  const offered = specs().filter(([, { library }]) => library);
  return Object.fromEntries(offered.map(([key]) => [camel(key), key])) as { [name in Camel<LibraryKey>]: OptionKey };
}

/** The plain options, copied from the folded values. */
export function plainOptions(values: Values): { readonly options: PlainOptions; readonly companion: PlainCompanionOptions } {
  const options: { [name: string]: unknown } = {};
  const companion: { [name: string]: unknown } = {};
  for (const { key, name, ofCompanion } of plainNames()) {
    if (values[key] !== undefined) (ofCompanion ? companion : options)[name] = values[key];
  }
  return { options: options as unknown as PlainOptions, companion: companion as unknown as PlainCompanionOptions };
}

/** An experiment has the options of hundreds of groups. */
let names: readonly { readonly key: OptionKey; readonly name: string; readonly ofCompanion: boolean }[] | undefined;

function plainNames() {
  names ??= SPECS.filter(([, { combined }]) => !combined).map(([key, { companion = false }]) => ({
    key,
    name: camel(key),
    ofCompanion: companion,
  }));
  return names;
}
