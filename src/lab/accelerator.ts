import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNew } from '../files/new-file';
import { runProgram } from './process';

export interface Accelerator {
  /** As QEMU's `-accel` takes it. */
  readonly accel: string;
  /** Why it is not the fast one. Absent: it is. */
  readonly reason?: string;
  /** Options of QEMU that take system calls from it that a VM of the lab does not need. Empty: it was built without. */
  readonly sandbox: readonly string[];
}

const EMULATION = 'tcg,thread=multi,tb-size=256';
/** Boot sector that tells QEMU's isa-debug-exit to end with status 3: mov al, 1; out 0xf4, al; jmp to itself. */
const SECTOR = Buffer.from([0xb0, 0x01, 0xe6, 0xf4, 0xeb, 0xfe]);
const SECTOR_SAYS = 3;
const PATIENCE = 5000;
/** A guest that has broken out of its VM starts no program and becomes nobody else. */
const SANDBOX = ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'];

/**
 * KVM where it works. A device that is there proves little: on some nested machines a guest starts and hardly moves.
 * So a boot sector has to run to its end first.
 */
export async function findAccelerator(): Promise<Accelerator> {
  return { ...(await fastest()), sandbox: (await sandboxWorks()) ? SANDBOX : [] };
}

async function fastest(): Promise<Omit<Accelerator, 'sandbox'>> {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no /dev/kvm' : '/dev/kvm may not be used by this user';
    return { accel: EMULATION, reason: why };
  }
  // Without these the kernel would have to emulate instructions, and knows too few of them to boot anything.
  if (!/^flags\s*:.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))) {
    return { accel: EMULATION, reason: '/dev/kvm is there, but the processor offers no virtualization' };
  }
  return (await kvmRuns()) ? { accel: 'kvm' } : { accel: EMULATION, reason: '/dev/kvm is there, but a guest does not run on it' };
}

/** A machine without anything in it, that is told to end. */
async function sandboxWorks(): Promise<boolean> {
  const args = ['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'none', '-qmp', 'stdio', ...SANDBOX];
  const input = '{"execute":"qmp_capabilities"}{"execute":"quit"}';
  return (await runProgram('qemu-system-x86_64', args, { timeout: PATIENCE, input })).code === 0;
}

async function kvmRuns(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'virtwork-kvm-'));
  const disk = join(folder, 'sector.img');
  const image = Buffer.alloc(512);
  SECTOR.copy(image);
  image.writeUInt16LE(0xaa55, 510);
  writeNew(disk, [image]);
  const args = [
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    '-accel',
    'kvm',
    '-m',
    '32',
    '-device',
    'isa-debug-exit,iobase=0xf4,iosize=1',
  ];
  const { code } = await runProgram('qemu-system-x86_64', [...args, '-drive', `file=${disk},format=raw`], { timeout: PATIENCE });
  rmSync(folder, { recursive: true });
  return code === SECTOR_SAYS;
}
