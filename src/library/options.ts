import type { GuestProxy } from '../options/guest-kinds';
import type { Toleration } from '../options/kubernetes-kinds';
import type { Cpu, Instancetype, IoThreads, Preference, Resources, Tpm } from '../options/machine-kinds';
import type { Network } from '../options/network-kinds';
import type { Patch } from '../options/patch-kinds';
import { isOfWorkload, libraryOptions } from '../options/table';
import type { RawParam } from '../options/workload-settings';

/** Value of a param. A list or a map where the entry declares one. */
export type ParamValue = RawParam;

/** Options that describe VMs: of all workloads, or of one workload in their place. Each has the meaning of the option of the same name in `virtwork.yaml`. */
export interface VmOptions {
  /** vCPUs per VM. @default what the entry states, else 2 */
  readonly cpuCores?: number;
  /** Memory per VM, a quantity such as `'512Mi'` or a number of bytes. @default what the entry states, else `'2Gi'` */
  readonly memory?: string | number;
  /** Size of data disks for which the entry states no size: a quantity such as `'10Gi'` or a number of bytes. @default '10Gi' */
  readonly dataDiskSize?: string | number;
  /** Storage class of the disks. @default the cluster's default class */
  readonly storageClass?: string;
  /** Access modes of the disks. @default those of the StorageProfile */
  readonly accessModes?: readonly ('ReadWriteOnce' | 'ReadWriteMany' | 'ReadOnlyMany' | 'ReadWriteOncePod')[];
  /** Volume mode of the disks. @default that of the StorageProfile */
  readonly volumeMode?: 'Filesystem' | 'Block';
  /** What the VMs boot from. @default 'containerDisk' */
  readonly boot?: 'containerDisk' | `dataSource:${string}/${string}`;
  /** Container disk that the VMs boot from. @default a pinned release of the guest operating system */
  readonly containerDiskImage?: string;
  /** Guest operating system: decides package names and paths. @default 'fedora' */
  readonly guestOs?: 'fedora' | 'centos-stream' | 'rhel' | 'debian' | 'ubuntu';
  /** Time zone of the guests, such as `'Europe/Berlin'`. @default the image's */
  readonly timezone?: string;
  /** Whether the guests install missing packages, only check that they are present, or do neither. @default 'install' */
  readonly packages?: 'install' | 'present' | 'none';
  /** Proxy through which the guests download packages: URLs of the proxy for `http://` and `https://`, and what is reached without it. @default none */
  readonly proxy?: GuestProxy;
  /** Files with certificates in PEM format that the guests trust. @default those of the image alone */
  readonly caCertificates?: readonly string[];
  /** Files with package repositories for the guests, and their keys. @default those of the image alone */
  readonly packageRepositories?: readonly string[];
  /** A cloud-config that is merged into the user data: the path of a file, its text, or the configuration as a map. @default none */
  readonly extraUserData?: string | { readonly [key: string]: unknown };
  /** Port of the guests' health endpoint; 0: no endpoint and no readiness probe. @default 9998 */
  readonly healthPort?: number;
  /** When nodes pull the boot image. @default Kubernetes' rule for its tag */
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** Name of a Secret on the cluster with the credentials for the registry of the boot image. @default none */
  readonly imagePullSecret?: string;
  /** When KubeVirt starts the VMs. @default 'Always' */
  readonly runStrategy?: 'Always' | 'RerunOnFailure' | 'Manual' | 'Halted' | 'Once';
  /** What happens to the VMs when their node is drained. @default 'LiveMigrateIfPossible' */
  readonly evictionStrategy?: 'LiveMigrateIfPossible' | 'LiveMigrate' | 'None' | 'External';
  /** Labels of the VMs, their templates and disks; no selector uses them. @default none */
  readonly labels?: { readonly [key: string]: string };
  /** Annotations of the VMs, their templates and disks. @default none */
  readonly annotations?: { readonly [key: string]: string };
  /** Render one VirtualMachinePool instead of each VM. @default false */
  readonly pool?: boolean;
  /** Labels of the nodes on which the VMs may run. @default any node */
  readonly nodeSelector?: { readonly [key: string]: string };
  /** Taints of nodes that the VMs tolerate. @default none */
  readonly tolerations?: readonly Toleration[];
  /** Affinity of the VMs, as in a pod. @default none */
  readonly affinity?: { readonly [key: string]: unknown };
  /** PriorityClass of the VMs. @default that of the cluster */
  readonly priorityClass?: string;
  /** How the VMs of a role share the nodes: evenly if possible, always evenly, no rule, or on few nodes. @default 'soft' */
  readonly spread?: 'soft' | 'hard' | 'none' | 'pack';
  /** The nodes of a client and its server: if possible different ones or the same one, or any. @default 'apart' */
  readonly pairs?: 'apart' | 'together' | 'any';
  /** Scheduler of the VMs. @default that of the cluster */
  readonly scheduler?: string;
  /** Instancetype that decides about CPUs and memory: the name of a cluster-wide one, or name and kind. @default none */
  readonly instancetype?: string | Instancetype;
  /** Preference: the name of a cluster-wide one, or name and kind. @default none */
  readonly preference?: string | Preference;
  /** Topology, model and placement of the CPUs. @default each CPU is a socket */
  readonly cpu?: Cpu;
  /** Number of CPU sockets up to which more can be hot-plugged. @default the number of sockets */
  readonly maxSockets?: number;
  /** Page size of the memory, such as `'2Mi'` or `'1Gi'`. @default normal pages */
  readonly hugepages?: string | number;
  /** Requests and limits of CPUs and memory, each a quantity. @default what KubeVirt computes */
  readonly resources?: Resources;
  /** Request no memory for what KubeVirt needs in addition to the guest. @default false */
  readonly overcommit?: boolean;
  /** CPU architecture; decides the machine type. @default 'amd64' */
  readonly architecture?: 'amd64' | 'arm64' | 's390x';
  /** Firmware. @default KubeVirt's for the architecture */
  readonly firmware?: 'bios' | 'uefi' | 'secure-boot';
  /** Bus of the disks with their own storage. @default 'virtio' */
  readonly diskBus?: 'virtio' | 'scsi' | 'sata';
  /** Cache mode of these disks. @default KubeVirt's for the storage */
  readonly diskCache?: 'none' | 'writethrough' | 'writeback';
  /** I/O mode of these disks. @default KubeVirt's for the storage */
  readonly diskIo?: 'native' | 'threads';
  /** Whether the storage gets to know which blocks the guest no longer uses. @default true */
  readonly diskDiscard?: boolean;
  /** Whether the whole disk is allocated when it is created. @default CDI's configuration */
  readonly preallocation?: boolean;
  /** Whether each virtio disk has one queue for each CPU. @default false */
  readonly blockMultiqueue?: boolean;
  /** Threads for disk I/O: a policy, or a map with more. @default none */
  readonly ioThreads?: 'shared' | 'auto' | 'supplementalPool' | IoThreads;
  /** Whether the VMs have a random number generator. @default true */
  readonly rng?: boolean;
  /** Networks of the VMs. @default the pod network with masquerade */
  readonly networks?: readonly Network[];
  /** Whether each virtio network card has one queue for each CPU. @default false */
  readonly networkMultiqueue?: boolean;
  /** Whether the VMs have a TPM, or one that keeps its state. @default false */
  readonly tpm?: boolean | Tpm;
  /** Operations of RFC 6902 on each VM; those of a workload are applied after those of all workloads. @default none */
  readonly patches?: readonly Patch[];
}

/** Options of one workload. */
export interface WorkloadOptions extends VmOptions {
  /** Catalog entry of the workload. @default the entry with the name of the workload */
  readonly entry?: string;
  /** VMs of the workload; of each role where it has roles. @default 1 */
  readonly vmCount?: number;
  /** Params by key; `virtwork list -o wide` shows those of each workload. @default those of the entry */
  readonly params?: { readonly [key: string]: ParamValue };
  /**
   * Measurements by name, each with the params in which it differs. They run in this order. Only for an entry with a trial unit.
   * @default no measurement; a single one, named `default`, for an entry that does nothing else
   */
  readonly trials?: { readonly [name: string]: { readonly [key: string]: ParamValue } };
  /** How often all trials run, 1 to 999. @default 1 */
  readonly repeats?: number;
  /** Number from which a random order of the trials in each repeat follows. @default the order of `trials` */
  readonly seed?: number;
}

/** Options for all workloads. */
export interface CommonOptions extends VmOptions {
  /** Namespace of the objects: a DNS label. @default the namespace of the chart for a {@link Workload}, else `'virtwork'` */
  readonly namespace?: string;
  /** Account in the guests. @default 'virtwork' with `sshAuthorizedKeys`, else no account */
  readonly sshUser?: string;
  /** Public keys of the account, one string for each. @default none */
  readonly sshAuthorizedKeys?: readonly string[];
  /** Name of a Secret on the cluster with public keys for the image's own user. @default none */
  readonly sshExistingSecret?: string;
  /** Folder with your own catalog entries; a relative path starts in the working directory. @default none: only the entries that virtwork includes */
  readonly catalogDir?: string;
  /** Entries whose guests may get cluster permissions that let them act as other accounts. @default none */
  readonly allowAccess?: readonly string[];
  /** Name of the run; the run ID is derived from it and the namespace. @default 'default' */
  readonly run?: string;
  /** Value of the label `virtwork/run-id`. @default derived from `run` and `namespace` */
  readonly runId?: string;
}

/** Names of options, each with its key in the configuration file. */
export type Keys<T> = { readonly [name in keyof Required<T>]: string };

/** The rows of the option table with `library: true`. The compiler reports a property of {@link CommonOptions} without such a row. */
export const COMMON: Keys<CommonOptions> = libraryOptions();

/** The options that describe VMs, of those of the library. */
const OF_VMS = Object.fromEntries(Object.entries(COMMON).filter(([, key]) => isOfWorkload(key))) as Keys<VmOptions>;

export const OF_WORKLOAD: Keys<WorkloadOptions> = {
  ...OF_VMS,
  entry: 'entry',
  vmCount: 'vm_count',
  params: 'params',
  trials: 'trials',
  repeats: 'repeats',
  seed: 'seed',
};
