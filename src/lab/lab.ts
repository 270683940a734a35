import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { UserError } from '../errors';
import { writeNew } from '../files/new-file';
import { guestDisk } from '../guest/guest-disk';
import { userData } from '../guest/user-data';
import { parseBytes } from '../kubernetes/quantity';
import type { GuestOs } from '../options/table';
import type { Plan, RolePlan, VmPlan, WorkloadPlan } from '../plan/plan';
import type { Accelerator } from './accelerator';
import { type Credential, madeUpCredential } from './credential';
import { type LabFolder, type LabVm, runs } from './folder';
import { askHealth, type Health, NOBODY } from './health';
import { foreignImage, type LabImage } from './image';
import { isoImage } from './iso';
import { diskFile, FILES, qemuCommand } from './machine';
import { pause, runProgram, startDetached, startOf, stop } from './process';
import { type Neighbour, writeSeed } from './seed';
import { publicKey } from './ssh';

export interface LabProps {
  readonly plan: Plan;
  readonly folder: LabFolder;
  readonly image: LabImage;
  readonly accelerator: Accelerator;
  /** What guests find that ask a cluster's API. @default one that nobody believes */
  readonly credential?: Credential;
  /** Whether guests reach this machine and its network. @default false */
  readonly outbound?: boolean;
  /** The VMs end when this process does, however it ends. @default they stay until they are taken down */
  readonly owner?: number;
}

/** The account that each system's cloud image makes. */
const USERS: { readonly [os in GuestOs]: string } = {
  debian: 'debian',
  ubuntu: 'ubuntu',
  fedora: 'fedora',
  'centos-stream': 'cloud-user',
  rhel: 'cloud-user',
};
/** Addresses on the link: one network of 254 VMs. */
const NETWORK = '10.77.0';

interface Machine {
  readonly workload: WorkloadPlan;
  readonly role: RolePlan;
  readonly vm: VmPlan;
  readonly address: string;
}

/**
 * Boots every VM of a plan.
 * @throws UserError when one of the names is taken, or when QEMU does not start; nothing is left of this call then
 */
export async function bringUp(props: LabProps): Promise<LabVm[]> {
  const { plan, folder } = props;
  const machines = plan.workloads
    .flatMap((workload) => workload.roles.flatMap((role) => role.vms.map((vm) => ({ workload, role, vm }))))
    .map((each, index) => ({ ...each, address: `${NETWORK}.${index + 1}` }));
  refuseTaken(folder, machines);
  folder.prepare();
  const ports = await freePorts(machines.length * 2 + 1);
  const [linkPort = 0, ...others] = ports;
  const names = machines.map(({ vm }) => vm.name);
  try {
    const vms: LabVm[] = [];
    for (const [index, machine] of machines.entries()) {
      const record = await prepare(props, machine, {
        linkPort,
        sshPort: others[index * 2] as number,
        healthPort: machine.role.healthPort === 0 ? 0 : (others[index * 2 + 1] as number),
        neighbours: neighboursOf(machines),
      });
      vms.push(await start(folder, record));
    }
    return vms;
  } catch (error) {
    await takeDown(folder, names);
    throw error;
  }
}

function refuseTaken(folder: LabFolder, machines: readonly Machine[]): void {
  folder.list();
  const problems = machines
    .filter(({ vm }) => folder.has(vm.name))
    .map(({ vm }) => ({ where: 'virtwork lab', message: `there is a VM ${vm.name} already`, hint: `virtwork lab down ${vm.name}` }));
  if (machines.length > 254)
    problems.push({ where: 'virtwork lab', message: `must be at most 254 VMs, got ${machines.length}`, hint: '--vm-count' });
  if (problems.length > 0) throw new UserError(problems);
}

/** Names as a cluster's DNS has them: of every VM, and of a Service the first VM behind it. */
function neighboursOf(machines: readonly Machine[]): Neighbour[] {
  return machines.map(({ workload, role, vm, address }) => {
    const services = workload.services.filter((service) => !service.headless && (service.role === undefined || service.role === role.role));
    const first = role.vms[0] === vm && (role.role !== undefined || workload.roles[0] === role);
    return { address, names: [vm.name, ...(first ? services.map((service) => service.name) : [])] };
  });
}

interface Wiring {
  readonly linkPort: number;
  readonly sshPort: number;
  readonly healthPort: number;
  readonly neighbours: readonly Neighbour[];
}

async function prepare(props: LabProps, machine: Machine, wiring: Wiring): Promise<LabVm> {
  const { folder, image, accelerator, owner, outbound = false } = props;
  const { role, vm, address } = machine;
  const home = folder.of(vm.name);
  const [outMac, linkMac] = [hardwareAddress(vm, 'out'), hardwareAddress(vm, 'link')];
  const { accel, sandbox } = accelerator;
  const command = qemuCommand({ role, vm, image, accel, sandbox, outbound, outMac, linkMac, ...wiring });
  const record: LabVm = {
    name: vm.name,
    workload: role.workload,
    role: role.role ?? 'workload',
    ...(owner === undefined ? {} : { owner, ownerStarted: startOf(owner) }),
    accelerator: accelerator.accel.split(',')[0] as string,
    image: image.root,
    user: USERS[role.guest.os],
    sshPort: wiring.sshPort,
    healthPort: wiring.healthPort,
    address,
    diskNames: role.disks.map((disk) => disk.name),
    // Should the owner be killed, the kernel kills the VM: no code of the owner's runs any more then.
    command: owner === undefined ? command : ['setpriv', '--pdeathsig', 'KILL', ...command],
  };
  // First of all, so that whatever ends this here leaves nothing that nobody knows of.
  folder.add(record);
  writeSeed(join(home, FILES.seed), {
    vm: vm.name,
    namespace: role.namespace,
    userData: userData(role),
    publicKey: await publicKey(folder),
    outMac,
    linkMac,
    address,
    neighbours: wiring.neighbours,
    outbound,
  });
  for (const disk of role.disks) {
    const file = join(home, diskFile(disk));
    writeNew(file, [], 0o600);
    truncateSync(file, Number(parseBytes(disk.size)));
  }
  if (role.credential) {
    const credential = props.credential ?? madeUpCredential(role.namespace);
    writeNew(join(home, FILES.access), [isoImage(credential)], 0o600);
  }
  writeNew(join(home, FILES.guest), [isoImage(guestDisk(role.guestDisk.files))], 0o600);
  await freshRoot(folder, record, image.format);
  return record;
}

/** A root disk as the image has it: what a VM on a container disk gets at every start. */
async function freshRoot(folder: LabFolder, { name, image }: LabVm, format: string): Promise<void> {
  const root = join(folder.of(name), FILES.root);
  // Not written over: whatever it has become, nothing of it stays. Its SSH key is another one then.
  for (const file of [root, join(folder.of(name), FILES.knownHosts)]) rmSync(file, { force: true });
  const args = ['create', '-q', '-f', 'qcow2', '-b', image, '-F', format, root];
  const { code, stderr } = await runProgram('qemu-img', args);
  if (code !== 0) throw new UserError([{ where: name, message: `qemu-img failed: ${stderr.trim()}` }]);
}

/** Starts QEMU and waits for a moment whether it stays. */
async function start(folder: LabFolder, vm: LabVm): Promise<LabVm> {
  const home = folder.of(vm.name);
  const pid = startDetached(vm.command, home, { out: join(home, FILES.console), error: join(home, FILES.qemuLog) });
  const started = { ...vm, pid, pidStarted: pid === undefined ? undefined : startOf(pid) };
  folder.save(started);
  await pause(500);
  if (!runs(started)) throw new UserError([{ where: vm.name, message: `QEMU does not start: ${await qemuSays(folder, vm)}` }]);
  return started;
}

/** The log has a writer of its own, which may come later than the end. */
async function qemuSays(folder: LabFolder, { name }: LabVm): Promise<string> {
  const file = join(folder.of(name), FILES.qemuLog);
  for (let waited = 0; waited < 2000; waited += 100) {
    const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    if (text) return text;
    await pause(100);
  }
  return 'it says nothing';
}

/** Stops VMs and removes their disks. Those that are not there are no problem. */
export async function takeDown(folder: LabFolder, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const vm = folder.find(name);
    if (vm === undefined) continue;
    await stopped(vm);
    folder.remove(name);
  }
}

/** Starts VMs again as KubeVirt does on a container disk: a fresh root, the data disks as they were. */
export async function restart(folder: LabFolder, vms: readonly LabVm[]): Promise<LabVm[]> {
  const started: LabVm[] = [];
  for (const vm of vms) {
    await stopped(vm);
    await freshRoot(folder, vm, vm.command.includes('-kernel') ? 'raw' : (await foreignImage(vm.image)).format);
    started.push(await start(folder, vm));
  }
  return started;
}

async function stopped(vm: LabVm): Promise<void> {
  if (vm.pid !== undefined) await stop(vm.pid, () => runs(vm));
}

export type State = 'stopped' | 'booting' | 'unhealthy' | 'healthy' | 'running';

/** A VM and how it is. */
export interface Standing {
  readonly vm: LabVm;
  readonly state: State;
  /** What the guest says of its units. */
  readonly health: Health;
}

/** A VM of which nothing else is known than that it was started. */
export function booting(vm: LabVm): Standing {
  return { vm, state: 'booting', health: NOBODY };
}

export async function standingOf(vm: LabVm): Promise<Standing> {
  if (!runs(vm)) return { vm, state: 'stopped', health: NOBODY };
  if (vm.healthPort === 0) return { vm, state: 'running', health: NOBODY };
  const health = await askHealth(vm.healthPort);
  return { vm, state: stateOf(health), health };
}

function stateOf({ status, wrong }: Health): State {
  if (wrong) return 'unhealthy';
  return status === 200 ? 'healthy' : status === 0 ? 'booting' : 'unhealthy';
}

export interface Patience {
  /** Milliseconds until it gives up. */
  readonly timeout: number;
  /** Milliseconds for which all have to stay healthy, so that a unit that dies again and again is found out. */
  readonly settle: number;
  readonly report: (standings: readonly Standing[]) => void;
  /** Ends the wait at once. */
  readonly signal: AbortSignal;
}

/**
 * Waits until every VM is healthy and stays so for a while, or the time is over, or one has stopped.
 * @returns how they are; nothing when it was aborted
 */
export async function waitHealthy(vms: readonly LabVm[], { timeout, settle, report, signal }: Patience): Promise<Standing[]> {
  const deadline = Date.now() + timeout;
  let since: number | undefined;
  const aborted = whenAborted(signal);
  report(vms.map(booting));
  for (;;) {
    const standings = await Promise.race([Promise.all(vms.map(standingOf)), aborted]);
    if (standings === undefined) return [];
    report(standings);
    const good = standings.every(({ state }) => state === 'healthy' || state === 'running');
    since = good ? (since ?? Date.now()) : undefined;
    const settled = since !== undefined && Date.now() - since >= settle;
    if (settled || Date.now() >= deadline || standings.some(({ state }) => state === 'stopped')) return standings;
    await pause(1000);
  }
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** Locally administered, and the same for the same VM. */
function hardwareAddress({ uuid }: VmPlan, card: string): string {
  const digits = createHash('sha256').update(`${uuid}/${card}`).digest('hex').slice(0, 6);
  return `52:54:00:${digits.match(/../g)?.join(':')}`;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<Server>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
