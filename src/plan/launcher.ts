import { parseBytes } from '../kubernetes/quantity';
import type { Amounts, Container, Launcher, Part } from './component-plan';
import type { RolePlan } from './plan';
import { hasPod } from './pod-network';

/*
 * What the pod of a VM requests: KubeVirt computes it, and a quota counts it.
 *
 * The numbers are those of KubeVirt 1.5 to 1.9 with its default configuration; 1.4 needs 10Mi less for each VM.
 * See GetMemoryOverhead and the ResourceRenderer in pkg/virt-controller/services, and pkg/container-disk.
 */

/** vCPUs for each CPU that is requested: `cpuAllocationRatio`. */
export const CPU_RATIO = 10;
/** Limit of the memory in relation to the request, if a quota requires limits and the VM states none. */
const LIMIT_RATIO = 2n;

const MI = 2n ** 20n;
const M = 10n ** 6n;
/** virt-launcher-monitor, virt-launcher, virtlogd, virtqemud and QEMU. */
const PROCESSES = (25n + 100n + 25n + 40n + 30n) * MI;
const PER_CPU = 8n * MI;
const IO_THREAD = 8n * MI;
const VIDEO = 32n * MI;
const ARM_FIRMWARE = 128n * MI;
const TPM = 53n * MI;
const GUARANTEED = 100n * MI;
/** VFIO locks the memory of the guest and maps that of devices. */
const VFIO = 1024n * MI;
/** The program that asks the guest agent, and one run of it. */
const AGENT_PROBE = 110n * MI;

/** `defaultPodResourceRequirements` of CDI, which the LimitRange gives all containers that state nothing. */
export const DEFAULTS = { requests: { cpu: 100n, memory: 60n * M }, limits: { cpu: 750n, memory: 600n * M } } as const;
/** Bindings of networks that are no plugins. Plugins may have a container. */
const BINDINGS = ['masquerade', 'bridge', 'sriov'];

/** The part of a role's plan that decides. */
export type LauncherRole = Pick<RolePlan, 'cpuCores' | 'memory' | 'machine' | 'boot' | 'networks'> & Partial<Pick<RolePlan, 'healthPort'>>;

/** An amount of the container of QEMU, and where it comes from. */
interface Reasoned {
  readonly amount: bigint;
  readonly how: string;
}

const STATED = 'as stated';

/** @returns undefined if an instancetype decides about CPUs and memory */
export function launcherOf(role: LauncherRole): Launcher | undefined {
  const { cpuCores, memory, machine = {} } = role;
  if (cpuCores === undefined || memory === undefined) return undefined;
  const guaranteed = machine.cpu?.dedicated === true || wantsGuaranteed(role);
  const overhead = overheadOf(role, guaranteed);
  const added = overhead.reduce((sum, { amount }) => sum + amount, 0n);
  const cpu = cpusOf(role);
  const ofMemory = memoryOf(role, added);
  const compute = {
    requests: { cpu: cpu.request.amount, memory: ofMemory.request.amount },
    limits: { cpu: cpu.limit.amount, memory: ofMemory.limit.amount },
  };
  const running = [compute, ...sideContainers(role, guaranteed)];
  // The containers that prepare the disk run before the compute container, next to the one that shows the console.
  const before = [...initContainers(role, guaranteed), CONSOLE(guaranteed)];
  return {
    requests: most(sum(running.map(({ requests }) => requests)), sum(before.map(({ requests }) => requests))),
    limits: most(sum(running.map(({ limits }) => limits)), sum(before.map(({ limits }) => limits))),
    compute,
    how: {
      requests: { cpu: cpu.request.how, memory: ofMemory.request.how },
      limits: { cpu: cpu.limit.how, memory: ofMemory.limit.how },
    },
    ...(machine.hugepages === undefined ? {} : { hugepages: { size: machine.hugepages, memory: ofMemory.pages } }),
    overhead,
  };
}

function overheadOf(role: LauncherRole, guaranteed: boolean): Part[] {
  const { cpuCores = 1, machine = {}, networks = [], healthPort = 0 } = role;
  const request = bytes(machine.resources?.requests?.memory);
  const kilobytes = (request + 999n) / 1000n;
  const parts: readonly Part[] = [
    { what: 'virt-launcher, libvirt and QEMU', amount: PROCESSES },
    { what: `${cpuCores} vCPUs, 8Mi each`, amount: PER_CPU * BigInt(cpuCores) },
    { what: 'an I/O thread', amount: IO_THREAD },
    { what: 'video memory', amount: VIDEO },
    // KubeVirt computes it from a stated request only, and not from the memory of the guest.
    { what: 'page tables, 1/512 of requests.memory', amount: (kilobytes * 1000n) / 512n },
    { what: 'the firmware of arm64', amount: machine.architecture === 'arm64' ? ARM_FIRMWARE : 0n },
    { what: 'the TPM', amount: machine.tpm ? TPM : 0n },
    { what: 'SR-IOV', amount: networks.some(({ binding }) => binding === 'sriov') ? VFIO : 0n },
    { what: 'the probe through the guest agent', amount: healthPort !== 0 && !hasPod(role) ? AGENT_PROBE : 0n },
    { what: 'guaranteed resources', amount: guaranteed ? GUARANTEED : 0n },
  ];
  return parts.filter(({ amount }) => amount > 0n);
}

function cpusOf({ cpuCores = 1, machine = {} }: Pick<RolePlan, 'cpuCores' | 'machine'>): { request: Reasoned; limit: Reasoned } {
  const threads = machine.ioThreads?.count ?? 0;
  const all = BigInt(cpuCores + threads) * 1000n;
  const words = `${cpuCores} vCPUs${threads > 0 ? ` and ${threads} I/O threads` : ''}`;
  if (machine.cpu?.dedicated) {
    const isolated = machine.cpu.isolateEmulator === true;
    const pinned = { amount: all + (isolated ? 1000n : 0n), how: `dedicated, ${words}${isolated ? " and QEMU's own thread" : ''}` };
    return { request: pinned, limit: pinned };
  }
  const { request, limit } = statedCpus(machine);
  return {
    request: request === undefined ? { amount: all / BigInt(CPU_RATIO), how: `${words} / ${CPU_RATIO}` } : { amount: request, how: STATED },
    limit: limit === undefined ? { amount: all, how: words } : { amount: limit, how: STATED },
  };
}

function memoryOf(
  { memory = '0', machine = {} }: Pick<RolePlan, 'memory' | 'machine'>,
  overhead: bigint,
): { request: Reasoned; limit: Reasoned; pages: bigint } {
  const { resources: { requests = {}, limits = {} } = {}, hugepages, overcommit = false } = machine;
  const guest = bytes(memory);
  const stated = requests.memory ?? limits.memory;
  const request = bytes(stated ?? memory);
  // The limit of dedicated CPUs is the request.
  const limit = machine.cpu?.dedicated ? request : limits.memory === undefined ? undefined : bytes(limits.memory);
  const twice = (amount: bigint) => ({ amount: amount * LIMIT_RATIO, how: 'twice the request' });
  if (hugepages !== undefined) {
    const above = (amount: bigint) => ({
      amount: (amount > guest ? amount - guest : 0n) + overhead,
      how: amount > guest ? 'what exceeds the memory of the guest, and the overhead' : 'the overhead alone: the guest has hugepages',
    });
    const rest = above(request);
    return { request: rest, limit: limit === undefined ? twice(rest.amount) : above(limit), pages: request > guest ? guest : request };
  }
  const whole = request + (overcommit ? 0n : overhead);
  const how = stated === undefined ? `${memory} of the guest` : STATED;
  return {
    request: { amount: whole, how: overcommit ? how : `${how}, and the overhead` },
    limit:
      limit === undefined
        ? twice(whole)
        : { amount: limit + overhead, how: `${limits.memory === undefined ? 'as requested' : STATED}, and the overhead` },
    pages: 0n,
  };
}

/** KubeVirt takes a limit of CPUs as the request too, if there is none. */
function statedCpus({ resources: { requests = {}, limits = {} } = {} }: NonNullable<RolePlan['machine']>) {
  const stated = (amount: string | undefined) => (amount === undefined ? undefined : millis(amount));
  return { request: stated(requests.cpu ?? limits.cpu), limit: stated(limits.cpu) };
}

/** Whether requests and limits are the same, for CPUs and memory. */
function wantsGuaranteed({ machine: { resources: { requests = {}, limits = {} } = {} } = {} }: Pick<RolePlan, 'machine'>): boolean {
  if (limits.memory === undefined || limits.cpu === undefined) return false;
  const memory = requests.memory ?? limits.memory;
  return bytes(memory) === bytes(limits.memory) && millis(requests.cpu ?? limits.cpu) === millis(limits.cpu);
}

/** Containers next to that of QEMU. */
function sideContainers({ boot, networks = [] }: LauncherRole, guaranteed: boolean): Container[] {
  const plugins = new Set(networks.map(({ binding }) => binding).filter((binding) => !BINDINGS.includes(binding)));
  return [
    ...(boot.kind === 'containerDisk' ? [CONTAINER_DISK(guaranteed)] : []),
    CONSOLE(guaranteed),
    ...[...plugins].map(() => (guaranteed ? container([200n, 64n * M], [200n, 64n * M], true) : DEFAULTS)),
  ];
}

/** The largest of the containers that run one after the other before that of QEMU. */
function initContainers({ boot }: Pick<RolePlan, 'boot'>, guaranteed: boolean): Container[] {
  return boot.kind === 'containerDisk' ? [COPY(guaranteed)] : [];
}

const CONTAINER_DISK = (guaranteed: boolean) => container([1n, M], [10n, 40n * M], guaranteed);
const CONSOLE = (guaranteed: boolean) => container([5n, 35n * M], [15n, 60n * M], guaranteed);
const COPY = (guaranteed: boolean) =>
  guaranteed ? container([10n, 40n * M], [10n, 40n * M], true) : container([10n, M], [100n, 40n * M], false);

function container(
  requests: readonly [cpu: bigint, memory: bigint],
  limits: readonly [cpu: bigint, memory: bigint],
  guaranteed: boolean,
): Container {
  const limit = { cpu: limits[0], memory: limits[1] };
  return { requests: guaranteed ? limit : { cpu: requests[0], memory: requests[1] }, limits: limit };
}

function sum(amounts: readonly Amounts[]): Amounts {
  return {
    cpu: amounts.reduce((total, { cpu }) => total + cpu, 0n),
    memory: amounts.reduce((total, { memory }) => total + memory, 0n),
  };
}

function most(one: Amounts, other: Amounts): Amounts {
  return { cpu: one.cpu > other.cpu ? one.cpu : other.cpu, memory: one.memory > other.memory ? one.memory : other.memory };
}

function bytes(quantity = '0'): bigint {
  return parseBytes(quantity) ?? 0n;
}

/** Thousandths of a CPU of a quantity in canonical form. */
function millis(quantity: string): bigint {
  return quantity.endsWith('m') ? BigInt(quantity.slice(0, -1)) : BigInt(quantity) * 1000n;
}
