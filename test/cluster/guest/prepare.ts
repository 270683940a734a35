import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { writeNew } from '../../../src/files/new-file';
import { findAccelerator } from '../../../src/lab/accelerator';
import { builtImage, type LabImage } from '../../../src/lab/image';
import { isoImage } from '../../../src/lab/iso';
import { diskFile, FILES, qemuCommand } from '../../../src/lab/machine';
import { hardwareAddress } from '../../../src/lab/network';
import { writeSeed } from '../../../src/lab/seed';
import { newRoot } from '../../../src/lab/vm';
import type { DiskPlan } from '../../../src/plan/plan';

/** What the simulated virt-handler knows of a guest. */
export interface Order {
  /** A folder to create, for the disks and sockets of the guest. */
  readonly folder: string;
  /** The folder with the images of the lab. */
  readonly images: string;
  readonly vmi: Vmi;
  /** Secrets of the volumes by name, in base64 as in the API. */
  readonly secrets: { readonly [name: string]: { readonly [key: string]: string } };
  /** Disks of the persistent volume claims by name. The files are kept between guests; those that do not exist are created. */
  readonly claims: { readonly [name: string]: { readonly file: string; readonly size: number } };
  /** IP address of the launcher pod: the guest's own on the link, and the one whose health port is forwarded. */
  readonly address: string;
  /** Bits of the pod network. */
  readonly prefix: number;
  readonly linkPort: number;
  readonly dns: { readonly server: string; readonly search: readonly string[] };
}

/** The fields of a VirtualMachineInstance that a guest depends on. */
export interface Vmi {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly domain: {
      readonly cpu?: { readonly cores?: number; readonly sockets?: number; readonly threads?: number };
      readonly memory?: { readonly guest?: string };
      readonly firmware?: { readonly uuid?: string };
      readonly devices: { readonly disks: readonly Device[] };
    };
    readonly volumes: readonly Volume[];
    readonly readinessProbe?: { readonly httpGet?: { readonly port: number } };
  };
}

interface Device extends Pick<DiskPlan, 'errorPolicy'> {
  readonly name: string;
  readonly serial?: string;
}

interface Volume {
  readonly name: string;
  readonly containerDisk?: object;
  readonly cloudInitNoCloud?: { readonly secretRef?: { readonly name: string } };
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly dataVolume?: { readonly name: string };
  readonly secret?: { readonly secretName: string };
}

interface Disk extends Volume, Device {
  readonly serial: string;
}

/** A guest that is ready to start. */
export interface Prepared {
  /** The command line of QEMU, to run in the folder of the guest. */
  readonly command: readonly string[];
  /** The disks of the instance, by the names of QEMU. */
  readonly drives: { readonly [name: string]: string };
  /** The path of the balloon in QEMU. */
  readonly balloon: string;
  readonly taps: readonly Tap[];
}

/** A FIFO to create in the folder of the guest. QEMU writes the heads of all frames of a network card into it, in the format of libpcap. */
export interface Tap {
  readonly file: string;
  /** Hardware address of the card. */
  readonly card: string;
  /** From the guest, or to it. */
  readonly sent: boolean;
}

/** The serial number of the disk with the files that all guests share. */
const GUEST_DISK = 'virtwork-guest';

/**
 * Creates the disks of a guest as KubeVirt does from a VirtualMachineInstance, with the image of the lab in place of its container disk.
 * @throws Error for what the test bed cannot give a guest
 */
export async function prepare(order: Order): Promise<Prepared> {
  const { folder, vmi, address } = order;
  const [root, ...others] = disksOf(vmi) as [Disk, ...Disk[]];
  const userData = userDataOf(order, others);
  const image = imageFor(order, userData);
  const { guestDisk, credential } = secretsOf(others);
  const disks = others.filter(claimOf);
  const vm = { name: vmi.metadata.name, uuid: vmi.spec.domain.firmware?.uuid ?? '' };
  const [outMac, linkMac] = [hardwareAddress(vm, 'out'), hardwareAddress(vm, 'link')];
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await createRoot(order, root, image);
  for (const disk of disks) linkClaim(order, disk);
  writeIso(order, guestDisk, FILES.guest);
  if (credential) writeIso(order, credential, FILES.access);
  writeSeed(join(folder, FILES.seed), {
    vm: vm.name,
    namespace: vmi.metadata.namespace,
    userData,
    outMac,
    linkMac,
    address,
    prefix: order.prefix,
    neighbors: [],
    outbound: true,
    dns: order.dns,
  });
  const { cpu: { cores = 1, sockets = 1, threads = 1 } = {}, memory } = vmi.spec.domain;
  const healthPort = vmi.spec.readinessProbe?.httpGet?.port ?? 0;
  const { accel, sandbox } = await findAccelerator();
  const command = qemuCommand({
    role: { memory: memory?.guest ?? '', cpuCores: cores * sockets * threads, healthPort, disks, guestDisk, credential },
    vm,
    image,
    accel,
    sandbox,
    outMac,
    linkMac,
    linkPort: order.linkPort,
    outbound: true,
    forwardFrom: address,
    sshPort: 0,
    healthPort,
  });
  const seed = others.find(({ cloudInitNoCloud }) => cloudInitNoCloud) as Disk;
  const taps = [...tapsOf('out', outMac), ...tapsOf('link', linkMac)];
  return {
    command: [...command, '-device', BALLOON, ...taps.flatMap(({ options }) => options)],
    drives: {
      ...{ root: root.name, seed: seed.name, guest: guestDisk.name },
      ...(credential ? { access: credential.name } : {}),
      ...Object.fromEntries(disks.map(({ name }) => [name, name])),
    },
    balloon: '/machine/peripheral/balloon',
    taps: taps.map(({ tap }) => tap),
  };
}

/** As every guest of KubeVirt has one. It reports the memory of the guest each 10 seconds, as libvirt asks it to. */
const BALLOON = 'virtio-balloon-pci,id=balloon,guest-stats-polling-interval=10';

/** Ethernet addresses, without data. */
const FRAME_HEAD = 14;

/** Both directions of a network card: a network device of QEMU receives what the guest sends. */
function tapsOf(netdev: string, card: string): { readonly tap: Tap; readonly options: readonly string[] }[] {
  return [true, false].map((sent) => {
    const file = `${netdev}-${sent ? 'sent' : 'received'}`;
    const options = `filter-dump,id=${file},netdev=${netdev},queue=${sent ? 'rx' : 'tx'},file=${file},maxlen=${FRAME_HEAD}`;
    return { tap: { file, card, sent }, options: ['-object', options] };
  });
}

/** The disk that all guests share, and the one with a credential. */
function secretsOf(disks: readonly Disk[]): { readonly guestDisk: Disk; readonly credential?: Disk } {
  const isos = disks.filter(({ secret }) => secret);
  const guestDisk = isos.find(({ serial }) => serial === GUEST_DISK);
  const [credential, ...more] = isos.filter((disk) => disk !== guestDisk);
  if (guestDisk === undefined) throw new Error(`no disk has the serial ${GUEST_DISK}`);
  if (more.length > 0) throw new Error(`a guest has at most one Secret in addition to ${GUEST_DISK}; got ${isos.length - 1}`);
  return { guestDisk, credential };
}

/** The disks of a guest in their order, each with its volume. */
function disksOf({ spec }: Vmi): Disk[] {
  return spec.domain.devices.disks.map((device) => {
    const { name, serial = '' } = device;
    const volume = spec.volumes.find((each) => each.name === name);
    const isKnown = volume && (volume.containerDisk || volume.cloudInitNoCloud || volume.secret || claimOf(volume));
    if (!isKnown) throw new Error(`disk ${name}: the test bed has no volume of this kind; got ${JSON.stringify(volume)}`);
    return { ...volume, ...device, serial };
  });
}

function claimOf({ persistentVolumeClaim, dataVolume }: Volume): string | undefined {
  return persistentVolumeClaim?.claimName ?? dataVolume?.name;
}

function userDataOf({ secrets }: Order, disks: readonly Disk[]): string {
  const name = disks.find(({ cloudInitNoCloud }) => cloudInitNoCloud)?.cloudInitNoCloud?.secretRef?.name;
  const data = name === undefined ? undefined : (secrets[name]?.userdata ?? secrets[name]?.userData);
  if (data === undefined) throw new Error('no Secret with the key userdata');
  return Buffer.from(data, 'base64').toString();
}

/** The image of the lab that contains the packages of the guest: guests have no package mirror. */
function imageFor({ images }: Order, userData: string): LabImage {
  const { packages = [] } = load(userData) as { packages?: string[] };
  const image = builtImage(images, packages);
  if (image === undefined) throw new Error(`no image in ${images} has the packages ${packages.join(' ')}; run "virtwork lab image build"`);
  return image;
}

/** A new disk in place of a container disk, or the one of a claim, which is kept. */
async function createRoot({ folder, vmi, claims }: Order, disk: Disk, image: LabImage): Promise<void> {
  const file = join(folder, FILES.root);
  const claim = claims[claimOf(disk) ?? ''];
  if (claim) symlinkSync(claim.file, file);
  if (claim && existsSync(claim.file)) return;
  await newRoot(claim?.file ?? file, { name: vmi.metadata.name, image: image.root, format: image.format });
}

function linkClaim({ folder, claims }: Order, disk: Disk): void {
  const claim = claims[claimOf(disk) ?? ''];
  if (claim === undefined) throw new Error(`disk ${disk.name}: no claim ${claimOf(disk)}`);
  if (!existsSync(claim.file)) {
    writeNew(claim.file, [], 0o600);
    truncateSync(claim.file, claim.size);
  }
  symlinkSync(claim.file, join(folder, diskFile(disk)));
}

function writeIso({ folder, secrets }: Order, { secret }: Disk, file: string): void {
  const data = secrets[secret?.secretName ?? ''] ?? {};
  const files = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
  writeNew(join(folder, file), [isoImage(files)], 0o600);
}

if (require.main === module) {
  prepare(JSON.parse(readFileSync(0, 'utf8')) as Order).then(
    (prepared) => console.log(JSON.stringify(prepared)),
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
