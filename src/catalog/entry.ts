import type { AlertRule } from '../signals/alert';
import type { Signal } from '../signals/signal';

/** A catalog entry as plain data: checked, and with defaults filled in. */
export interface Entry {
  /** Name of the workload: the entry's own, or that of an instance of it. */
  readonly name: string;
  /** Name of the entry in its catalog. */
  readonly entry: string;
  readonly description: string;
  /** By guest OS or its family; the same list for all under `any`. */
  readonly packages: { readonly [os: string]: readonly string[] };
  readonly params: readonly ParamSpec[];
  /** At least one; an entry without declared roles has the single role `workload`. */
  readonly roles: readonly EntryRole[];
  /** The entry declares roles. */
  readonly multiRole: boolean;
  readonly storage: readonly Storage[];
  /** What the workload needs at least. */
  readonly space: readonly Space[];
  /** What a trial leaves, in the order of workload.yaml. Empty: the entry cannot be measured. */
  readonly results: readonly ResultSpec[];
  /** How long a trial lasts. Absent: not stated. */
  readonly trialTime?: TrialTime;
  readonly service?: Service;
  /** Absent: its guests use no API server. */
  readonly access?: EntryAccess;
  /** The entry's own defaults. */
  readonly vm: { readonly cpuCores?: number; readonly memory?: string };
  /** Rendered only if the user names it. */
  readonly chaos: boolean;
  /** Its VMs do nothing: no monitoring product may see a load. */
  readonly idle: boolean;
  /** Those that it declares, see `signalsOf` for all. */
  readonly signals: readonly Signal[];
  /** Those that it can fire. */
  readonly alerts: readonly AlertRule[];
  /** Ships with virtwork and is no example. */
  readonly builtIn: boolean;
  /** Folder of the entry, as the user knows it. */
  readonly folder: string;
}

export type ParamType = 'string' | 'int' | 'number' | 'bool' | 'list' | 'dict' | 'network';

export interface ParamSpec {
  readonly key: string;
  readonly type: ParamType;
  /** In the form that the guest gets. */
  readonly default: string;
  readonly description: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Key of another number, which this one must reach. */
  readonly notBelow?: string;
  /** Values of other params by their keys. A value other than the default needs one of them. */
  readonly needs?: { readonly [key: string]: readonly string[] };
  /** Least values of other numbers by their keys. A value other than the default needs all of them. */
  readonly needsMinimum?: { readonly [key: string]: number };
  /** Regular expression; for list and dict it holds for each item. */
  readonly pattern?: string | undefined;
  /** The pattern is virtwork's own, so the regular expressions of Node, which need no library, may match it. */
  readonly isOwnPattern?: true;
  readonly enum?: readonly string[];
  /** Values of other params, by the value of this one: they replace their defaults. The guests do not get a param with presets. */
  readonly presets?: { readonly [value: string]: { readonly [key: string]: string } };
  /** Only the units and files of a trial read it. Absent: others do, or nothing does. */
  readonly forTrial?: true;
}

export interface EntryRole {
  /** `workload` when the entry has a single role. */
  readonly name: string;
  /** Fixed number of VMs. Absent: the configured one. */
  readonly vmCount?: number;
  /** In the order of their names, without those of a trial. */
  readonly units: readonly Unit[];
  /** Absent: the role cannot be measured. */
  readonly trial?: TrialUnits;
  readonly files: readonly GuestFile[];
}

/** The units that measure a role. No boot starts them. */
export interface TrialUnits {
  readonly unit: Unit;
  /** Runs before each trial. Absent: nothing has to. */
  readonly prepare?: Unit;
  /** Name in the guest of the unit whose place the trials take. Absent: the role has no continuous load. */
  readonly main?: string;
}

/** A figure that a trial leaves. */
export interface ResultSpec {
  readonly key: string;
  /** Such as `1/s`. */
  readonly unit: string;
  /** Whether more or less of it is better. */
  readonly better: 'more' | 'less';
  /** How the figures of the VMs of a group become one; `merge` for a histogram. */
  readonly vms: 'sum' | 'mean' | 'max' | 'merge';
  /** Values of params by their keys: only a trial with one of each leaves it. @default every trial does */
  readonly needs?: { readonly [key: string]: readonly string[] };
  /** The same: a trial with one of each does not leave it. @default there are no such trials */
  readonly unless?: { readonly [key: string]: readonly string[] };
}

/** How long a trial lasts, in seconds: the sum of params, times numbers that depend on other params, and a fixed part. */
export interface TrialTime {
  /** Keys of int params. */
  readonly duration: readonly string[];
  /** By param: a number for each of its values. 1 for any other value. */
  readonly parts: { readonly [param: string]: { readonly [value: string]: number } };
  readonly fixed: number;
}

export interface Unit {
  /** Name in the guest, e.g. `virtwork-tps-server.service` or `virtwork-my-entry.timer`. */
  readonly name: string;
  readonly text: string;
  readonly placeholders: readonly Placeholder[];
  /** File within the entry, for messages. */
  readonly source: string;
  /** The unit that a timer, socket or path starts, as in `virtwork-my-entry.service`. Absent: it is not one of these. */
  readonly triggers?: string;
}

export interface GuestFile {
  /** Absolute path in the guest. */
  readonly path: string;
  /** Text, or the bytes of a binary file. No Buffer: users of the library need no types of node. */
  readonly content: string | Uint8Array;
  /** Four octal digits. */
  readonly mode: string;
  /** `user` or `user:group`. Absent: root. */
  readonly owner?: string;
  /** Absent: copied byte for byte. */
  readonly placeholders?: readonly Placeholder[];
  readonly source: string;
  /** Only guests that are measured have it. Absent: every guest of the role has it. */
  readonly forTrial?: true;
}

/** A `{{key}}` in a template. */
export interface Placeholder {
  readonly key: string;
  readonly line: number;
  /** Absent: any value fits, as in a comment. */
  readonly place?: Place;
}

/** Where a placeholder stands: decides which values could break out. */
export interface Place {
  /** What parses the text. */
  readonly reader: 'systemd' | 'a shell' | 'systemd or a shell' | 'a program';
  /** What runs the text as code, in which quotes do not help. Absent: nothing. */
  readonly code?: string;
  /** A value that must not be here, because it ends the text around it. Absent: every value may. */
  readonly end?: string;
  /** Characters that a value must not have here; a blank stands for all white space. */
  readonly refused: string;
  /** The quotes around it, which the reader removes. */
  readonly quote: '' | '"' | "'";
  /** A variable of the environment can be here instead. */
  readonly environment: boolean;
  /** What to write so that a value with blanks stays one word. Absent: it has quotes, or quotes do not help. */
  readonly quoted?: string;
}

export interface Storage {
  readonly name: string;
  /** Canonical quantity. Absent: the configured data disk size. */
  readonly size?: string;
  readonly serial: string;
  /** Absent: a raw disk, which has no file system. */
  readonly mount?: string;
  /** Absent: a raw disk. */
  readonly filesystem?: 'xfs' | 'ext4';
  /** The guest gets the disk as it is. */
  readonly raw?: true;
  /** What QEMU does when the storage reports an error. Absent: KubeVirt's default. */
  readonly errorPolicy?: 'stop' | 'report' | 'ignore' | 'enospace';
  /** Absent: every role has the disk. */
  readonly role?: string;
  readonly accessModes?: readonly string[];
  readonly volumeMode?: 'Filesystem' | 'Block';
  readonly storageClassName?: string;
}

/** What a workload needs of one of its disks or of its memory: the sum of `base`, `each` (`times`) and `sizes`. */
export interface Space {
  /** Name of a disk of `storage`; `root` for the disk that the VM boots from, `memory` for its memory. */
  readonly on: string;
  /** Absent: every role that has the disk. */
  readonly role?: string;
  /** Percent of it that the workload may take. */
  readonly share: number;
  /** Quantity that is needed for any params. */
  readonly base: string;
  /** By int param: what each 1 of it needs, a quantity or the key of a param that is a size. */
  readonly each: { readonly [param: string]: string };
  /** Key of an int param by which `each` is multiplied. */
  readonly times?: string;
  /** Keys of params that are sizes themselves; a key may occur twice. */
  readonly sizes: readonly string[];
  /** The guest also runs with less: a warning is enough. */
  readonly onlyWarn: boolean;
  readonly description: string;
}

export interface Service {
  readonly name: string;
  readonly ports: readonly Port[];
  /** Absent in an entry with a single role. */
  readonly selectorRole?: string;
}

export interface Port {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** A credential for the cluster's API, which the guests find on a disk, and what it may do. */
export interface EntryAccess {
  /** Absent in an entry with a single role. */
  readonly role?: string;
  /** By which the guest finds the disk. */
  readonly serial: string;
  /** Permissions in the namespace of the VMs. */
  readonly rules: readonly AccessRule[];
  /** Permissions in the whole cluster: to read nodes, or none. */
  readonly clusterRules: readonly AccessRule[];
}

/** As Kubernetes writes the rules of a Role. */
export interface AccessRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** The units of a role, with those of its trial. */
export function allUnits({ units, trial }: Pick<EntryRole, 'units' | 'trial'>): readonly Unit[] {
  return trial ? [...units, trial.unit, ...(trial.prepare ? [trial.prepare] : [])] : units;
}

/** The role of an entry that declares none. */
export const SINGLE_ROLE = 'workload';

/** The serial of the disk with the credential, if the entry names none. */
export const ACCESS_SERIAL = 'virtwork-access';
