import type { Labels } from '../kubernetes/labels';

/** The part of a VirtualMachine that the rules look at. */
export interface VirtualMachineSpec {
  readonly running?: boolean;
  readonly runStrategy?: string;
  readonly instancetype?: object;
  readonly dataVolumeTemplates?: readonly DataVolumeTemplate[];
  readonly template: { readonly metadata?: { readonly labels?: Labels; readonly annotations?: Labels } | null; readonly spec: Template };
}

export interface DataVolumeTemplate {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec: { readonly pvc?: unknown; readonly storage?: unknown; readonly source?: object; readonly sourceRef?: unknown };
}

export interface Template {
  readonly architecture?: string;
  readonly affinity?: { readonly podAffinity?: PodAffinity; readonly podAntiAffinity?: PodAffinity };
  readonly topologySpreadConstraints?: readonly SpreadConstraint[];
  readonly hostname?: string;
  readonly evictionStrategy?: string;
  readonly accessCredentials?: readonly { readonly sshPublicKey?: { readonly propagationMethod: { readonly noCloud?: unknown } } }[];
  readonly subdomain?: string;
  readonly domain: {
    readonly cpu?: {
      readonly sockets?: number;
      readonly cores?: number;
      readonly threads?: number;
      readonly maxSockets?: number;
      readonly model?: string;
      readonly dedicatedCpuPlacement?: boolean;
      readonly isolateEmulatorThread?: boolean;
      readonly numa?: { readonly guestMappingPassthrough?: unknown };
    };
    readonly machine?: { readonly type?: string };
    readonly memory?: { readonly guest?: Amount; readonly hugepages?: { readonly pageSize: string } };
    readonly firmware?: { readonly bootloader?: { readonly bios?: unknown; readonly efi?: { readonly secureBoot?: boolean } } };
    readonly features?: { readonly smm?: { readonly enabled?: boolean } };
    readonly ioThreadsPolicy?: string;
    readonly ioThreads?: { readonly supplementalPoolThreadCount?: number };
    readonly resources?: { readonly requests?: Amounts; readonly limits?: Amounts };
    readonly devices: {
      readonly disks?: readonly Disk[];
      readonly filesystems?: readonly { readonly name: string }[];
      readonly interfaces?: readonly Interface[];
    };
  };
  readonly networks?: readonly { readonly name: string; readonly pod?: unknown; readonly multus?: unknown }[];
  readonly volumes?: readonly Volume[];
  readonly startStrategy?: string;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}

export type Amount = string | number;

export interface Amounts {
  readonly cpu?: Amount;
  readonly memory?: Amount;
}

export interface Disk {
  readonly name: string;
  readonly bootOrder?: number;
  readonly serial?: string;
  readonly errorPolicy?: string;
  readonly cache?: string;
  readonly io?: string;
  readonly dedicatedIOThread?: boolean;
  readonly disk?: Target;
  readonly cdrom?: Target;
  readonly lun?: Target;
}

export interface Target {
  readonly bus?: string;
  readonly readonly?: boolean;
}

export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly labelSelector?: { readonly matchLabels?: Labels };
}

export interface PodAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly weight: number;
    readonly podAffinityTerm: PodAffinityTerm;
  }[];
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
}

export interface PodAffinityTerm {
  readonly topologyKey: string;
  readonly labelSelector?: { readonly matchLabels?: Labels };
}

export interface Interface {
  readonly name: string;
  readonly model?: string;
  readonly bootOrder?: number;
  readonly macAddress?: string;
  readonly masquerade?: unknown;
  readonly bridge?: unknown;
  readonly sriov?: unknown;
  readonly binding?: unknown;
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[];
}

export interface Volume {
  readonly name: string;
  readonly dataVolume?: { readonly name: string };
  readonly serviceAccount?: unknown;
  readonly memoryDump?: unknown;
  readonly cloudInitNoCloud?: CloudInit;
  readonly secret?: { readonly secretName?: string };
}

export interface CloudInit {
  readonly userData?: string;
  readonly userDataBase64?: string;
  readonly secretRef?: { readonly name?: string };
  readonly networkData?: string;
  readonly networkDataBase64?: string;
}

export interface Probe {
  readonly httpGet?: { readonly port?: number | string; readonly scheme?: string };
  readonly tcpSocket?: { readonly port?: number | string };
  readonly exec?: unknown;
  readonly guestAgentPing?: unknown;
}
