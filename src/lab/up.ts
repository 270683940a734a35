import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../errors';
import { writeNew } from '../files/new-file';
import { guestDisk } from '../guest/guest-disk';
import { userData } from '../guest/user-data';
import { parseBytes } from '../kubernetes/quantity';
import type { GuestOs } from '../options/table';
import type { Plan } from '../plan/plan';
import type { Accelerator } from './accelerator';
import { type Credential, madeUpCredential } from './credential';
import type { LabFolder, LabVm } from './folder';
import type { LabImage } from './image';
import { isoImage } from './iso';
import { diskFile, FILES, qemuCommand } from './machine';
import { tooManyVms, vmExists } from './messages';
import {
  freePorts,
  hardwareAddress,
  type Machine,
  MOST_VMS,
  machinesOf,
  type Neighbor,
  neighborsOf,
  otherCards,
  otherNetworks,
} from './network';
import { startOf } from './process';
import { writeSeed } from './seed';
import { publicKey } from './ssh';
import { freshRoot, startVm, takeDown } from './vm';

export interface LabProps {
  readonly plan: Plan;
  readonly folder: LabFolder;
  readonly image: LabImage;
  readonly accelerator: Accelerator;
  /** For guests that call a cluster's API. @default a made-up one, for an API that does not answer */
  readonly credential?: Credential;
  /** Whether guests reach this machine and its network. @default false */
  readonly outbound?: boolean;
  /** Process ID. The VMs end with this process, however it ends. @default the VMs run until they are taken down */
  readonly owner?: number;
}

/** The default account of each system's cloud image. */
const USERS: { readonly [os in GuestOs]: string } = {
  debian: 'debian',
  ubuntu: 'ubuntu',
  fedora: 'fedora',
  'centos-stream': 'cloud-user',
  rhel: 'cloud-user',
};

/**
 * Boots all VMs of a plan.
 * @throws UserError when a name is taken or QEMU does not start; removes all VMs of this call then
 */
export async function bringUp(props: LabProps): Promise<LabVm[]> {
  const { plan, folder } = props;
  const machines = machinesOf(plan.workloads);
  refuseTaken(folder, machines);
  folder.prepare();
  const [linkPort = 0, ...others] = await freePorts(machines.length * 2 + 1);
  const neighbors = neighborsOf(machines);
  const networks = otherNetworks(machines);
  try {
    const vms: LabVm[] = [];
    for (const [index, machine] of machines.entries()) {
      const sshPort = others[index * 2] as number;
      const healthPort = machine.role.healthPort === 0 ? 0 : (others[index * 2 + 1] as number);
      const record = await prepare(props, machine, { linkPort, sshPort, healthPort, neighbors, networks });
      vms.push(await startVm(folder, record));
    }
    return vms;
  } catch (error) {
    await takeDown(
      folder,
      machines.map(({ vm }) => vm.name),
    );
    throw error;
  }
}

function refuseTaken(folder: LabFolder, machines: readonly Machine[]): void {
  // Removes what a killed `lab test` left.
  folder.list();
  refuse([
    ...machines.filter(({ vm }) => folder.has(vm.name)).map(({ vm }) => vmExists(vm.name)),
    ...(machines.length > MOST_VMS ? [tooManyVms(MOST_VMS, machines.length)] : []),
  ]);
}

interface Wiring {
  /** UDP port of the link. */
  readonly linkPort: number;
  readonly sshPort: number;
  /** 0: no health endpoint. */
  readonly healthPort: number;
  readonly neighbors: readonly Neighbor[];
  /** Numbers of the secondary networks. */
  readonly networks: ReadonlyMap<string, number>;
}

/** Creates the folder of a VM with its record and all of its disks. */
async function prepare(props: LabProps, machine: Machine, wiring: Wiring): Promise<LabVm> {
  const { folder, image, accelerator, outbound = false } = props;
  const { role, vm, address } = machine;
  const [outMac, linkMac] = [hardwareAddress(vm, 'out'), hardwareAddress(vm, 'link')];
  const { accel, sandbox } = accelerator;
  const { others, ethernets } = otherCards(machine, wiring.networks);
  const command = qemuCommand({ role, vm, image, accel, sandbox, outbound, outMac, linkMac, others, ...wiring });
  const record = recordOf(props, machine, wiring, command);
  // First of all, so that the lab knows everything that an interrupted call leaves.
  folder.add(record);
  writeSeed(join(folder.of(vm.name), FILES.seed), {
    vm: vm.name,
    namespace: role.namespace,
    userData: userData(role),
    publicKey: await publicKey(folder),
    outMac,
    linkMac,
    address,
    neighbors: wiring.neighbors,
    others: ethernets,
    allModules: role.guest.preparation !== undefined || role.guest.extraUserData !== undefined,
    outbound,
  });
  createDisks(props, machine);
  await freshRoot(folder, record, image.format);
  return record;
}

function recordOf(
  { image, accelerator, owner }: LabProps,
  { role, vm, address }: Machine,
  wiring: Wiring,
  command: readonly string[],
): LabVm {
  return {
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
    ...(role.trials ? { trialNames: role.trials.list.map(({ name }) => name) } : {}),
    // When the owner is killed, it cannot stop the VM: the kernel does.
    command: owner === undefined ? [...command] : ['setpriv', '--pdeathsig', 'KILL', ...command],
  };
}

/** Creates the data disks, the disk of the credential and the guest disk. */
function createDisks({ folder, credential }: LabProps, { role, vm }: Machine): void {
  const home = folder.of(vm.name);
  for (const disk of role.disks) {
    const file = join(home, diskFile(disk));
    writeNew(file, [], 0o600);
    truncateSync(file, Number(parseBytes(disk.size)));
  }
  if (role.credential) writeNew(join(home, FILES.access), [isoImage(credential ?? madeUpCredential(role.namespace))], 0o600);
  writeNew(join(home, FILES.guest), [isoImage(guestDisk(role.guestDisk.files))], 0o600);
}
