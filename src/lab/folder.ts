import { accessSync, constants, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Problem, refuse, UserError } from '../errors';
import { readBounded } from '../files/bounded-file';
import { makeFolder } from '../files/make-folder';
import { replaceFile } from '../files/new-file';
import { show } from '../text/show';
import { isProcess, runsCommand } from './process';
import { isSealed, isVmName, type LabVm, makeSealingKey, recordProblem, sealingKey, sealOf } from './record';

export type { LabVm } from './record';

const RECORD = 'vm.json';
/** Of a folder with keys, disks and user data. */
const OWN_FOLDER = 0o700;
/** What the lab keeps beside the VMs: its key. */
export const KEY = 'id_ed25519';

/** Whether the VM's QEMU is there: the very process that was started for it. */
export function runs({ pid, pidStarted, command }: LabVm): boolean {
  return pid !== undefined && isProcess(pid, pidStarted) && runsCommand(pid, command);
}

/**
 * The folder with one folder per VM. It says what is run, killed and deleted, so it counts only where this user alone may write, and each
 * record only when this user's lab made it.
 */
export class LabFolder {
  private readonly vms: string;

  /** @param keyFile of the key that seals records */
  constructor(
    readonly path: string,
    private readonly keyFile = join(homedir(), '.virtwork/lab.key'),
  ) {
    this.vms = join(path, 'vms');
  }

  /** The folder of a VM: its disks, its seed, its console. */
  of(name: string): string {
    return join(this.vms, name);
  }

  /** @throws UserError when nothing can be kept there, or others could change what is */
  prepare(): void {
    refuse(this.problems());
    const others = existsSync(this.vms) ? undefined : namesIn(this.path)[0];
    if (others !== undefined) {
      const message = `must be a lab, or a folder with nothing in it, got ${show(this.path)} with ${show(others)}`;
      throw new UserError([{ where: 'flag --lab-dir', message, hint: `--lab-dir ${join(this.path, 'lab')}` }]);
    }
    try {
      makeFolder(this.path, OWN_FOLDER);
      accessSync(this.path, constants.W_OK | constants.X_OK);
      makeFolder(this.vms, OWN_FOLDER);
      makeSealingKey(this.keyFile);
    } catch (error) {
      const must = 'must be a folder that can be made and written';
      throw new UserError([{ where: 'flag --lab-dir', message: `${must}, got ${show(this.path)}: ${(error as Error).message}` }]);
    }
    if (!sealingKey(this.keyFile)) {
      const message = `must be a file of this user with 32 bytes that nobody else can read: ${show(this.keyFile)}`;
      throw new UserError([
        { where: 'virtwork lab', message, hint: 'delete it: the next lab up makes another one, and no VM of before is known then' },
      ]);
    }
    // A key that is older than every VM is not known to be this user's alone.
    if (this.list().length === 0) this.removeKey();
  }

  /** Makes the folder of a VM and its record. What is in its place and has no record goes: a killed run left it, or somebody put it there. */
  add(vm: LabVm): void {
    makeFolder(this.path, OWN_FOLDER);
    makeFolder(this.vms, OWN_FOLDER);
    rmSync(this.of(vm.name), { recursive: true, force: true });
    mkdirSync(this.of(vm.name), OWN_FOLDER);
    makeSealingKey(this.keyFile);
    this.save(vm);
  }

  /** Written whole, so that whoever looks at the same time sees the old record or the new one. */
  save(vm: LabVm): void {
    const seal = sealOf(vm, realpathSync(this.path), sealingKey(this.keyFile) as Buffer);
    replaceFile(join(this.of(vm.name), RECORD), `${JSON.stringify({ ...vm, seal }, null, 2)}\n`, 0o600);
  }

  has(name: string): boolean {
    return lstatSync(join(this.of(name), RECORD), { throwIfNoEntry: false }) !== undefined;
  }

  /** Names of what looks like VMs, for completion: nothing is read of them. */
  names(): string[] {
    return namesIn(this.vms).filter(isVmName);
  }

  /**
   * Every VM, by name. What a killed `lab test` left is removed on the way.
   * @throws UserError with each record that this user's lab did not make, or that others could have changed; nothing is removed then
   */
  list(): LabVm[] {
    const problems = [...this.problems()];
    const vms = problems.length > 0 ? [] : namesIn(this.vms).flatMap((name) => this.read(name, problems) ?? []);
    refuse(problems);
    const left = vms.filter((vm) => vm.owner !== undefined && !isProcess(vm.owner, vm.ownerStarted) && !runs(vm));
    for (const { name } of left) this.remove(name);
    return vms.filter((vm) => !left.includes(vm));
  }

  /** @throws UserError when there is something that is no VM of this user's lab */
  find(name: string): LabVm | undefined {
    const problems = [...this.problems()];
    const vm = problems.length === 0 && isVmName(name) && this.has(name) ? this.read(name, problems) : undefined;
    refuse(problems);
    return vm;
  }

  /** With its disks. The last one takes the lab along, but nothing that is not the lab's. */
  remove(name: string): void {
    const folder = this.of(name);
    if (!isVmName(name) || lstatSync(this.vms, { throwIfNoEntry: false })?.isDirectory() !== true) return;
    // The logs of a VM that just ended may still be written.
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    if (namesIn(this.vms).length > 0) return;
    rmdirSync(this.vms);
    this.removeKey();
    if (readdirSync(this.path).length === 0) rmdirSync(this.path);
  }

  private removeKey(): void {
    for (const file of [KEY, `${KEY}.pub`]) rmSync(join(this.path, file), { force: true });
  }

  /** Why the folder is none to trust. */
  private problems(): Problem[] {
    if (!existsSync(this.path)) return [];
    // The lab's folder itself may be a link of the user's; nothing in it is one. Into another user's nobody may be able to look.
    const outside = folderProblem(realpathSync(this.path));
    if (outside) return [outside];
    const inside = lstatSync(this.vms, { throwIfNoEntry: false }) && folderProblem(this.vms);
    return inside ? [inside] : [];
  }

  private read(name: string, problems: Problem[]): LabVm | undefined {
    const folder = this.of(name);
    // Whatever else lies there is left alone.
    if (!this.has(name)) return undefined;
    let vm: LabVm | string;
    try {
      vm = isLink(folder) ? 'it is a link' : (folderProblem(folder)?.message ?? this.record(name));
    } catch (error) {
      // Another command has taken it down in the meantime.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    if (typeof vm === 'object') return vm;
    problems.push({
      where: join(folder, RECORD),
      message: `is no record of the lab: ${vm}`,
      hint: `nothing was stopped or deleted. End its QEMU by hand, should it run, and delete ${folder}`,
    });
    return undefined;
  }

  /** @returns the VM, or why the record is none */
  private record(name: string): LabVm | string {
    const file = join(this.of(name), RECORD);
    const stat = lstatSync(file);
    if (!isVmName(name)) return 'its folder has not the name of a VM';
    if (!stat.isFile() || stat.nlink !== 1) return isLink(file) || stat.nlink !== 1 ? 'it is a link' : 'it is no file';
    const content = parsed(file);
    const { seal, ...vm } = { ...(content as object) } as LabVm & { readonly seal?: unknown };
    const problem = recordProblem(Array.isArray(content) ? content : content && vm, name);
    if (problem !== undefined) return problem;
    const key = sealingKey(this.keyFile);
    const isOurs = key && isSealed(vm, seal, realpathSync(this.path), key);
    return isOurs ? vm : 'the lab of this user has not written it, or not in this folder, or it was changed';
  }
}

function isLink(path: string): boolean {
  return lstatSync(path).isSymbolicLink();
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

function namesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder).sort() : [];
}

/** Why somebody else might change what is in a folder. */
function folderProblem(path: string): Problem | undefined {
  const stat = lstatSync(path);
  const [where, user] = ['flag --lab-dir', process.getuid?.()];
  if (!stat.isDirectory()) return { where, message: `must hold folders and no links, got ${show(path)}`, hint: 'a folder of your own' };
  if (stat.uid !== user) {
    return {
      where,
      message: `must be a folder of this user (${user}), got ${show(path)} of user ${stat.uid}`,
      hint: 'a folder of your own',
    };
  }
  if ((stat.mode & (constants.S_IWGRP | constants.S_IWOTH)) === 0) return undefined;
  return { where, message: `must be a folder that nobody else can write to, got ${show(path)}`, hint: `chmod go-w ${path}` };
}
