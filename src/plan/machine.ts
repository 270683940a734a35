import type { Entry } from '../catalog/entry';
import type { Problem } from '../errors';
import { MOST_CPUS } from '../kubernetes/minimum-sizes';
import { parseBytes } from '../kubernetes/quantity';
import type { Options } from '../options/options';
import type { OptionKey } from '../options/table';
import type { DocumentPath } from '../yaml/yaml-file';
import { choose } from './choose';
import { MACHINE } from './messages';
import type { CpuPlan, DrivePlan, MachinePlan, RolePlan } from './plan';

/** The part of a role's plan that describes the machine. */
export type MachineOfRole = Pick<RolePlan, 'cpuCores' | 'memory' | 'machine' | 'drive'>;

/** The machine of the VMs of a workload. An instancetype decides about CPUs and memory instead of the options. */
export function machineOf(options: Options, entry: Entry): MachineOfRole {
  const cpu = cpuOf(options, entry);
  const machine = machinePlan(options, cpu);
  const drive = driveOf(options);
  return {
    ...(options.instancetype ? {} : { cpuCores: cpu.sockets * cpu.cores * cpu.threads, memory: choose(options.memory, entry.vm.memory) }),
    ...(Object.keys(machine).length > 0 ? { machine } : {}),
    ...(Object.keys(drive).length > 0 ? { drive } : {}),
  };
}

function cpuOf({ cpu = {}, cpuCores }: Options, entry: Entry): CpuPlan {
  const { sockets, cores = 1, threads = 1, model, dedicated, numa, isolate_emulator: isolateEmulator } = cpu;
  const isTopology = sockets !== undefined || cpu.cores !== undefined || cpu.threads !== undefined;
  return {
    sockets: sockets ?? (isTopology ? 1 : choose(cpuCores, entry.vm.cpuCores)),
    cores,
    threads,
    ...(model === undefined ? {} : { model }),
    ...(dedicated ? { dedicated } : {}),
    ...(numa ? { numa } : {}),
    ...(isolateEmulator ? { isolateEmulator } : {}),
  };
}

/** What differs from the default. */
function machinePlan(options: Options, cpu: CpuPlan): MachinePlan {
  const { instancetype, preference, maxSockets, hugepages, resources, overcommit, architecture, firmware } = options;
  const { blockMultiqueue, ioThreads, rng, tpm } = options;
  return {
    ...(instancetype === undefined ? {} : { instancetype }),
    ...(preference === undefined ? {} : { preference }),
    ...(instancetype === undefined && options.cpu ? { cpu } : {}),
    ...(instancetype === undefined && maxSockets !== undefined ? { maxSockets } : {}),
    ...(instancetype === undefined && hugepages !== undefined ? { hugepages } : {}),
    ...(instancetype === undefined && resources !== undefined ? { resources } : {}),
    ...(overcommit ? { overcommit } : {}),
    ...(architecture === 'amd64' ? {} : { architecture }),
    ...(firmware === undefined ? {} : { firmware }),
    ...(blockMultiqueue ? { blockMultiqueue } : {}),
    ...(ioThreads === undefined ? {} : { ioThreads }),
    ...(rng ? {} : { rng }),
    ...(tpm !== undefined && tpm.enabled !== false ? { tpm: { persistent: tpm?.persistent === true } } : {}),
  };
}

function driveOf({ diskBus, diskCache, diskIo, diskDiscard, preallocation, ioThreads }: Options): DrivePlan {
  return {
    ...(diskBus === 'virtio' ? {} : { bus: diskBus }),
    ...(diskCache === undefined ? {} : { cache: diskCache }),
    ...(diskIo === undefined ? {} : { io: diskIo }),
    ...(diskDiscard ? {} : { discard: false }),
    ...(preallocation === undefined ? {} : { preallocation }),
    ...(ioThreads?.dedicated ? { dedicatedIoThread: true } : {}),
  };
}

/** What a rule finds: the option, its part, and what is wrong. */
type Found = readonly [applies: boolean, key: OptionKey, at: DocumentPath, message: string];

/**
 * What KubeVirt would reject, or could never run.
 * @see https://github.com/kubevirt/kubevirt, pkg/virt-api/webhooks
 */
export function machineProblems(options: Options, entry: Entry): Problem[] {
  const role = machineOf(options, entry);
  const found = [
    ...(options.instancetype
      ? []
      : [...cpuRules(options, cpuOf(options, entry)), ...memoryRules(options, role), ...limitRules(options, role)]),
    ...architectureRules(options),
    ...diskRules(options),
  ];
  return found.filter(([applies]) => applies).map(([, key, at, message]) => ({ where: options.place(key, at), message }));
}

function cpuRules(
  options: Options,
  { sockets, cores, threads, dedicated = false, numa = false, isolateEmulator = false }: CpuPlan,
): Found[] {
  const { maxSockets, hugepages, architecture } = options;
  const count = sockets * cores * threads;
  return [
    [count > MOST_CPUS, 'cpu', [], MACHINE.tooManyCpus(MOST_CPUS, count)],
    [maxSockets !== undefined && maxSockets < sockets, 'max_sockets', [], MACHINE.fewSockets(sockets, maxSockets ?? 0)],
    [numa && !dedicated, 'cpu', ['numa'], MACHINE.numaDedicated],
    [numa && hugepages === undefined, 'cpu', ['numa'], MACHINE.numaHugepages],
    [isolateEmulator && !dedicated, 'cpu', ['isolate_emulator'], MACHINE.isolateDedicated],
    [dedicated && threads > 2, 'cpu', ['threads'], MACHINE.dedicatedThreads(threads)],
    [architecture === 'arm64' && dedicated && threads === 2, 'cpu', ['threads'], MACHINE.armThreads(threads)],
    [architecture === 'arm64' && maxSockets !== undefined && maxSockets > sockets, 'max_sockets', [], MACHINE.armHotplug(sockets)],
  ];
}

/** The sizes of pages that the CPUs of an architecture have. */
const PAGES: { readonly [architecture: string]: readonly string[] } = {
  amd64: ['2Mi', '1Gi'],
  arm64: ['64Ki', '2Mi', '32Mi', '512Mi', '1Gi', '16Gi'],
  s390x: ['1Mi', '2Gi'],
};

function memoryRules({ hugepages, architecture, resources }: Options, { memory = '0' }: MachineOfRole): Found[] {
  if (hugepages === undefined) return [];
  const pages = PAGES[architecture] ?? [];
  const request = resources?.requests?.memory;
  return [
    [!pages.includes(hugepages), 'hugepages', [], MACHINE.pageSize(architecture, pages, hugepages)],
    [!isMultiple(memory, hugepages), 'hugepages', [], MACHINE.pagesOfMemory(memory, hugepages)],
    [
      request !== undefined && !isMultiple(request, hugepages),
      'resources',
      ['requests', 'memory'],
      MACHINE.pagesOfRequest(request ?? '', hugepages),
    ],
  ];
}

function isMultiple(amount: string, page: string): boolean {
  return bytes(amount) % bytes(page) === 0n;
}

function limitRules(
  { resources: { requests = {}, limits = {} } = {}, cpu = {} }: Options,
  { cpuCores = 0, memory = '0' }: MachineOfRole,
): Found[] {
  const dedicated = cpu.dedicated === true;
  const [requested, limit] = [millis(requests.cpu), millis(limits.cpu)];
  const above = (amount: string | undefined) => amount !== undefined && limits.memory !== undefined && bytes(amount) > bytes(limits.memory);
  const differs = requests.memory !== undefined && limits.memory !== undefined && bytes(requests.memory) !== bytes(limits.memory);
  const notThese = (amount: string | undefined) => dedicated && amount !== undefined && millis(amount) !== cpuCores * 1000;
  return [
    [above(memory), 'resources', ['limits', 'memory'], MACHINE.belowGuest(memory, limits.memory)],
    [above(requests.memory), 'resources', ['requests', 'memory'], MACHINE.aboveLimit(limits.memory, requests.memory)],
    [limit > 0 && requested > limit, 'resources', ['requests', 'cpu'], MACHINE.aboveLimit(limits.cpu, requests.cpu)],
    [
      dedicated && differs && !above(requests.memory),
      'resources',
      ['requests', 'memory'],
      MACHINE.dedicatedMemory(limits.memory, requests.memory),
    ],
    [notThese(requests.cpu), 'resources', ['requests', 'cpu'], MACHINE.dedicatedCpus(cpuCores, requests.cpu)],
    [notThese(limits.cpu), 'resources', ['limits', 'cpu'], MACHINE.dedicatedCpus(cpuCores, limits.cpu)],
  ];
}

function architectureRules({ architecture, firmware, cpu = {}, diskBus, tpm, boot, guestOs, instancetype }: Options): Found[] {
  const [arm, ibm] = [architecture === 'arm64', architecture === 's390x'];
  const otherModel = cpu.model !== undefined && cpu.model !== 'host-passthrough';
  const images = boot.kind === 'containerDisk' ? boot.architectures : undefined;
  return [
    [arm && firmware === 'bios', 'firmware', [], MACHINE.armBios],
    [arm && firmware === 'secure-boot', 'firmware', [], MACHINE.armSecureBoot],
    [ibm && firmware !== undefined, 'firmware', [], MACHINE.ibmFirmware],
    [arm && otherModel && instancetype === undefined, 'cpu', ['model'], MACHINE.armModel(cpu.model ?? '')],
    [images !== undefined && guestOs === 'debian' && diskBus === 'sata', 'disk_bus', [], MACHINE.noSataDriver(guestOs)],
    [(arm || ibm) && diskBus === 'sata', 'disk_bus', [], MACHINE.noSata(architecture)],
    [ibm && tpm !== undefined && tpm.enabled !== false, 'tpm', [], MACHINE.noTpm(architecture)],
    [images !== undefined && !images.includes(architecture), 'architecture', [], MACHINE.noImage(guestOs, images ?? [], architecture)],
  ];
}

function diskRules({ diskBus, diskCache, diskIo, diskDiscard, preallocation, ioThreads = {}, origin }: Options): Found[] {
  const { policy, count, dedicated = false } = ioThreads;
  const isPool = policy === 'supplementalPool';
  return [
    [diskIo === 'native' && diskCache !== undefined && diskCache !== 'none', 'disk_io', [], MACHINE.nativeCache(diskCache ?? '')],
    [dedicated && diskBus !== 'virtio', 'io_threads', ['dedicated'], MACHINE.dedicatedBus(diskBus)],
    [isPool && count === undefined, 'io_threads', ['policy'], MACHINE.poolCount],
    [!isPool && count !== undefined, 'io_threads', ['count'], MACHINE.countWithoutPool],
    [preallocation === true && diskDiscard && origin('disk_discard') !== 'default', 'disk_discard', [], MACHINE.preallocated],
  ];
}

function bytes(quantity: string): bigint {
  return parseBytes(quantity) ?? 0n;
}

/** Thousandths of a CPU of a quantity in canonical form. */
function millis(quantity = '0'): number {
  return quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000;
}
