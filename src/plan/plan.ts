import type { AccessRule, GuestFile, Port, Unit } from '../catalog/entry';
import type { Boot } from '../options/options';
import type { Ssh } from '../options/ssh';
import type { GuestOs } from '../options/table';

/** What is to be rendered, as plain data: every name, number and value is settled here. */
export interface Plan {
  readonly namespace: string;
  readonly createNamespace: boolean;
  readonly runId: string;
  readonly workloads: readonly WorkloadPlan[];
  /** What is odd but no problem. */
  readonly warnings: readonly string[];
}

export interface WorkloadPlan {
  /** Name of the entry, e.g. `tps`. */
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  readonly roles: readonly RolePlan[];
  readonly services: readonly ServicePlan[];
  /** Absent: its guests ask no API server. */
  readonly access?: AccessPlan;
}

/** The VMs of one role: they differ in their {@link VmPlan} and in nothing else. */
export interface RolePlan {
  readonly workload: string;
  /** Absent when the workload has a single role. */
  readonly role?: string;
  readonly namespace: string;
  readonly runId: string;
  readonly vms: readonly VmPlan[];
  /** vCPUs. */
  readonly cpuCores: number;
  /** Canonical quantity. */
  readonly memory: string;
  readonly boot: Boot;
  readonly disks: readonly DiskPlan[];
  /** 0: none. */
  readonly healthPort: number;
  /** Name of the headless Service that gives the VMs DNS names. Absent: they need none. */
  readonly subdomain?: string;
  /** Name of the Secret with the user data. */
  readonly userDataSecret: string;
  /** The Secret that the guests find as a disk. Absent: they ask no API server. */
  readonly credential?: CredentialPlan;
  readonly guestDisk: GuestDiskPlan;
  readonly guest: GuestPlan;
}

export interface VmPlan {
  /** Name of the VM, and the guest's hostname. */
  readonly name: string;
  /** UUID and serial of its firmware. */
  readonly uuid: string;
  /** The VMs with the same value in each role belong together. Absent: the workload pairs no roles. */
  readonly pair?: string;
}

/** A data disk, stated once: its DataVolume, its volume, its device and its mount all come from here. */
export interface DiskPlan {
  /** Name of the disk in the VM; its DataVolume is `<name>-<vm>`. */
  readonly name: string;
  /** Canonical quantity. */
  readonly size: string;
  /** By which the guest finds the disk. */
  readonly serial: string;
  readonly mount: string;
  /** Names of the disks that are mounted above this one, and before it. */
  readonly below: readonly string[];
  readonly filesystem: 'xfs' | 'ext4';
  readonly storageClass?: string;
  readonly accessModes?: readonly string[];
  readonly volumeMode?: string;
}

/** What the guests of a role are told; the same for all of them. */
export interface GuestPlan {
  readonly os: GuestOs;
  readonly packages: readonly string[];
  readonly units: readonly Unit[];
  /** Beside those of the guest disk. */
  readonly files: readonly GuestFile[];
  /** Values by param key. */
  readonly params: { readonly [key: string]: string };
  /** DNS name of the workload's Service. */
  readonly service?: string;
  /** The VM of the same index that this one measures is named this, followed by the index. */
  readonly peerPrefix?: string;
  /** Absent: no account. */
  readonly ssh?: Ssh;
}

export interface ServicePlan {
  readonly name: string;
  readonly namespace: string;
  readonly workload: string;
  readonly role?: string;
  readonly runId: string;
  readonly ports: readonly Port[];
  /** Gives each VM a DNS name of its own, instead of one address for all. */
  readonly headless: boolean;
}

export interface CredentialPlan {
  /** Name of the Secret with the token. */
  readonly secret: string;
  /** By which the guest finds the disk. */
  readonly serial: string;
}

/** What the guests of all workloads of a run share: they install it from a disk that KubeVirt makes of a Secret. */
export interface GuestDiskPlan {
  /** Name of the Secret. */
  readonly secret: string;
  /** By which the guest finds the disk. */
  readonly serial: string;
  readonly files: readonly GuestFile[];
}

/** An account of a workload's own, its token, and its rights. */
export interface AccessPlan {
  readonly namespace: string;
  readonly workload: string;
  readonly role?: string;
  readonly runId: string;
  /** Name of the ServiceAccount, and of the Role and its binding. */
  readonly account: string;
  readonly tokenSecret: string;
  readonly rules: readonly AccessRule[];
  /** Absent: no rights outside of the namespace. */
  readonly cluster?: {
    /** Name of the ClusterRole and its binding. */
    readonly name: string;
    readonly rules: readonly AccessRule[];
  };
}

/** What a plan asks of a cluster. */
export interface Totals {
  readonly vms: number;
  readonly cpuCores: number;
  readonly memoryBytes: bigint;
  readonly diskBytes: bigint;
}
