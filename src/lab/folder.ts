import { accessSync, constants, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readBounded } from '../bounded-file';
import { UserError } from '../errors';
import { makeFolder } from '../make-folder';
import { replaceFile } from '../new-file';
import { isRunning } from './process';
import { recordFault } from './record';

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

/** Of a folder with keys, disks and user data. */
const OWN_FOLDER = 0o700;

function linkFault(path: string): string | undefined {
  return lstatSync(path).isSymbolicLink() ? 'it is a link' : undefined;
}

/** @returns undefined when it is not JSON */
function parsed(file: string): unknown {
  try {
    const bytes = readBounded(file);
    return typeof bytes === 'string' ? undefined : JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

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
      makeFolder(this.path, OWN_FOLDER);
      accessSync(this.path, constants.W_OK | constants.X_OK);
    } catch (error) {
      const must = 'must be a folder that can be made and written';
      throw new UserError([{ where: 'flag --lab-dir', message: `${must}, got ${JSON.stringify(this.path)}: ${(error as Error).message}` }]);
    }
    this.refuseShared();
  }

  /** Makes the folder of a VM and its record. What is in its place and has no record goes: a killed run left it, or somebody put it there. */
  add(vm: LabVm): void {
    makeFolder(dirname(this.of(vm.name)), OWN_FOLDER);
    rmSync(this.of(vm.name), { recursive: true, force: true });
    mkdirSync(this.of(vm.name), OWN_FOLDER);
    this.save(vm);
  }

  /** Written whole, so that whoever looks at the same time sees the old record or the new one. */
  save(vm: LabVm): void {
    replaceFile(join(this.of(vm.name), RECORD), `${JSON.stringify(vm, null, 2)}\n`, 0o600);
  }

  has(name: string): boolean {
    return lstatSync(join(this.of(name), RECORD), { throwIfNoEntry: false }) !== undefined;
  }

  /** Every VM, by name. What a killed `lab test` left is removed on the way. */
  list(): LabVm[] {
    const folder = join(this.path, 'vms');
    if (!existsSync(folder)) return [];
    this.refuseShared();
    return readdirSync(folder)
      .sort()
      .flatMap((name) => {
        const vm = this.read(name);
        if (vm?.owner === undefined || isRunning(vm.owner, OWNER) || runs(vm)) return vm ?? [];
        this.remove(name);
        return [];
      });
  }

  /**
   * What a record says is run, killed and deleted, so it is checked first.
   * @throws UserError when it is none
   */
  read(name: string): LabVm | undefined {
    if (!this.has(name)) return undefined;
    const file = join(this.of(name), RECORD);
    const fault = linkFault(this.of(name)) ?? linkFault(file);
    const record = fault === undefined ? parsed(file) : undefined;
    const must = fault ?? recordFault(record, name);
    if (must === undefined) return record as LabVm;
    const hint = `remove ${this.of(name)}, if nothing runs there`;
    throw new UserError([{ where: file, message: `is no record of the lab: ${must}`, hint }]);
  }

  /** @throws UserError when somebody else could put records and keys there */
  private refuseShared(): void {
    for (const path of [this.path, join(this.path, 'vms')]) {
      const { uid = 0, mode = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
      const owners = [0, process.getuid?.() ?? uid];
      if (owners.includes(uid) && (mode & constants.S_IWOTH) === 0) continue;
      const message = `must be a folder that nobody else can write to, got ${JSON.stringify(path)}`;
      throw new UserError([{ where: 'flag --lab-dir', message, hint: 'a folder of your own' }]);
    }
  }

  /** With its disks. The last one takes the lab's folder with it. */
  remove(name: string): void {
    rmSync(this.of(name), { recursive: true, force: true });
    const vms = join(this.path, 'vms');
    if (existsSync(vms) && readdirSync(vms).length === 0) rmSync(this.path, { recursive: true, force: true });
  }
}
