import { accessSync, chmodSync, constants, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { makeFolder } from '../make-folder';
import { isRunning } from './process';

/** A VM of the lab, as it is remembered between commands. */
export interface LabVm {
  readonly name: string;
  readonly workload: string;
  readonly role: string;
  /** Process of QEMU. Absent: it was never started. */
  readonly pid?: number;
  /** Process that wants the VM gone with itself. Absent: the VM stays until it is taken down. */
  readonly owner?: number;
  readonly accelerator: string;
  readonly image: string;
  /** Account that the image's cloud-init makes. */
  readonly user: string;
  /** Port of this machine that leads to the guest's SSH. */
  readonly sshPort: number;
  /** Port of this machine that leads to the guest's health endpoint; 0: it has none. */
  readonly healthPort: number;
  /** Address on the link that the VMs of one `lab up` share. */
  readonly address: string;
  readonly diskNames: readonly string[];
  /** Command line of QEMU, to start it again. */
  readonly command: readonly string[];
}

const RECORD = 'vm.json';
/** On the command line of whatever owns VMs. */
const OWNER = 'node';

/** Whether the VM's QEMU is there. */
export function runs({ name, pid }: LabVm): boolean {
  return pid !== undefined && isRunning(pid, name);
}

/** The folder with one folder per VM. */
export class LabFolder {
  constructor(readonly path: string) {}

  /** The folder of a VM: its disks, its seed, its console. */
  of(name: string): string {
    return join(this.path, 'vms', name);
  }

  /** @throws UserError when nothing can be kept there */
  prepare(): void {
    try {
      makeFolder(this.path);
      accessSync(this.path, constants.W_OK | constants.X_OK);
    } catch (error) {
      const must = 'must be a folder that can be made and written';
      throw new UserError([{ where: 'flag --lab-dir', message: `${must}, got ${JSON.stringify(this.path)}: ${(error as Error).message}` }]);
    }
  }

  /** Written whole, so that whoever looks at the same time sees the old record or the new one. */
  save(vm: LabVm): void {
    makeFolder(this.of(vm.name));
    chmodSync(this.of(vm.name), 0o700);
    const file = join(this.of(vm.name), RECORD);
    writeFileSync(`${file}.new`, `${JSON.stringify(vm, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  has(name: string): boolean {
    return existsSync(join(this.of(name), RECORD));
  }

  /** Every VM, by name. What a killed `lab test` left is removed on the way. */
  list(): LabVm[] {
    const folder = join(this.path, 'vms');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .flatMap((name) => {
        const vm = this.read(name);
        if (vm?.owner === undefined || isRunning(vm.owner, OWNER) || runs(vm)) return vm ?? [];
        this.remove(name);
        return [];
      });
  }

  read(name: string): LabVm | undefined {
    const file = join(this.of(name), RECORD);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LabVm) : undefined;
  }

  /** With its disks. The last one takes the lab's folder with it. */
  remove(name: string): void {
    rmSync(this.of(name), { recursive: true, force: true });
    const vms = join(this.path, 'vms');
    if (existsSync(vms) && readdirSync(vms).length === 0) rmSync(this.path, { recursive: true, force: true });
  }
}
