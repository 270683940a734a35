import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { type LabFolder, type LabVm, runs } from './folder';
import { foreignImage } from './image';
import { FILES } from './machine';
import { programFailed, qemuFailed } from './messages';
import { pause, runProgram, startDetached, startOf, stop } from './process';

/** Creates a new root disk on top of the image, as a VM on a container disk gets one at every start. */
export async function freshRoot(folder: LabFolder, { name, image }: LabVm, format: string): Promise<void> {
  const root = join(folder.of(name), FILES.root);
  // Deleted, not overwritten, so that nothing of the old disk stays. The SSH host key changes with it.
  for (const file of [root, join(folder.of(name), FILES.knownHosts)]) rmSync(file, { force: true });
  await newRoot(root, { name, image, format });
}

/** Creates a root disk that stores the differences to an image. */
export async function newRoot(file: string, { name, image, format }: { name: string; image: string; format: string }): Promise<void> {
  const { code, stderr } = await runProgram('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image, '-F', format, file]);
  if (code !== 0) throw new UserError([programFailed(name, 'qemu-img', stderr.trim())]);
}

/**
 * Starts QEMU and checks after a moment that it runs.
 * @throws UserError with what QEMU printed
 */
export async function startVm(folder: LabFolder, vm: LabVm): Promise<LabVm> {
  const home = folder.of(vm.name);
  const pid = startDetached(vm.command, home, { out: join(home, FILES.console), error: join(home, FILES.qemuLog) });
  const started = { ...vm, pid, pidStarted: pid === undefined ? undefined : startOf(pid) };
  folder.save(started);
  await pause(500);
  if (!runs(started)) throw new UserError([qemuFailed(vm.name, await qemuLog(folder, vm))]);
  return started;
}

/** Waits for the log: its writer may finish later than QEMU. */
async function qemuLog(folder: LabFolder, { name }: LabVm): Promise<string> {
  const file = join(folder.of(name), FILES.qemuLog);
  for (let waited = 0; waited < 2000; waited += 100) {
    const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    if (text) return text;
    await pause(100);
  }
  return '';
}

/** Stops VMs and removes their disks. Ignores names without a VM. */
export async function takeDown(folder: LabFolder, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const vm = folder.find(name);
    if (vm === undefined) continue;
    await stopVm(vm);
    folder.remove(name);
  }
}

/**
 * Starts VMs again with the same data disks.
 * @param keepRoot whether the root disk is kept too, as by KubeVirt with a data volume; a container disk is new at every start
 */
export async function restart(folder: LabFolder, vms: readonly LabVm[], keepRoot: boolean): Promise<LabVm[]> {
  const started: LabVm[] = [];
  for (const vm of vms) {
    await stopVm(vm);
    if (!keepRoot) await freshRoot(folder, vm, vm.command.includes('-kernel') ? 'raw' : (await foreignImage(vm.image)).format);
    started.push(await startVm(folder, vm));
  }
  return started;
}

async function stopVm(vm: LabVm): Promise<void> {
  if (vm.pid !== undefined) await stop(vm.pid, () => runs(vm));
}
