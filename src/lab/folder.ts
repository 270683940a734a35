import { accessSync, constants, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Problem, refuse, UserError } from '../errors';
import { readBounded } from '../files/bounded-file';
import { makeFolder } from '../files/make-folder';
import { replaceFile } from '../files/new-file';
import {
  FOLDER_NOT_A_VM,
  folderForOthers,
  folderNotWritable,
  folderOfOthers,
  IS_A_LINK,
  keyNotPrivate,
  NOT_A_FILE,
  NOT_SEALED,
  notAFolder,
  notALab,
  recordRejected,
} from './messages';
import { isProcess, runsCommand } from './process';
import { isSealed, isVmName, type LabVm, makeSealingKey, recordProblem, sealingKey, sealOf } from './record';

export type { LabVm } from './record';

const RECORD = 'vm.json';
/** Mode of folders with keys, disks and user data. */
const OWN_FOLDER = 0o700;
/** The lab's SSH key, next to the VMs. */
export const KEY = 'id_ed25519';

/** Whether the VM's QEMU runs: the same process that the lab started. */
export function runs({ pid, pidStarted, command }: LabVm): boolean {
  return pid !== undefined && isProcess(pid, pidStarted) && runsCommand(pid, command);
}

/**
 * The folder with one folder per VM. It decides what is run, killed and deleted. So only this user may be able to write to it, and each
 * record must be from this user's lab.
 */
export class LabFolder {
  private readonly vms: string;

  /** @param keyFile file of the key that seals records */
  constructor(
    readonly path: string,
    private readonly keyFile = join(homedir(), '.virtwork/lab.key'),
  ) {
    this.vms = join(path, 'vms');
  }

  /** The folder of a VM with its disks, its seed and its console. */
  of(name: string): string {
    return join(this.vms, name);
  }

  /** @throws UserError when the folder cannot be written, or other users can write to it */
  prepare(): void {
    refuse(this.problems());
    const others = existsSync(this.vms) ? undefined : namesIn(this.path)[0];
    if (others !== undefined) throw new UserError([notALab(this.path, others, join(this.path, 'lab'))]);
    try {
      makeFolder(this.path, OWN_FOLDER);
      accessSync(this.path, constants.W_OK | constants.X_OK);
      makeFolder(this.vms, OWN_FOLDER);
      makeSealingKey(this.keyFile);
    } catch (error) {
      throw new UserError([folderNotWritable(this.path, (error as Error).message)]);
    }
    if (!sealingKey(this.keyFile)) throw new UserError([keyNotPrivate(this.keyFile)]);
    // An SSH key that is older than all VMs may be known to others.
    if (this.list().length === 0) this.removeKey();
  }

  /** Creates the folder of a VM and its record. Deletes a folder without a record in its place, such as one that a killed run left. */
  add(vm: LabVm): void {
    makeFolder(this.path, OWN_FOLDER);
    makeFolder(this.vms, OWN_FOLDER);
    rmSync(this.of(vm.name), { recursive: true, force: true });
    mkdirSync(this.of(vm.name), OWN_FOLDER);
    makeSealingKey(this.keyFile);
    this.save(vm);
  }

  /** Replaces the record in one step, so that a concurrent command reads the old record or the new one. */
  save(vm: LabVm): void {
    const seal = sealOf(vm, realpathSync(this.path), sealingKey(this.keyFile) as Buffer);
    replaceFile(join(this.of(vm.name), RECORD), `${JSON.stringify({ ...vm, seal }, null, 2)}\n`, 0o600);
  }

  has(name: string): boolean {
    return lstatSync(join(this.of(name), RECORD), { throwIfNoEntry: false }) !== undefined;
  }

  /** Names of folders that may be VMs, for completion. Reads no records. */
  names(): string[] {
    return namesIn(this.vms).filter(isVmName);
  }

  /**
   * All VMs, sorted by name. Removes what a killed `lab test` left.
   * @throws UserError with each record that is not from this user's lab, or that others could have changed; removes nothing then
   */
  list(): LabVm[] {
    const problems = [...this.problems()];
    const vms = problems.length > 0 ? [] : namesIn(this.vms).flatMap((name) => this.read(name, problems) ?? []);
    refuse(problems);
    const left = vms.filter((vm) => vm.owner !== undefined && !isProcess(vm.owner, vm.ownerStarted) && !runs(vm));
    for (const { name } of left) this.remove(name);
    return vms.filter((vm) => !left.includes(vm));
  }

  /** @throws UserError when a record has this name but is not from this user's lab */
  find(name: string): LabVm | undefined {
    const problems = [...this.problems()];
    const vm = problems.length === 0 && isVmName(name) && this.has(name) ? this.read(name, problems) : undefined;
    refuse(problems);
    return vm;
  }

  /** Removes a VM with its disks, and with the last VM the lab itself. Keeps files that are not of the lab. */
  remove(name: string): void {
    const folder = this.of(name);
    if (!isVmName(name) || lstatSync(this.vms, { throwIfNoEntry: false })?.isDirectory() !== true) return;
    // The writers of the logs may still run for a moment after the VM.
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    if (namesIn(this.vms).length > 0) return;
    rmdirSync(this.vms);
    this.removeKey();
    if (readdirSync(this.path).length === 0) rmdirSync(this.path);
  }

  private removeKey(): void {
    for (const file of [KEY, `${KEY}.pub`]) rmSync(join(this.path, file), { force: true });
  }

  /** Why the folder is not trusted. */
  private problems(): Problem[] {
    if (!existsSync(this.path)) return [];
    // The folder itself may be a link; nothing in it may be one. Look into it only if it is the user's.
    const outside = folderProblem(realpathSync(this.path));
    if (outside) return [outside];
    const inside = lstatSync(this.vms, { throwIfNoEntry: false }) && folderProblem(this.vms);
    return inside ? [inside] : [];
  }

  private read(name: string, problems: Problem[]): LabVm | undefined {
    const folder = this.of(name);
    // Other files and folders are ignored.
    if (!this.has(name)) return undefined;
    let vm: LabVm | string;
    try {
      vm = isLink(folder) ? IS_A_LINK : (folderProblem(folder)?.message ?? this.record(name));
    } catch (error) {
      // Another command took the VM down in the meantime.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    if (typeof vm === 'object') return vm;
    problems.push(recordRejected(join(folder, RECORD), folder, vm));
    return undefined;
  }

  /** @returns the VM, or why the record is not valid */
  private record(name: string): LabVm | string {
    const file = join(this.of(name), RECORD);
    const stat = lstatSync(file);
    if (!isVmName(name)) return FOLDER_NOT_A_VM;
    if (!stat.isFile() || stat.nlink !== 1) return isLink(file) || stat.nlink !== 1 ? IS_A_LINK : NOT_A_FILE;
    const content = parsed(file);
    const { seal, ...vm } = { ...(content as object) } as LabVm & { readonly seal?: unknown };
    const problem = recordProblem(Array.isArray(content) ? content : content && vm, name);
    if (problem !== undefined) return problem;
    const key = sealingKey(this.keyFile);
    const isOurs = key && isSealed(vm, seal, realpathSync(this.path), key);
    return isOurs ? vm : NOT_SEALED;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path).isSymbolicLink();
}

/** @returns undefined for a file that is not JSON */
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

/** Why other users may be able to change a folder. */
function folderProblem(path: string): Problem | undefined {
  const stat = lstatSync(path);
  const user = process.getuid?.();
  if (!stat.isDirectory()) return notAFolder(path);
  if (stat.uid !== user) return folderOfOthers(path, user, stat.uid);
  return (stat.mode & (constants.S_IWGRP | constants.S_IWOTH)) === 0 ? undefined : folderForOthers(path);
}
