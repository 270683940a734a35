import { libraryOptions } from '../options/table';
import type { RawParam } from '../options/workload-settings';

/** Value of a param. A list or a map where the entry declares one. */
export type ParamValue = RawParam;

/** Options of one workload. */
export interface WorkloadOptions {
  /** VMs of the workload; of each role where it has roles. @default 1 */
  readonly vmCount?: number;
  /** vCPUs per VM. @default `cpuCores` of all workloads, else what the entry states, else 2 */
  readonly cpuCores?: number;
  /** Memory per VM, a quantity such as `'512Mi'` or a number of bytes. @default `memory` of all workloads, else what the entry states, else `'2Gi'` */
  readonly memory?: string | number;
  /** Params by key; `virtwork list -o wide` shows those of each workload. @default those of the entry */
  readonly params?: { readonly [key: string]: ParamValue };
  /**
   * Measurements by name, each with the params in which it differs. They run in this order. Only for an entry with a trial unit.
   * @default no measurement; a single one, named `default`, for an entry that does nothing else
   */
  readonly trials?: { readonly [name: string]: { readonly [key: string]: ParamValue } };
  /** How often all trials run, 1 to 999. @default 1 */
  readonly repeats?: number;
}

/** Options for all workloads. Each has the meaning of the option of the same name in `virtwork.yaml`. */
export interface CommonOptions {
  /** Namespace of the objects: a DNS label. @default the namespace of the chart for a {@link Workload}, else `'virtwork'` */
  readonly namespace?: string;
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
  /** Port of the guests' health endpoint; 0: no endpoint and no readiness probe. @default 9998 */
  readonly healthPort?: number;
}

/** Names of options, each with its key in the configuration file. */
export type Keys<T> = { readonly [name in keyof Required<T>]: string };

/** The rows of the option table with `library: true`. The compiler reports a property of {@link CommonOptions} without such a row. */
export const COMMON: Keys<CommonOptions> = libraryOptions();

export const OF_WORKLOAD: Keys<WorkloadOptions> = {
  vmCount: 'vm_count',
  cpuCores: 'cpu_cores',
  memory: 'memory',
  params: 'params',
  trials: 'trials',
  repeats: 'repeats',
};
