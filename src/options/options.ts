import type { DocumentPath } from '../yaml/yaml-file';
import type { GuestInput } from './guest/input';
import type { Origin } from './origin';
import type { PlacedPatch } from './patches';
import type { Spell } from './spell';
import type { Ssh } from './ssh';
import type { OptionKey, PlainCompanionOptions, PlainOptions } from './table';
import type { WorkloadSettings } from './workload-settings';

/** Where VMs boot from. */
export type Boot =
  | {
      readonly kind: 'containerDisk';
      /** Empty: the guest OS has no public image, and the user names none. */
      readonly image: string;
      /** Size of the disk in the image, a quantity. Absent: unknown. */
      readonly diskSize?: string;
      /** Architectures for which the image exists. Absent: unknown. */
      readonly architectures?: readonly string[];
      /** `Always`, `IfNotPresent` or `Never`. Absent: Kubernetes decides by the tag. */
      readonly pullPolicy?: string;
      /** Secret with the credentials for the registry. Absent: none. */
      readonly pullSecret?: string;
    }
  | ({ readonly kind: 'dataSource'; readonly namespace: string; readonly name: string } & StorageChoice);

/** What a PersistentVolumeClaim requests. Absent: the default storage class of the cluster, and what its StorageProfile states. */
export interface StorageChoice {
  readonly storageClass?: string;
  readonly accessModes?: readonly string[];
  readonly volumeMode?: string;
}

/** A value for which a catalog entry may have its own default. */
export interface Setting<T> {
  /** From a flag, the environment or the file. Absent: no source gives it. */
  readonly stated?: T;
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
  /**
   * The options with which a workload is rendered: with its own values in place of those of all workloads. `place` and `origin` of the
   * result are those of its own values.
   */
  readonly of: (workload: string) => Options;
  /** By workload name, in the order of the file. */
  readonly settings: ReadonlyMap<string, WorkloadSettings>;
  readonly vmCount: Setting<number>;
  readonly cpuCores: Setting<number>;
  readonly memory: Setting<string>;
  readonly boot: Boot;
  /** Those of all workloads, and after them those of the workload. */
  readonly patches: readonly PlacedPatch[];
  /** What the options about guests read from files. */
  readonly guest: GuestInput;
  /** Absent: guests get no account. */
  readonly ssh?: Ssh;
  /** Value of the label `virtwork/run-id`. */
  readonly runId: string;
  readonly companion: CompanionOptions;
  /** Where the value of an option, or a part of it, was given, for messages; its key for a default. */
  readonly place: (key: OptionKey, at?: DocumentPath) => string;
  readonly spell: Spell;
  /** The source that gave the value. */
  readonly origin: (key: OptionKey) => Origin;
  /** Oddities that are not errors, for stderr. */
  readonly warnings: readonly string[];
}
