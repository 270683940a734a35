import {
  type VirtualMachineSpecTemplateSpecDomain as Domain,
  VirtualMachineSpecTemplateSpecDomainMemoryGuest as GuestMemory,
  VirtualMachineSpecTemplateSpecDomainResourcesLimits as Limit,
  VirtualMachineSpecTemplateSpecDomainResourcesRequests as Request,
  type VirtualMachineSpecTemplateSpec as Spec,
  type VirtualMachineSpec as VmSpec,
} from '../../imports/kubevirt.io';
import type { MachinePlan, RolePlan } from '../plan/plan';

type Amounts = NonNullable<NonNullable<MachinePlan['resources']>['requests']>;
type MachineRole = Pick<RolePlan, 'cpuCores' | 'memory' | 'machine'>;

const MACHINE_TYPES = { amd64: 'q35', arm64: 'virt', s390x: 's390-ccw-virtio' } as const;

/** The fields of a VM that name its instancetype and preference. */
export function matchers({ machine: { instancetype, preference } = {} }: MachineRole): Pick<VmSpec, 'instancetype' | 'preference'> {
  return { ...(instancetype ? { instancetype: { ...instancetype } } : {}), ...(preference ? { preference: { ...preference } } : {}) };
}

export function architecture({ machine }: MachineRole): Pick<Spec, 'architecture'> {
  return { architecture: machine?.architecture ?? 'amd64' };
}

/**
 * The machine of a VM without its disks and networks.
 * @param uuid UUID and serial of the firmware; undefined: KubeVirt decides
 */
export function machine(role: MachineRole, uuid: string | undefined): Omit<Domain, 'devices'> {
  const { architecture: cpus = 'amd64', firmware, ioThreads, resources, overcommit } = role.machine ?? {};
  return {
    ...(role.cpuCores === undefined ? {} : { cpu: cpu(role.cpuCores, role.machine) }),
    ...(role.memory === undefined ? {} : { memory: memory(role.memory, role.machine) }),
    machine: { type: MACHINE_TYPES[cpus] },
    ...(uuid === undefined && firmware === undefined ? {} : { firmware: firmwareOf(uuid, firmware) }),
    // OVMF protects the variables of secure boot with the system management mode of the CPU. KubeVirt adds the empty acpi.
    ...(firmware === 'secure-boot' ? { features: { acpi: {}, smm: { enabled: true } } } : {}),
    ...(ioThreads?.policy === undefined ? {} : { ioThreadsPolicy: ioThreads.policy }),
    ...(ioThreads?.count === undefined ? {} : { ioThreads: { supplementalPoolThreadCount: ioThreads.count } }),
    resources: {
      ...(resources?.requests ? { requests: amounts(resources.requests, Request.fromString) } : {}),
      ...(resources?.limits ? { limits: amounts(resources.limits, Limit.fromString) } : {}),
      ...(overcommit ? { overcommitGuestOverhead: true } : {}),
    },
  };
}

/** The devices of a VM that follow from its machine. */
export function machineDevices({
  machine: { blockMultiqueue, rng = true, tpm } = {},
}: MachineRole): Pick<Domain['devices'], 'blockMultiQueue' | 'rng' | 'tpm'> {
  return {
    ...(blockMultiqueue ? { blockMultiQueue: true } : {}),
    ...(rng ? { rng: {} } : {}),
    ...(tpm ? { tpm: tpm.persistent ? { persistent: true } : {} } : {}),
  };
}

function cpu(cpuCores: number, { cpu: stated, maxSockets }: MachinePlan = {}): Domain['cpu'] {
  const { sockets, cores, threads, model, dedicated, numa, isolateEmulator } = stated ?? { sockets: cpuCores, cores: 1, threads: 1 };
  return {
    sockets,
    cores,
    threads,
    // KubeVirt hot-plugs sockets. Without maxSockets the guest would see more possible CPUs than it has, and tools that load "all CPUs"
    // would start a worker for each.
    maxSockets: maxSockets ?? sockets,
    ...(model === undefined ? {} : { model }),
    ...(dedicated ? { dedicatedCpuPlacement: true } : {}),
    ...(isolateEmulator ? { isolateEmulatorThread: true } : {}),
    ...(numa ? { numa: { guestMappingPassthrough: {} } } : {}),
  };
}

function memory(guest: string, { hugepages }: MachinePlan = {}): Domain['memory'] {
  return { guest: GuestMemory.fromString(guest), ...(hugepages === undefined ? {} : { hugepages: { pageSize: hugepages } }) };
}

function firmwareOf(uuid: string | undefined, firmware: MachinePlan['firmware']): Domain['firmware'] {
  return {
    ...(uuid === undefined ? {} : { uuid, serial: uuid }),
    ...(firmware === undefined ? {} : { bootloader: bootloader(firmware) }),
  };
}

function bootloader(firmware: NonNullable<MachinePlan['firmware']>) {
  return firmware === 'bios' ? { bios: {} } : { efi: { secureBoot: firmware === 'secure-boot' } };
}

function amounts<T>({ cpu: cpus, memory: bytes }: Amounts, quantity: (text: string) => T): { [key: string]: T } {
  return { ...(cpus === undefined ? {} : { cpu: quantity(cpus) }), ...(bytes === undefined ? {} : { memory: quantity(bytes) }) };
}
