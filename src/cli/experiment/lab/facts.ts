import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Accelerator } from '../../../lab/accelerator';
import type { LabFolder } from '../../../lab/folder';
import type { LabImage } from '../../../lab/image';
import { runProgram } from '../../../lab/process';
import type { Plan } from '../../../plan/plan';

/** What is known of this machine when it is measured. Sizes are in bytes. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly qemu?: string;
  /** `kvm` or `tcg`, which emulates the CPU. */
  readonly accelerator: string;
  /** Why it is not KVM. */
  readonly emulatedBecause?: string;
  readonly image: string;
  /** What is under the disks, by storage class; `default` for VMs without one. */
  readonly storage: { readonly [storageClass: string]: StorageFacts };
}

export interface StorageFacts {
  readonly directory: string;
  readonly fileSystem?: string;
  readonly device?: string;
  readonly options?: string;
}

/** @param folders where disks are, by storage class */
export async function machineFacts(
  { accel, reason }: Accelerator,
  { root }: LabImage,
  folders: ReadonlyMap<string, string>,
): Promise<MachineFacts> {
  const all = cpus();
  const qemu = await qemuVersion();
  return {
    cpu: all[0]?.model.trim() ?? '',
    cpus: all.length,
    memoryBytes: totalmem(),
    kernel: release(),
    ...(qemu === undefined ? {} : { qemu }),
    accelerator: accel.split(',')[0] as string,
    ...(reason === undefined ? {} : { emulatedBecause: reason }),
    image: root,
    storage: Object.fromEntries([...folders].map(([name, folder]) => [name, storageOf(folder)])),
  };
}

/** Milliseconds. */
const PATIENCE = 30_000;

async function qemuVersion(): Promise<string | undefined> {
  const { stdout } = await runProgram('qemu-system-x86_64', ['--version'], { timeout: PATIENCE });
  return /version (\S+)/.exec(stdout)?.[1];
}

/** The file system of a folder, which need not exist yet. */
export function storageOf(folder: string): StorageFacts {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const mount = mountOf(realpathSync(existing), mounts());
  return { directory: folder, ...mount };
}

interface Mount {
  readonly point: string;
  readonly fileSystem: string;
  readonly device: string;
  readonly options: string;
}

/** @returns the one with the longest path that contains the folder; of several at one path, the last one hides the others */
export function mountOf(folder: string, all: readonly Mount[]): Omit<Mount, 'point'> | undefined {
  const inside = all.filter(({ point }) => folder === point || folder.startsWith(point === '/' ? '/' : `${point}/`));
  const [best] = inside.reverse().sort((a, b) => b.point.length - a.point.length);
  if (!best) return undefined;
  const { point: _, ...mount } = best;
  return mount;
}

function mounts(): Mount[] {
  try {
    return readFileSync('/proc/self/mounts', 'utf8').trim().split('\n').map(mountIn);
  } catch {
    return [];
  }
}

/** A line of /proc/self/mounts, in which octal numbers stand for spaces. */
export function mountIn(line: string): Mount {
  const [device = '', point = '', fileSystem = '', options = ''] = line
    .split(' ')
    .map((word) => word.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
  return { device, point, fileSystem, options };
}

/** What is known of a VM from the plan. */
export function vmFacts({ workloads }: Plan, vm: string, { path }: LabFolder): object {
  const role = workloads.flatMap(({ roles }) => roles).find(({ vms }) => vms.some(({ name }) => name === vm));
  if (!role) return {};
  const { disks, drive = {} } = role;
  return {
    lab: path,
    disks: disks.map(({ name, size, storageClass }) => ({
      name,
      size,
      ...(storageClass === undefined ? {} : { storageClass }),
      bus: drive.bus ?? 'virtio',
      cache: drive.cache ?? (drive.io === 'native' ? 'none' : 'writeback'),
      io: drive.io ?? 'threads',
    })),
  };
}
