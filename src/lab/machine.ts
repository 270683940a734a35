import { parseBytes } from '../kubernetes/quantity';
import type { CredentialPlan, DiskPlan, DrivePlan, GuestDiskPlan, RolePlan, VmPlan } from '../plan/plan';
import type { LabImage } from './image';

/** The parts of a role that a VM has. */
export interface MachineRole extends Pick<RolePlan, 'memory' | 'cpuCores' | 'healthPort' | 'machine' | 'drive'> {
  readonly disks: readonly Pick<DiskPlan, 'name' | 'serial' | 'errorPolicy'>[];
  readonly credential?: Pick<CredentialPlan, 'serial'>;
  readonly guestDisk: Pick<GuestDiskPlan, 'serial'>;
}

export interface MachineProps {
  readonly role: MachineRole;
  readonly vm: VmPlan;
  readonly image: LabImage;
  readonly accel: string;
  /** QEMU options that block system calls. @default none */
  readonly sandbox?: readonly string[];
  /** Whether the guest reaches this machine and its network. @default false */
  readonly outbound?: boolean;
  /** Address of this machine whose ports are forwarded to the guest. @default 127.0.0.1 */
  readonly forwardFrom?: string;
  /** 0: SSH is not forwarded. */
  readonly sshPort: number;
  /** 0: no health endpoint. */
  readonly healthPort: number;
  readonly outMac: string;
  readonly linkMac: string;
  /** UDP port of the multicast group for the link. */
  readonly linkPort: number;
  /** Cards in secondary networks. @default none */
  readonly others?: readonly Card[];
}

/** A card in a secondary network. */
export interface Card {
  readonly mac: string;
  readonly model?: string;
  /** Number of the network, from 1: VMs with the same number are in one. */
  readonly network: number;
}

/** What a VM gets whose instancetype is known only in a cluster. */
export const UNKNOWN = { cpuCores: 2, memory: '2Gi' } as const;

/** Files in the folder of a VM. */
export const FILES = {
  root: 'root.qcow2',
  seed: 'seed',
  access: 'access.iso',
  guest: 'guest.iso',
  console: 'console.log',
  qmp: 'qmp',
  agent: 'agent',
  qemuLog: 'qemu.log',
  knownHosts: 'known_hosts',
} as const;

export function diskFile({ name }: Pick<DiskPlan, 'name'>): string {
  return `disk-${name}.img`;
}

/** The QEMU command line for a VM as in the manifests. Run it in the VM's folder. */
export function qemuCommand(props: MachineProps): string[] {
  const { role, vm, accel, sandbox = [] } = props;
  const memory = Number((parseBytes(role.memory ?? UNKNOWN.memory) as bigint) >> 20n);
  const { cpuCores = UNKNOWN.cpuCores, drive: drives = {} } = role;
  const { sockets, cores, threads } = role.machine?.cpu ?? { sockets: cpuCores, cores: 1, threads: 1 };
  return [
    'qemu-system-x86_64',
    ...['-nodefaults', '-no-user-config', '-display', 'none', ...sandbox],
    ...['-name', `${vm.name},process=virtwork-lab`],
    ...['-machine', 'q35', '-accel', accel, '-cpu', 'max'],
    ...['-smp', `cpus=${cpuCores},sockets=${sockets},cores=${cores},threads=${threads}`, '-m', `${memory}M`],
    ...['-uuid', vm.uuid, '-smbios', `type=1,uuid=${vm.uuid},serial=${vm.uuid}`],
    ...boot(props),
    // The same order as in the manifests: root, cloud-init, data, credential, guest disk.
    ...drive('root', `file=${FILES.root},format=qcow2,cache=unsafe,discard=unmap`),
    ...drive('seed', `driver=vvfat,dir=${FILES.seed},label=cidata,read-only=on`),
    ...controllers(role),
    ...role.disks.flatMap((disk, index) => [
      '-drive',
      `if=none,id=${disk.name},file=${diskFile(disk)},format=raw${modesOf(drives)}`,
      '-device',
      `${DEVICES[drives.bus ?? 'virtio'](index)},drive=${disk.name},serial=${disk.serial}${policyOf(disk)}`,
    ]),
    ...(role.credential ? drive('access', `file=${FILES.access},format=raw,read-only=on`, role.credential.serial) : []),
    ...drive('guest', `file=${FILES.guest},format=raw,read-only=on`, role.guestDisk.serial),
    ...outward(props),
    ...link(props),
    ...secondary(props),
    ...(role.machine?.rng === false ? [] : ['-object', 'rng-random,id=rng,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng']),
    // As for every VM of KubeVirt: the channel of the guest agent.
    ...['-chardev', `socket,id=agent,path=${FILES.agent},server=on,wait=off`],
    ...['-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
    // To the process that started QEMU, which limits the size of the log.
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-qmp', `unix:${FILES.qmp},server=on,wait=off`],
  ];
}

function boot({ image: { kernel, initrd }, accel }: MachineProps): string[] {
  if (kernel === undefined || initrd === undefined) return [];
  // Emulation translates code once per address. With the same addresses in every process, programs start several times faster.
  const fixed = accel.startsWith('tcg') ? ' norandmaps' : '';
  return ['-kernel', kernel, '-initrd', initrd, '-append', `root=/dev/vda rw console=ttyS0${fixed}`];
}

/** QEMU's names. As libvirt does, `enospace` is about writing alone: an error of reading is reported. */
function policyOf({ errorPolicy }: Pick<DiskPlan, 'errorPolicy'>): string {
  if (errorPolicy === undefined) return '';
  return errorPolicy === 'enospace' ? ',werror=enospc,rerror=report' : `,werror=${errorPolicy},rerror=${errorPolicy}`;
}

function drive(name: string, options: string, serial?: string): string[] {
  return [
    '-drive',
    `if=none,id=${name},${options}`,
    '-device',
    `virtio-blk-pci,drive=${name}${serial === undefined ? '' : `,serial=${serial}`}`,
  ];
}

/** Disks on one SATA controller. */
const SATA_PORTS = 6;

/** A disk on a bus, by its index among the data disks. */
const DEVICES = {
  virtio: () => 'virtio-blk-pci',
  scsi: () => 'scsi-hd,bus=scsi.0',
  sata: (index: number) => `ide-hd,bus=sata${Math.floor(index / SATA_PORTS)}.${index % SATA_PORTS}`,
} as const;

function controllers({ disks, drive: { bus } = {} }: MachineRole): string[] {
  if (disks.length === 0) return [];
  if (bus === 'scsi') return ['-device', 'virtio-scsi-pci,id=scsi'];
  if (bus !== 'sata') return [];
  return disks.flatMap((_, index) => (index % SATA_PORTS === 0 ? ['-device', `ich9-ahci,id=sata${index / SATA_PORTS}`] : []));
}

/** Cache and I/O mode. QEMU has native I/O only without a cache, which KubeVirt then chooses too. */
function modesOf({ cache, io, discard = true }: DrivePlan): string {
  const mode = cache ?? (io === 'native' ? 'none' : undefined);
  return [discard ? ',discard=unmap' : '', mode === undefined ? '' : `,cache=${mode}`, io === undefined ? '' : `,aio=${io}`].join('');
}

/**
 * The network card to the outside, with the forwarded ports of this machine. No IPv6, because some versions do not apply `restrict` to it.
 */
function outward({ forwardFrom = '127.0.0.1', sshPort, healthPort, role, outMac, outbound = false }: MachineProps): string[] {
  const forward = (port: number, guestPort: number) => (port === 0 ? [] : [`hostfwd=tcp:${forwardFrom}:${port}-:${guestPort}`]);
  const forwards = [...forward(sshPort, 22), ...forward(healthPort, role.healthPort)];
  return [
    '-netdev',
    ['user', 'id=out', `restrict=${outbound ? 'off' : 'on'}`, 'ipv6=off', ...forwards].join(),
    '-device',
    `virtio-net-pci,netdev=out,mac=${outMac}`,
  ];
}

/** The network card on the link, a network of the VMs of one `lab up` on this machine's loopback. */
function link({ linkMac, linkPort }: MachineProps): string[] {
  return [
    '-netdev',
    `socket,id=link,mcast=239.77.0.1:${linkPort},localaddr=127.0.0.1`,
    '-device',
    `virtio-net-pci,netdev=link,mac=${linkMac}`,
  ];
}

/** Networks of the same VMs, next to the link: a multicast group each. */
function secondary({ linkPort, others = [] }: MachineProps): string[] {
  return others.flatMap(({ mac, model = 'virtio', network }, index) => [
    '-netdev',
    `socket,id=net${index},mcast=239.77.1.${network}:${linkPort},localaddr=127.0.0.1`,
    '-device',
    `${model === 'virtio' ? 'virtio-net-pci' : model},netdev=net${index},mac=${mac}`,
  ]);
}
