import { parseBytes } from '../kubernetes/quantity';
import { oneOf } from './fields';
import { must, notWith, MACHINE_RULES as TEXT } from './messages';
import type { FieldProblem } from './object-schema';
import type { Amount, VirtualMachineSpec } from './vm-spec';

const DOMAIN = 'template.spec.domain';
const CACHES = ['none', 'writethrough', 'writeback'];
const IO_MODES = ['native', 'threads'];
const POLICIES = ['shared', 'auto', 'supplementalPool'];

/** The machine types that a cluster accepts unless it is configured otherwise. */
const TYPES: { readonly [architecture: string]: RegExp } = { amd64: /^(pc-)?q35/, arm64: /^virt/, s390x: /^s390-ccw-virtio/ };

/** Rules for CPUs, pages, firmware, and the I/O of disks. */
export const MACHINE_RULES = [platform, cpus, cpuResources, hugepages, firmware, diskModes, ioThreads, instancetype, arm];

function platform({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { architecture, domain } = spec;
  const type = domain.machine?.type;
  const pattern = TYPES[architecture || 'amd64'];
  return [
    ...oneOf('template.spec.architecture', architecture || undefined, Object.keys(TYPES)),
    ...(!type || !pattern || pattern.test(type) ? [] : [{ field: `${DOMAIN}.machine.type`, message: must(TEXT.type(architecture), type) }]),
  ];
}

function cpus({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { cpu = {}, memory } = spec.domain;
  const { dedicatedCpuPlacement: dedicated = false, isolateEmulatorThread = false, numa, threads = 1 } = cpu;
  const isNuma = numa?.guestMappingPassthrough !== undefined;
  const field = `${DOMAIN}.cpu`;
  return rules([
    [isolateEmulatorThread && !dedicated, `${field}.isolateEmulatorThread`, TEXT.needsDedicated],
    [isNuma && !dedicated, `${field}.numa.guestMappingPassthrough`, TEXT.needsDedicated],
    [isNuma && memory?.hugepages === undefined, `${field}.numa.guestMappingPassthrough`, TEXT.needsHugepages],
    [dedicated && threads > 2, `${field}.threads`, must('be at most 2 with dedicatedCpuPlacement', threads)],
  ]);
}

function cpuResources({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { cpu = {}, resources: { requests = {}, limits = {} } = {} } = spec.domain;
  const [requested, limit] = [millis(requests.cpu), millis(limits.cpu)];
  const count = (cpu.sockets ?? 1) * (cpu.cores ?? 1) * (cpu.threads ?? 1) * 1000;
  const dedicated = cpu.dedicatedCpuPlacement === true;
  const both = (a: Amount | undefined, b: Amount | undefined) => a !== undefined && b !== undefined && bytes(a) !== bytes(b);
  const field = `${DOMAIN}.resources`;
  return rules([
    [limit > 0 && requested > limit, `${field}.requests.cpu`, must(`be at most the limit ${limits.cpu}`, requests.cpu)],
    [dedicated && both(requests.memory, limits.memory), `${field}.requests.memory`, TEXT.equalLimit],
    [dedicated && requested > 0 && requested !== count, `${field}.requests.cpu`, TEXT.equalCpus],
    [dedicated && limit > 0 && limit !== count, `${field}.limits.cpu`, TEXT.equalCpus],
  ]);
}

function hugepages({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { memory, resources } = spec.domain;
  if (memory?.hugepages === undefined) return [];
  const field = `${DOMAIN}.memory.hugepages.pageSize`;
  const { pageSize } = memory.hugepages;
  const page = bytes(pageSize);
  if (page === 0n) return [{ field, message: must('be a number of bytes above 0', pageSize) }];
  const amount = resources?.requests?.memory ?? memory.guest ?? resources?.limits?.memory;
  return amount === undefined || bytes(amount) % page === 0n ? [] : [{ field, message: must(`divide the memory ${amount}`, pageSize) }];
}

function firmware({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { firmware: { bootloader: { bios, efi } = {} } = {}, features } = spec.domain;
  const isSecure = efi !== undefined && efi.secureBoot !== false;
  const hasSmm = features?.smm !== undefined && features.smm.enabled !== false;
  return rules([
    [bios !== undefined && efi !== undefined, `${DOMAIN}.firmware.bootloader`, TEXT.oneBootloader],
    [isSecure && !hasSmm, `${DOMAIN}.firmware.bootloader.efi.secureBoot`, TEXT.needsSmm],
  ]);
}

function diskModes({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  return (spec.domain.devices.disks ?? []).flatMap(({ disk, cache, io, dedicatedIOThread }, index) => {
    const field = `${DOMAIN}.devices.disks[${index}]`;
    return [
      ...oneOf(`${field}.cache`, cache || undefined, CACHES),
      ...oneOf(`${field}.io`, io || undefined, IO_MODES),
      ...rules([
        [disk?.bus === 'sata' && disk.readonly === true, `${field}.disk.readonly`, notWith('the bus sata')],
        [dedicatedIOThread === true && disk?.bus !== undefined && disk.bus !== 'virtio', `${field}.dedicatedIOThread`, TEXT.needsVirtio],
      ]),
    ];
  });
}

function ioThreads({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  const { ioThreadsPolicy, ioThreads: threads } = spec.domain;
  const count = threads?.supplementalPoolThreadCount ?? 0;
  return [
    ...oneOf(`${DOMAIN}.ioThreadsPolicy`, ioThreadsPolicy, POLICIES),
    ...rules([[ioThreadsPolicy === 'supplementalPool' && count < 1, `${DOMAIN}.ioThreads.supplementalPoolThreadCount`, TEXT.poolCount]]),
  ];
}

/** What an instancetype always decides. */
function instancetype({ instancetype: stated, template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  if (!stated) return [];
  const { cpu, memory, resources: { requests, limits } = {} } = spec.domain;
  const fields = {
    'cpu.sockets': cpu?.sockets,
    'cpu.cores': cpu?.cores,
    'cpu.threads': cpu?.threads,
    'memory.guest': memory?.guest,
    'resources.requests.cpu': requests?.cpu,
    'resources.requests.memory': requests?.memory,
    'resources.limits.cpu': limits?.cpu,
    'resources.limits.memory': limits?.memory,
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.map(([name]) => ({ field: `${DOMAIN}.${name}`, message: notWith('an instancetype') }));
}

function arm({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  if (spec.architecture !== 'arm64') return [];
  const { cpu = {}, firmware: { bootloader: { bios, efi } = {} } = {}, devices } = spec.domain;
  return [
    ...rules([
      [bios !== undefined, `${DOMAIN}.firmware.bootloader.bios`, TEXT.notOnArm],
      [efi !== undefined && efi.secureBoot !== false, `${DOMAIN}.firmware.bootloader.efi.secureBoot`, TEXT.notOnArm],
      [Boolean(cpu.model) && cpu.model !== 'host-passthrough', `${DOMAIN}.cpu.model`, must('be host-passthrough on arm64', cpu.model)],
      [cpu.dedicatedCpuPlacement === true && (cpu.threads ?? 1) > 1, `${DOMAIN}.cpu.threads`, must('be 1 on arm64', cpu.threads)],
    ]),
    ...(devices.disks ?? []).flatMap(({ disk }, index) =>
      disk?.bus === 'sata' || disk?.bus === 'usb'
        ? [{ field: `${DOMAIN}.devices.disks[${index}].disk.bus`, message: must('be virtio or scsi on arm64', disk.bus) }]
        : [],
    ),
  ];
}

function rules(found: readonly (readonly [applies: boolean, field: string, message: string])[]): FieldProblem[] {
  return found.filter(([applies]) => applies).map(([, field, message]) => ({ field, message }));
}

function bytes(amount: Amount): bigint {
  return parseBytes(String(amount)) ?? 0n;
}

/** Thousandths of a CPU. */
function millis(amount: Amount = 0): number {
  const text = String(amount);
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Number(text) * 1000;
}
