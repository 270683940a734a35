import { MINIMUM_MEMORY } from '../kubernetes/minimum-sizes';
import { DEFAULT_RUN } from '../kubernetes/run-id';
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

export const GUEST_OS = ['fedora', 'centos-stream', 'rhel', 'debian', 'ubuntu'] as const;
export type GuestOs = (typeof GUEST_OS)[number];

export interface OptionSpec<T = unknown> {
  readonly kind: Kind<T>;
  /** One sentence for --help and the documentation. */
  readonly describe: string;
  /** The value when no source gives one. Absent: there is none, and absence has a meaning. */
  readonly fallback?: T;
  /** Long flag without its hyphens. Absent: not on the command line. */
  readonly flag?: string;
  readonly alias?: string;
  /** Environment variable without the prefix VIRTWORK_. Absent: not from the environment. */
  readonly env?: string;
  /** Not a key of the configuration file. */
  readonly notInFile?: true;
  /** Only verbs that talk to a cluster have the flag. */
  readonly companion?: true;
  /** Decides about more than what is rendered, so a configuration file that nobody named has no say. */
  readonly byHand?: true;
  /** Each flag may be given several times; all are used, beside what other sources give. */
  readonly added?: true;
}

/** An option whose value the sources must give, or the fallback. */
function option<T>(spec: OptionSpec<T> & { readonly fallback: T }): OptionSpec<T> & { readonly fallback: T } {
  return spec;
}

/** An option that may stay without a value. */
function optional<T>(spec: OptionSpec<T>): OptionSpec<T> {
  return spec;
}

/**
 * Every option by its key in the configuration file: the one place for flags, variables, defaults and help.
 * The map `workloads` of the file stands in workload-settings.ts.
 */
export const TABLE = {
  namespace: option({ kind: label, fallback: 'virtwork', flag: 'namespace', alias: 'n', env: 'NAMESPACE', describe: 'target namespace' }),
  create_namespace: option({
    kind: bool,
    fallback: true,
    flag: 'create-namespace',
    env: 'CREATE_NAMESPACE',
    describe: 'render the Namespace object',
  }),
  workloads: optional({
    kind: list(choiceOfEntry()),
    flag: 'workloads',
    env: 'WORKLOADS',
    notInFile: true,
    describe: 'workloads to render; all: every built-in one (default: cpu, memory, disk, database, network, tps)',
  }),
  vm_count: option({
    kind: integer(1, 100_000),
    fallback: 1,
    flag: 'vm-count',
    env: 'VM_COUNT',
    describe: 'VMs per workload; per role where a workload has roles',
  }),
  cpu_cores: option({ kind: integer(1, 512), fallback: 2, flag: 'cpu-cores', env: 'CPU_CORES', describe: 'vCPUs per VM' }),
  memory: option({ kind: bytes(MINIMUM_MEMORY), fallback: '2Gi', flag: 'memory', env: 'MEMORY', describe: 'memory per VM' }),
  params: optional({
    kind: { ...text, joint: ',', metavar: 'WORKLOAD.KEY=VALUE,…' },
    flag: 'params',
    env: 'PARAMS',
    notInFile: true,
    describe: 'params of workloads',
  }),
  data_disk_size: option({
    kind: bytes('1Mi'),
    fallback: '10Gi',
    flag: 'disk-size',
    env: 'DATA_DISK_SIZE',
    describe: 'size of each data disk',
  }),
  storage_class: optional({
    kind: objectName,
    flag: 'storage-class',
    env: 'STORAGE_CLASS',
    describe: "storage class of the disks (default: the cluster's)",
  }),
  access_modes: optional({
    kind: list(choice('ReadWriteOnce', 'ReadWriteMany', 'ReadOnlyMany', 'ReadWriteOncePod')),
    flag: 'access-modes',
    env: 'ACCESS_MODES',
    describe: "access modes of the disks (default: the StorageProfile's)",
  }),
  volume_mode: optional({
    kind: choice('Filesystem', 'Block'),
    flag: 'volume-mode',
    env: 'VOLUME_MODE',
    describe: "volume mode of the disks (default: the StorageProfile's)",
  }),
  container_disk_image: optional({
    kind: image,
    flag: 'container-disk-image',
    env: 'CONTAINER_DISK_IMAGE',
    describe: 'boot image (default: a pinned release for the guest OS)',
  }),
  boot: option({
    kind: boot,
    fallback: 'containerDisk',
    flag: 'boot',
    env: 'BOOT',
    describe: 'what the VMs boot from: containerDisk or dataSource:NAMESPACE/NAME',
  }),
  guest_os: option({
    kind: choice(...GUEST_OS),
    fallback: 'fedora' as GuestOs,
    flag: 'guest-os',
    env: 'GUEST_OS',
    describe: 'guest operating system: package names and paths',
  }),
  ssh_user: option({
    kind: userName,
    fallback: 'virtwork',
    flag: 'ssh-user',
    env: 'SSH_USER',
    describe: 'account in the guests; made when it is named, or a key or a password is given',
  }),
  ssh_password: optional({
    kind: secret,
    flag: 'ssh-password',
    env: 'SSH_PASSWORD',
    describe: 'password of the account; only its hash is rendered',
  }),
  ssh_authorized_keys: option({
    kind: authorizedKeys,
    fallback: [],
    flag: 'ssh-key',
    env: 'SSH_AUTHORIZED_KEYS',
    added: true,
    describe: 'public key of the account, a line as in an authorized_keys file',
  }),
  ssh_key_files: option({
    kind: list(path),
    fallback: [],
    flag: 'ssh-key-file',
    notInFile: true,
    added: true,
    describe: 'file with public keys of the account',
  }),
  ssh_existing_secret: optional({
    kind: objectName,
    flag: 'ssh-existing-secret',
    env: 'SSH_EXISTING_SECRET',
    describe: "Secret on the cluster with public keys for the image's own user; nothing of it is rendered",
  }),
  write_password_hash: option({
    kind: bool,
    fallback: false,
    flag: 'write-password-hash',
    env: 'WRITE_PASSWORD_HASH',
    describe: 'let manifests that are written or printed hold the hash of --ssh-password',
  }),
  catalog_dir: option({
    kind: path,
    fallback: '~/.virtwork/catalog',
    flag: 'catalog-dir',
    env: 'CATALOG_DIR',
    describe: 'folder with catalog entries of your own',
  }),
  from_catalog: option({
    kind: list(choiceOfEntry()),
    fallback: [],
    flag: 'from-catalog',
    env: 'FROM_CATALOG',
    describe: 'catalog entries to render; alone: only these, with --workloads: beside those',
  }),
  allow_access: option({
    kind: list(choiceOfEntry()),
    fallback: [],
    flag: 'allow-access',
    env: 'ALLOW_ACCESS',
    byHand: true,
    describe: 'entries whose guests may have rights in the cluster that amount to those of other accounts',
  }),
  run: option({
    kind: text,
    fallback: DEFAULT_RUN,
    flag: 'run',
    env: 'RUN',
    describe: 'name of the run; the run id is derived from it and the namespace',
  }),
  run_id: optional({ kind: labelValue, flag: 'run-id', env: 'RUN_ID', describe: 'label virtwork/run-id (default: derived)' }),
  health_port: option({
    kind: integer(0, 65_535),
    fallback: 9998,
    flag: 'health-port',
    env: 'HEALTH_PORT',
    describe: "port of the guests' health endpoint; 0: no endpoint and no readiness probe",
  }),
  timeout: option({
    kind: duration,
    fallback: 600,
    flag: 'timeout',
    env: 'TIMEOUT',
    companion: true,
    describe: 'how long to wait for readiness, e.g. 600 or 10m',
  }),
  wait_for_ready: option({
    kind: bool,
    fallback: true,
    flag: 'wait',
    env: 'WAIT_FOR_READY',
    companion: true,
    describe: 'wait until the VMs are ready',
  }),
  audit: option({
    kind: bool,
    fallback: true,
    flag: 'audit',
    env: 'AUDIT',
    companion: true,
    byHand: true,
    describe: 'record what was done',
  }),
  audit_db: option({
    kind: path,
    fallback: 'virtwork.db',
    flag: 'audit-db',
    env: 'AUDIT_DB',
    companion: true,
    byHand: true,
    describe: 'SQLite file of the record',
  }),
  kubeconfig: optional({ kind: path, flag: 'kubeconfig', env: 'KUBECONFIG', companion: true, byHand: true, describe: 'handed to kubectl' }),
  context: optional({ kind: text, flag: 'context', companion: true, byHand: true, describe: 'handed to kubectl' }),
  dry_run: option({
    kind: bool,
    fallback: false,
    flag: 'dry-run',
    env: 'DRY_RUN',
    companion: true,
    describe: 'change nothing; show what would be done',
  }),
  verbose: option({ kind: bool, fallback: false, flag: 'verbose', env: 'VERBOSE', describe: 'tell more on stderr' }),
};

export type OptionKey = keyof typeof TABLE;
type Value<S> = S extends { kind: Kind<infer T> } ? T : never;
/** The folded values by key: present where the option has a fallback. */
export type Values = {
  readonly [K in OptionKey]: (typeof TABLE)[K] extends { fallback: unknown }
    ? Value<(typeof TABLE)[K]>
    : Value<(typeof TABLE)[K]> | undefined;
};

/** The pinned boot image of each guest OS. RHEL has none that everyone may pull. */
export const IMAGES: { readonly [os in GuestOs]?: string } = {
  fedora: 'quay.io/containerdisks/fedora:43',
  'centos-stream': 'quay.io/containerdisks/centos-stream:10',
  debian: 'quay.io/containerdisks/debian:13',
  ubuntu: 'quay.io/containerdisks/ubuntu:24.04',
};

/** Size of the disk in each of these images, as their makers build them. */
export const DISK_SIZES: { readonly [os in GuestOs]?: string } = {
  fedora: '5Gi',
  'centos-stream': '10Gi',
  debian: '3Gi',
  ubuntu: '3584Mi',
};

export function specs(): [OptionKey, OptionSpec][] {
  return Object.entries(TABLE) as [OptionKey, OptionSpec][];
}

/** Whether an entry of that name exists is told by the catalog, which knows the nearest one. */
function choiceOfEntry(): Kind<string> {
  return { ...text, metavar: 'NAME' };
}
