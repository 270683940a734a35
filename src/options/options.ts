import type { Origin } from './origin';
import type { Spell } from './spell';
import type { Ssh } from './ssh';
import type { OptionKey, PlainCompanionOptions, PlainOptions } from './table';
import type { WorkloadSettings } from './workload-settings';

/** Where VMs boot from. */
export type Boot =
  /** `diskSize`: size of the disk in the image, a quantity. Absent: unknown. */
  | { readonly kind: 'containerDisk'; readonly image: string; readonly diskSize?: string }
  | ({ readonly kind: 'dataSource'; readonly namespace: string; readonly name: string } & StorageChoice);

/** What a PersistentVolumeClaim requests. Absent: the default storage class of the cluster, and what its StorageProfile states. */
export interface StorageChoice {
  readonly storageClass?: string;
  readonly accessModes?: readonly string[];
  readonly volumeMode?: string;
}

/** A value that is decided workload by workload. */
export interface Setting<T> {
  /** From a flag or the environment: for every workload, even if the file states another value for one of them. */
  readonly forAll?: T;
  /** From the top level of the file: for workloads without a value of their own in the file. */
  readonly general?: T;
  /** If no source and no catalog entry gives a value. */
  readonly fallback: T;
}

/**
 * What only verbs that talk to a cluster use: the plain options of `table.ts` with `companion: true`, and what is computed from others.
 */
export interface CompanionOptions extends PlainCompanionOptions {
  /** The user named the run, so other runs in the namespace are left alone. */
  readonly oneRun: boolean;
  /** The user set `audit` or `audit_db`. */
  readonly auditAsked: boolean;
  /** Absolute path of the audit record. */
  readonly auditDb: string;
}

/**
 * The result of all sources of configuration; complete, checked and frozen. It holds every plain option of `table.ts` under its name in
 * camel case, such as `dataDiskSize`, and what is computed from the others.
 */
export interface Options extends PlainOptions {
  /** The workloads named by flag, environment or file. Absent: the default set, or only `fromCatalog`. */
  readonly workloads?: readonly string[];
  /** Absolute path of the user's catalog. */
  readonly catalogDir: string;
  /** By workload name, in the order of the file. */
  readonly settings: ReadonlyMap<string, WorkloadSettings>;
  readonly vmCount: Setting<number>;
  readonly cpuCores: Setting<number>;
  readonly memory: Setting<string>;
  readonly boot: Boot;
  /** Absent: guests get no account. */
  readonly ssh?: Ssh;
  /** Value of the label `virtwork/run-id`. */
  readonly runId: string;
  readonly companion: CompanionOptions;
  /** Where the value of an option was given, for messages; its key for a default. */
  readonly place: (key: OptionKey) => string;
  readonly spell: Spell;
  /** The source that gave the value. */
  readonly origin: (key: OptionKey) => Origin;
  /** Oddities that are not errors, for stderr. */
  readonly warnings: readonly string[];
}
