/** Every message, hint and note of the lab's verbs. Messages of the lab itself are in src/lab/messages.ts. */
import { didYouMean } from '../../text/messages';
import { show } from '../../text/show';

const LAB = 'virtwork lab';

export const EMPTY = 'the lab is empty';

// Arguments

/** @param names of the VMs of the lab; @param near the name that was probably meant */
export function unknownVm(name: string, names: readonly string[], near: string | undefined) {
  return { where: LAB, message: `no VM named ${show(name)}; ${vmsOf(names)}`, ...(near === undefined ? {} : { hint: didYouMean(near) }) };
}

export function oneVmRequired(names: readonly string[]) {
  return { where: LAB, message: `needs the name of one VM; ${vmsOf(names)}` };
}

function vmsOf(names: readonly string[]): string {
  return names.length === 0 ? EMPTY : `the lab has ${names.join(', ')}`;
}

export const COMMAND_REQUIRED = {
  where: 'virtwork lab exec',
  message: 'needs a command after --',
  hint: 'use virtwork lab exec VM -- COMMAND',
};

const ENTRIES = 'run: virtwork list';

export const ENTRY_REQUIRED = { where: LAB, message: 'needs an entry', hint: ENTRIES };

export function notAnEntry(name: string) {
  return { where: LAB, message: `must be the name or the folder of an entry, got ${show(name)}`, hint: ENTRIES };
}

export function severalCatalogs(entries: readonly string[]) {
  return { where: LAB, message: `the entries must be of one catalog, got ${entries.join(', ')}` };
}

/** @param reason why it is not */
export function labDirNotAFolder(path: string, reason: string) {
  return { where: 'flag --lab-dir', message: `must be a folder, got ${show(path)}, ${reason}` };
}

export const OTHER_FILE = 'which is not a folder';
export const NO_ACCESS = 'which this user cannot access (EACCES)';

// Booting

export const NO_HEALTH_PORT = {
  where: 'health_port',
  message: 'must not be 0 for virtwork lab test, which needs the health endpoint',
  hint: 'use virtwork lab up',
};

export function wrongArchitecture(workload: string, got: string | undefined) {
  return { where: `workload ${workload}`, message: `must have the architecture amd64 in the lab, got ${got}`, hint: 'omit architecture' };
}

export function unknownInstancetype(workload: string, name: string, cpuCores: number, memory: string): string {
  return `workload ${workload}: the lab does not know the instancetype ${name}; each VM gets ${cpuCores} CPUs and ${memory}`;
}

export function wrongGuestOs(got: unknown) {
  return {
    where: 'flag --guest-os',
    message: `must be debian, the system of the lab's image, got ${show(String(got))}`,
    hint: 'use --image FILE',
  };
}

/** @param packages that no image has */
export function imageMissing(packages: readonly string[], entries: readonly string[]) {
  return {
    where: LAB,
    message: `no image has the packages ${[...new Set(packages)].join(', ') || 'of every guest'}`,
    hint: `run: virtwork lab image build ${entries.join(' ')}; or use --image FILE`,
  };
}

/** Both in bytes. */
export function littleMemory(wanted: number, free: number): string {
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)}Gi`;
  return `the VMs may need ${gib(wanted)} of memory, but this machine has only ${gib(free)} free: use --memory, or boot fewer VMs at a time`;
}

/** @param reason why KVM does not work */
export function emulation(reason: string): string {
  return `${reason}: using software emulation, which is several times slower`;
}

// States

/** @param said the answer of its health endpoint; @param next what to do */
export function notHealthy(vm: string, state: string, said: string, next: string) {
  return { where: '', message: `${vm} is ${state}${said === '' ? '' : `:\n${said}`}`, hint: next };
}

export function lookAtLogs(vm: string, sameLab: string): string {
  return `run: virtwork lab logs ${vm}${sameLab}`;
}

export function lookAtResults(vm: string, sameLab: string): string {
  return `run: virtwork lab results ${vm} --follow${sameLab}`;
}

export function bootToInspect(entries: readonly string[]): string {
  return `to inspect the VM, run: virtwork lab up ${entries.join(' ')}`;
}

export const NOTHING_MEASURED = {
  where: LAB,
  message: 'no VM of the lab is measured',
  hint: 'boot a measured workload: virtwork lab up fio-bench',
};

export function stateLine(seconds: number, vm: string, state: string, isSame: boolean): string {
  return `${String(seconds).padStart(4)} s  ${vm} is ${isSame ? 'still ' : ''}${state}`;
}

export function stillBooting(vm: string): string {
  return `${vm} is booting; try again later`;
}

export function removed(vm: string): string {
  return `removed ${vm}`;
}
