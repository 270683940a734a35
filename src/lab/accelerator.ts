import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNew } from '../files/new-file';
import { KVM_BROKEN, KVM_FORBIDDEN, NO_KVM, NO_VIRTUALIZATION } from './messages';
import { runProgram } from './process';

export interface Accelerator {
  /** The value of QEMU's `-accel`. */
  readonly accel: string;
  /** Why it is not KVM. Absent: it is KVM. */
  readonly reason?: string;
  /** QEMU options that block system calls which the lab's VMs do not need. Empty: QEMU was built without them. */
  readonly sandbox: readonly string[];
}

const EMULATION = 'tcg,thread=multi,tb-size=256';
/** Boot sector that makes QEMU exit with status 3 through isa-debug-exit: mov al, 1; out 0xf4, al; jmp to itself. */
const SECTOR = Buffer.from([0xb0, 0x01, 0xe6, 0xf4, 0xeb, 0xfe]);
const SECTOR_STATUS = 3;
/** Milliseconds. */
const PATIENCE = 5000;
/** A guest that breaks out of its VM cannot start programs or change its user. */
const SANDBOX = ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'];

/**
 * KVM if it works, else emulation. The device alone is no proof: on some nested machines a guest starts but makes no
 * progress. So a boot sector must run to its end first.
 */
export async function findAccelerator(): Promise<Accelerator> {
  return { ...(await fastest()), sandbox: (await sandboxWorks()) ? SANDBOX : [] };
}

async function fastest(): Promise<Omit<Accelerator, 'sandbox'>> {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? NO_KVM : KVM_FORBIDDEN;
    return { accel: EMULATION, reason: why };
  }
  // Without these flags, KVM emulates instructions, and supports too few of them to boot a system.
  if (!/^flags\s*:.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))) {
    return { accel: EMULATION, reason: NO_VIRTUALIZATION };
  }
  return (await kvmRuns()) ? { accel: 'kvm' } : { accel: EMULATION, reason: KVM_BROKEN };
}

/** Starts an empty machine with these options and quits it. */
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
  return code === SECTOR_STATUS;
}
