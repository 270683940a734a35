import type { Origin } from './origin';
import type { Ssh } from './ssh';
import type { GuestOs, OptionKey } from './table';
import type { WorkloadSettings } from './workload-settings';

/** Where VMs boot from. */
export type Boot =
  /** `diskSize`: of the disk in the image. Absent: not known. */
  | { readonly kind: 'containerDisk'; readonly image: string; readonly diskSize?: string }
  | ({ readonly kind: 'dataSource'; readonly namespace: string; readonly name: string } & StorageChoice);

/** What a claim asks for. Absent: the cluster's default class, and what its StorageProfile says. */
export interface StorageChoice {
  readonly storageClass?: string;
  readonly accessModes?: readonly string[];
  readonly volumeMode?: string;
}

/** A value that is decided workload by workload. */
export interface Setting<T> {
  /** From a flag or the environment: for every workload, whatever the file says of one. */
  readonly forAll?: T;
  /** From the file, for the workloads of which it says nothing else. */
  readonly general?: T;
  /** When nobody says anything, not even the entry. */
  readonly fallback: T;
}

/** What only the verbs that talk to a cluster ask for. */
export interface CompanionOptions {
  /** The run was named, so that nothing of other runs is meant. */
  readonly oneRun: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly wait: boolean;
  /** A record is kept. */
  readonly audit: boolean;
  /** Somebody asked for the record, or for its place. */
  readonly auditAsked: boolean;
  /** Absolute path of the record. */
  readonly auditDb: string;
  /** Absent: kubectl's own rules. */
  readonly kubeconfig?: string;
  /** Absent: the current one. */
  readonly context?: string;
}

/** What the sources of configuration together say; complete, checked, frozen. */
export interface Options {
  readonly namespace: string;
  readonly createNamespace: boolean;
  /** The workloads named by flag, environment or file. Absent: the default set, or only `fromCatalog`. */
  readonly workloads?: readonly string[];
  /** Catalog entries to render beside them. */
  readonly fromCatalog: readonly string[];
  /** Entries whose guests may have rights that amount to those of other accounts. */
  readonly allowAccess: readonly string[];
  /** Absolute path of the user's catalog. */
  readonly catalogDir: string;
  /** By workload name, in the order of the file. */
  readonly settings: ReadonlyMap<string, WorkloadSettings>;
  readonly vmCount: Setting<number>;
  readonly cpuCores: Setting<number>;
  readonly memory: Setting<string>;
  /** Size of data disks whose entry states none. */
  readonly dataDiskSize: string;
  readonly storageClass?: string;
  readonly accessModes?: readonly string[];
  readonly volumeMode?: string;
  readonly boot: Boot;
  readonly guestOs: GuestOs;
  /** Absent: guests get no account. */
  readonly ssh?: Ssh;
  /** The hash of a password may stand in rendered files. */
  readonly writePasswordHash: boolean;
  readonly runId: string;
  /** 0: no health endpoint and no readiness probe. */
  readonly healthPort: number;
  readonly dryRun: boolean;
  readonly companion: CompanionOptions;
  readonly verbose: boolean;
  /** Where the value of an option was given, for error texts; its key for a default. */
  readonly place: (key: OptionKey) => string;
  /** Which source gave it. */
  readonly origin: (key: OptionKey) => Origin;
  /** What is odd but no problem, for stderr. */
  readonly warnings: readonly string[];
}
