import type { AccessRule, GuestFile, Port, Unit } from '../catalog/entry';
import type { RepositoryFile } from '../options/guest/repositories';
import type { GuestProxy } from '../options/guest-kinds';
import type { Toleration } from '../options/kubernetes-kinds';
import type { IoThreads, Reference, Resources } from '../options/machine-kinds';
import type { Boot } from '../options/options';
import type { Patch } from '../options/patch-kinds';
import type { Ssh } from '../options/ssh';
import type { GuestOs } from '../options/table';
import type { ExpectedAlert } from '../signals/alert';
import type { Signal } from '../signals/signal';
import type { ComponentPlan } from './component-plan';

/** What is rendered, as plain data: every name, number and value is final. */
export interface Plan {
  readonly namespace: string;
  readonly createNamespace: boolean;
  readonly runId: string;
  /** Value of the label `virtwork/group` of all objects. Absent: only measured VMs have it, see {@link TrialsPlan}. */
  readonly group?: string;
  readonly workloads: readonly WorkloadPlan[];
  /** The Kustomize components next to the base. Absent: none. */
  readonly components?: readonly ComponentPlan[];
  /** Oddities that are not errors. */
  readonly warnings: readonly string[];
}

export interface WorkloadPlan {
  /** Name of the workload, e.g. `tps`. */
  readonly name: string;
  /** Catalog entry of the workload. */
  readonly entry: string;
  readonly namespace: string;
  readonly runId: string;
  readonly roles: readonly RolePlan[];
  readonly services: readonly ServicePlan[];
  /** Absent: its guests do not use the API server. */
  readonly access?: AccessPlan;
  /** Those that its VMs fire. Absent: none. */
  readonly alerts?: readonly ExpectedAlert[];
  /** Its VMs do nothing. Absent: they have a load. */
  readonly idle?: true;
}

/** The VMs of one role; they differ only in their {@link VmPlan}. */
export interface RolePlan {
  readonly workload: string;
  /** Catalog entry of the workload. Absent: the one with the name of the workload. */
  readonly entry?: string;
  /** Absent: the workload has a single role. */
  readonly role?: string;
  readonly namespace: string;
  readonly runId: string;
  /** The user's own, of VMs, templates and disks. Absent: none. */
  readonly labels?: { readonly [key: string]: string };
  /** Like the labels. */
  readonly annotations?: { readonly [key: string]: string };
  readonly vms: readonly VmPlan[];
  /** Name of the VirtualMachinePool that creates the VMs. Absent: each VM is an object of its own. */
  readonly pool?: string;
  /** vCPUs. Absent: an instancetype decides. */
  readonly cpuCores?: number;
  /** Canonical quantity. Absent: an instancetype decides. */
  readonly memory?: string;
  /** Absent: the defaults. */
  readonly machine?: MachinePlan;
  /** How the VMs see their disks with DataVolumes. Absent: the defaults. */
  readonly drive?: DrivePlan;
  /** In the order of the VM's interfaces. Absent: the pod network, with masquerade. */
  readonly networks?: readonly NetworkPlan[];
  /** Each virtio card has one queue for each CPU. */
  readonly networkMultiqueue?: true;
  /** When KubeVirt starts the VMs. Absent: `Always`. */
  readonly runStrategy?: string;
  /** What happens when a node is drained. Absent: `LiveMigrateIfPossible`. */
  readonly evictionStrategy?: string;
  /** Absent: the defaults. */
  readonly placement?: PlacementPlan;
  readonly boot: Boot;
  readonly disks: readonly DiskPlan[];
  /** Port of the health endpoint; 0: none. */
  readonly healthPort: number;
  /** Name of the headless Service that gives the VMs DNS names. Absent: they need no DNS names. */
  readonly subdomain?: string;
  /** Name of the Secret with the user data. */
  readonly userDataSecret: string;
  /** The Secret that the guests get as a disk. Absent: they do not use the API server. */
  readonly credential?: CredentialPlan;
  readonly guestDisk: GuestDiskPlan;
  readonly guest: GuestPlan;
  /** Absent: the role is not measured. */
  readonly trials?: TrialsPlan;
  /** What shows its load from outside. */
  readonly signals: readonly Signal[];
  /** Operations on each VM, in the order in which they are applied. Absent: none. */
  readonly patches?: readonly PatchPlan[];
}

export interface PatchPlan extends Patch {
  /** Where it was given, for messages. */
  readonly place: string;
}

/** On which nodes VMs run. */
export interface PlacementPlan {
  readonly nodeSelector?: { readonly [key: string]: string };
  readonly tolerations?: readonly Toleration[];
  /** As in a pod. */
  readonly affinity?: { readonly [key: string]: unknown };
  readonly priorityClass?: string;
  readonly scheduler?: string;
  /** How the VMs of a role share the nodes. */
  readonly spread: 'soft' | 'hard' | 'none' | 'pack';
  /** The nodes of VMs that belong together. */
  readonly pairs: 'apart' | 'together' | 'any';
}

/** A network and the interface of the VMs in it. */
export interface NetworkPlan {
  readonly name: string;
  /** NetworkAttachmentDefinition, with or without its namespace. Absent: the pod network. */
  readonly multus?: string;
  /** `masquerade`, `bridge`, `sriov`, or the name of a binding plugin. */
  readonly binding: string;
  /** Absent: KubeVirt decides. */
  readonly model?: string;
  /** What guests get to know about it. Absent: guests get no network data for it. */
  readonly guest?: GuestNetworkPlan;
}

/** What the guests of all VMs configure in a network, in addition to the addresses of their VM. */
export interface GuestNetworkPlan {
  /** IPv4. */
  readonly dhcp: boolean;
  /** IPv6, by router advertisements. @default false */
  readonly slaac?: boolean;
  /** At most one of each IP family. */
  readonly gateways: readonly string[];
  readonly routes: readonly { readonly to: string; readonly via: string }[];
  readonly nameservers: readonly string[];
}

/** The card of a VM in a network. */
export interface CardPlan {
  /** Absent: that of the cluster. */
  readonly mac?: string;
  /** With the prefix of the network. */
  readonly addresses: readonly string[];
}

/** The machine of a VM. What is absent has its default. */
export interface MachinePlan {
  readonly instancetype?: Reference;
  readonly preference?: Reference;
  /** Absent: each CPU is a socket. */
  readonly cpu?: CpuPlan;
  /** Absent: the number of sockets, so no CPU can be hot-plugged. */
  readonly maxSockets?: number;
  /** Page size, a canonical quantity. */
  readonly hugepages?: string;
  readonly resources?: Resources;
  /** The memory that KubeVirt needs in addition to the guest is not requested. */
  readonly overcommit?: boolean;
  /** Absent: `amd64`. */
  readonly architecture?: 'amd64' | 'arm64' | 's390x';
  readonly firmware?: 'bios' | 'uefi' | 'secure-boot';
  readonly blockMultiqueue?: boolean;
  readonly ioThreads?: IoThreads;
  /** Absent: the VM has a random number generator. */
  readonly rng?: boolean;
  /** Absent: none. */
  readonly tpm?: { readonly persistent: boolean };
}

export interface CpuPlan {
  readonly sockets: number;
  readonly cores: number;
  readonly threads: number;
  readonly model?: string;
  readonly dedicated?: boolean;
  readonly numa?: boolean;
  readonly isolateEmulator?: boolean;
}

/** What is absent has its default. */
export interface DrivePlan {
  /** Absent: `virtio`. */
  readonly bus?: 'virtio' | 'scsi' | 'sata';
  readonly cache?: 'none' | 'writethrough' | 'writeback';
  readonly io?: 'native' | 'threads';
  /** false: the storage does not get to know which blocks the guest no longer uses. */
  readonly discard?: boolean;
  /** The DataVolume allocates its whole size. */
  readonly preallocation?: boolean;
  readonly dedicatedIoThread?: boolean;
}

/** The measurements of a role. Its VMs start each of them together. */
export interface TrialsPlan {
  /** Value of the label `virtwork/group` of the VMs. */
  readonly group: string;
  /** Name of the VM that the others ask when to start. */
  readonly leader: string;
  /** Number of VMs that start together. */
  readonly expected: number;
  /** Seconds after which those that are there start without the others. */
  readonly barrierTimeout: number;
  /** Seconds between two trials. */
  readonly settle: number;
  /** 32 hexadecimal digits, so that no guest of another group or list of trials takes part. Derived from public values, so not a secret. */
  readonly token: string;
  /** `sha256:` and the hash of the list: a record with another one belongs to other trials. */
  readonly plan: string;
  /** Unit that runs a trial. */
  readonly unit: string;
  /** Unit that runs before each trial. Absent: none. */
  readonly prepare?: string;
  /** In the order in which they run, with their repeats: at most 999. */
  readonly list: readonly TrialPlan[];
}

export interface TrialPlan {
  /** Three digits, from `001`. */
  readonly id: string;
  readonly name: string;
  /** From 1. */
  readonly repeat: number;
  /** How long the trial lasts, as its entry states it, or else the limit. */
  readonly seconds: number;
  /** Time limit in seconds. */
  readonly limit: number;
  /** All values by param key, each in the form in which the guest gets it. */
  readonly params: { readonly [key: string]: string };
}

export interface VmPlan {
  /** Name of the VM, and the guest's hostname. */
  readonly name: string;
  /** UUID and serial of its firmware. */
  readonly uuid: string;
  /** Its cards, in the order of the networks of the role. Absent: one, of which nothing is known. */
  readonly cards?: readonly CardPlan[];
  /** VMs of different roles with the same value belong together. Absent: the workload does not pair its roles. */
  readonly pair?: string;
}

/** A data disk: the source of its DataVolume, volume, device and mount. A raw disk has no mount. */
export interface DiskPlan {
  /** Name of the disk in the VM; its DataVolume is `<name>-<vm>`. */
  readonly name: string;
  /** Canonical quantity. */
  readonly size: string;
  /** Serial number by which the guest finds the disk. */
  readonly serial: string;
  /** Absent: a raw disk, which has no file system. */
  readonly mount?: string;
  /** Names of the disks whose mount points contain this one; they are mounted first. */
  readonly below: readonly string[];
  /** Absent: a raw disk. */
  readonly filesystem?: 'xfs' | 'ext4';
  /** What QEMU does when the storage reports an error. Absent: KubeVirt's default. */
  readonly errorPolicy?: 'stop' | 'report' | 'ignore' | 'enospace';
  readonly storageClass?: string;
  readonly accessModes?: readonly string[];
  readonly volumeMode?: string;
}

/** What the guests of a role get; the same for all of them. */
/** The addresses of the peers in a network, one for each, or the port at which they report their own. */
export type PeersPlan = { readonly addresses: readonly string[] } | { readonly askAt: number };

export interface GuestPlan {
  readonly os: GuestOs;
  readonly packages: readonly string[];
  readonly units: readonly Unit[];
  /** Units that only the trials start. Absent: the role is not measured. */
  readonly trialUnits?: readonly Unit[];
  /** In addition to those of the guest disk. */
  readonly files: readonly GuestFile[];
  /** Values by param key. */
  readonly params: { readonly [key: string]: string };
  /** DNS name of the workload's Service. */
  readonly service?: string;
  /** The namespace, for guests that look for the Service that stops chaos. Absent: they do not. */
  readonly namespace?: string;
  /** Name of the peer VM without its index. The peer has the same index as this VM. */
  readonly peerPrefix?: string;
  /** Where the load may run over a secondary network: the param that names it, and by network how to find the peers. Absent: nowhere. */
  readonly traffic?: { readonly param: string; readonly peers: { readonly [network: string]: PeersPlan } };
  /** By network, the MAC addresses of the cards whose addresses the clients ask for, one for each VM. Absent: none. */
  readonly reported?: { readonly [network: string]: readonly string[] };
  /** Absent: no account. */
  readonly ssh?: Ssh;
  /** What the guests get before their packages. Absent: nothing. */
  readonly preparation?: PreparationPlan;
  /** A cloud-config that is merged into the user data. Absent: none. */
  readonly extraUserData?: { readonly [key: string]: unknown };
  /** Whether the preparation or the additional cloud-config contain a secret. @default false */
  readonly holdsSecrets?: true;
}

/** The environment in which guests get their packages. */
export interface PreparationPlan {
  /** Absent: the image's. */
  readonly timezone?: string;
  /** Whether packages are only checked (`present`), or neither checked nor installed (`none`). Absent: they are installed. */
  readonly packages?: 'present' | 'none';
  /** Absent: no proxy. */
  readonly proxy?: GuestProxy;
  /** Certificates in PEM format that the guests trust. Absent: those of the image alone. */
  readonly certificates?: readonly string[];
  /** Files of the package manager. Absent: those of the image alone. */
  readonly repositories?: readonly RepositoryFile[];
}

export interface ServicePlan {
  readonly name: string;
  readonly namespace: string;
  readonly workload: string;
  /** Catalog entry of the workload. Absent: the one with the name of the workload. */
  readonly entry?: string;
  readonly role?: string;
  readonly runId: string;
  readonly ports: readonly Port[];
  /** Gives each VM its own DNS name, instead of one address for all. */
  readonly headless: boolean;
}

export interface CredentialPlan {
  /** Name of the Secret with the token. */
  readonly secret: string;
  /** Serial number by which the guest finds the disk. */
  readonly serial: string;
}

/** Files that the guests of all workloads of a run share: they install them from a disk that KubeVirt creates from a Secret. */
export interface GuestDiskPlan {
  /** Name of the Secret. */
  readonly secret: string;
  /** Serial number by which the guest finds the disk. */
  readonly serial: string;
  readonly files: readonly GuestFile[];
}

/** The ServiceAccount of a workload, its token and its permissions. */
export interface AccessPlan {
  readonly namespace: string;
  readonly workload: string;
  /** Catalog entry of the workload. Absent: the one with the name of the workload. */
  readonly entry?: string;
  readonly role?: string;
  readonly runId: string;
  /** Name of the ServiceAccount, and of the Role and its binding. */
  readonly account: string;
  readonly tokenSecret: string;
  readonly rules: readonly AccessRule[];
  /** Absent: no permissions outside the namespace. */
  readonly cluster?: {
    /** Name of the ClusterRole and its binding. */
    readonly name: string;
    readonly rules: readonly AccessRule[];
  };
}

/** The resources that a plan requests from a cluster, and what it measures. */
export interface Totals {
  readonly vms: number;
  /** Without those of VMs with an instancetype, like the memory. */
  readonly cpuCores: number;
  readonly memoryBytes: bigint;
  /** The VMs whose CPUs and memory are unknown. Absent: there are none. */
  readonly sizedByInstancetype?: { readonly vms: number; readonly names: readonly string[] };
  readonly diskBytes: bigint;
  /** Trials of all measured workloads, with their repeats. */
  readonly trials: number;
}
