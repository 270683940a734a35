import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Problem, UserError } from '../errors';
import { makeFolder } from '../files/make-folder';
import { writeNew } from '../files/new-file';
import { show } from '../text/show';
import { requirePrograms, runProgram } from './process';

/** What a VM of the lab boots from. */
export interface LabImage {
  /** Disk image; never written to. */
  readonly root: string;
  readonly format: string;
  /** Kernel and its first root, booted without firmware. Absent: the disk boots by itself. */
  readonly kernel?: string;
  readonly initrd?: string;
}

/** What the built image consists of. */
export interface Recipe {
  readonly suite: string;
  /** Packages beside those of every image, e.g. of catalog entries. */
  readonly packages: readonly string[];
}

export const SUITE = 'bookworm';
/** Where Debian keeps netperf, before its version 13, is non-free. */
const COMPONENTS = 'main contrib non-free';
const BASE = [
  'systemd-sysv',
  'dbus',
  'udev',
  'cloud-init',
  'openssh-server',
  'sudo',
  'linux-image-cloud-amd64',
  'iproute2',
  'curl',
  'ca-certificates',
  'procps',
  'qemu-guest-agent',
];
const DISK_SIZE = '8G';
/** Milliseconds that the download and installation of all packages may take, also from a slow mirror. */
const DOWNLOAD = 2 * 3_600_000;
/** The modules that user data of virtwork needs; the others take longer than these under emulation. */
const CLOUD_CONFIG = `datasource_list: [NoCloud]
cloud_config_modules: [set_passwords, runcmd]
cloud_final_modules: [package_update_upgrade_install, write_files_deferred, scripts_vendor, scripts_user, final_message]
`;
const CLOUD_FILE = 'cloud.cfg';
/** To be raised when the recipe itself changes. */
const VERSION = 2;
const FILES = { root: 'root.img', kernel: 'vmlinuz', initrd: 'initrd' } as const;

/** Before any program is asked what is in it. */
export function checkImageFile(file: string, problems: Problem[]): void {
  let isFile: boolean | undefined;
  try {
    isFile = statSync(file, { throwIfNoEntry: false })?.isFile();
    if (isFile) accessSync(file, constants.R_OK);
  } catch (error) {
    problems.push({ where: 'flag --image', message: `must be a file that can be read: ${(error as Error).message}` });
    return;
  }
  if (!isFile) problems.push({ where: 'flag --image', message: `must name a disk image, got ${JSON.stringify(file)}` });
}

/** How the formats begin that an image may have; a raw disk has the mark of a boot record at the end of its first sector. */
const QCOW2 = Buffer.from('QFI\xfb', 'latin1');
const BOOT_MARK = Buffer.from([0x55, 0xaa]);
const SECTOR = 512;
/** Nothing that boots is as small. */
const SMALLEST = 1 << 20;
/** Bit of qcow2's incompatible features. */
const EXTERNAL_DATA = 1n << 2n;

/**
 * A disk image that the user names, and that is there. It must be all of the disk: one that refers to other files would show the guest any file
 * that it names. The header is read here, since QEMU's own tools may open these files to describe an image.
 * @throws UserError when it is none that can be used
 */
export async function foreignImage(file: string): Promise<LabImage> {
  const wrong = (must: string, hint?: string) =>
    new UserError([{ where: 'flag --image', message: `must be ${must}, got ${show(file)}`, ...(hint ? { hint } : {}) }]);
  const flat = `qemu-img convert -O qcow2 IMAGE FILE, if you trust what made it`;
  const noImage = wrong('a qcow2 or raw disk image that boots', 'qemu-img convert makes one of other formats');
  const head = firstSector(file);
  const format = head && formatOf(head);
  if (!head || !format) throw noImage;
  if (format === 'qcow2') {
    if (refersToOthers(head)) throw wrong('an image without a backing file and without an external data file', flat);
    if (head.readUInt32BE(32) !== 0) throw wrong('an image that is not encrypted');
  }
  // Last, for a fresh image on top of another one is small too.
  if (statSync(file).size < SMALLEST) throw noImage;
  const { code, stdout } = await runProgram('qemu-img', ['info', '-U', '-f', format, '--output=json', file]);
  const info = code === 0 ? (JSON.parse(stdout) as ImageInfo) : undefined;
  if (!info) throw wrong(`a ${format} disk image that can be read`);
  if (info['backing-filename'] !== undefined || info['format-specific']?.data?.['data-file'] !== undefined) {
    throw wrong('an image without a backing file and without an external data file', flat);
  }
  return { root: file, format };
}

interface ImageInfo {
  readonly 'backing-filename'?: string;
  readonly 'format-specific'?: { readonly data?: { readonly 'data-file'?: string } };
}

function firstSector(path: string): Buffer | undefined {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(SECTOR);
    return readSync(file, head, 0, SECTOR, 0) === SECTOR ? head : undefined;
  } finally {
    closeSync(file);
  }
}

/** Not left to a guess of QEMU's: to that, any file is a raw disk, and a raw disk whatever its guest wrote to its beginning. */
function formatOf(head: Buffer): 'qcow2' | 'raw' | undefined {
  if (head.subarray(0, 4).equals(QCOW2)) return 'qcow2';
  return head.subarray(SECTOR - 2).equals(BOOT_MARK) ? 'raw' : undefined;
}

function refersToOthers(head: Buffer): boolean {
  const version = head.readUInt32BE(4);
  return head.readBigUInt64BE(8) !== 0n || (version >= 3 && (head.readBigUInt64BE(72) & EXTERNAL_DATA) !== 0n);
}

/** The built image that holds these packages, and those of every image; undefined when none does. */
export function builtImage(cache: string, packages: readonly string[]): LabImage | undefined {
  if (!existsSync(cache)) return undefined;
  const folder = readdirSync(cache)
    .sort()
    .map((name) => join(cache, name))
    .find((each) => existsSync(join(each, 'packages')) && holds(each, [...BASE, ...packages]));
  if (folder === undefined) return undefined;
  return { root: join(folder, FILES.root), format: 'raw', kernel: join(folder, FILES.kernel), initrd: join(folder, FILES.initrd) };
}

function holds(folder: string, packages: readonly string[]): boolean {
  const held = new Set(readFileSync(join(folder, 'packages'), 'utf8').split('\n'));
  return packages.every((each) => held.has(each));
}

/**
 * Builds a Debian image with the packages preinstalled, so that guests do not wait for downloads.
 * @param report called with each step
 * @throws UserError when a program is missing or the build fails; nothing is left of it then
 */
export async function buildImage(cache: string, { suite, packages }: Recipe, report: (line: string) => void): Promise<LabImage> {
  requirePrograms('mmdebstrap', 'mkfs.ext4');
  const all = [...new Set([...BASE, ...packages])].sort();
  const key = createHash('sha256')
    .update(JSON.stringify([VERSION, suite, COMPONENTS, DISK_SIZE, all]))
    .digest('hex')
    .slice(0, 12);
  const target = join(cache, `debian-${suite}-${key}`);
  if (!existsSync(target)) {
    makeFolder(cache);
    const work = mkdtempSync(join(cache, '.building-'));
    writeNew(join(work, CLOUD_FILE), [CLOUD_CONFIG], 0o644);
    // Without root's rights mmdebstrap works under another user id, which has to write here too, and removes nothing of others.
    if (process.getuid?.() !== 0) chmodSync(work, 0o1777);
    try {
      await debootstrap(work, suite, all, report);
      chmodSync(work, 0o755);
      rmSync(join(work, CLOUD_FILE));
      refuseOthers(work, Object.values(FILES));
      writeNew(join(work, 'packages'), [all.join('\n')]);
      renameSync(work, target);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return builtImage(cache, all) as LabImage;
}

async function debootstrap(work: string, suite: string, packages: readonly string[], report: (line: string) => void): Promise<void> {
  report(`building a Debian ${suite} image with ${packages.length} packages`);
  const quoted = `'${work.replaceAll("'", `'\\''`)}'`;
  // Bound to another place, because there the mounts inside of it, like /proc, are not to be seen.
  const disk = `cd ${quoted} && mkdir mnt && mount --bind "$1" mnt && PATH=$PATH:/sbin:/usr/sbin mkfs.ext4 -q -L root -d mnt ${FILES.root} ${DISK_SIZE}; code=$?; umount mnt; rmdir mnt; exit $code`;
  const boot = `cp "$1"/boot/vmlinuz-* ${quoted}/${FILES.kernel} && cp "$1"/boot/initrd.img-* ${quoted}/${FILES.initrd} && chmod 644 ${quoted}/${FILES.kernel} ${quoted}/${FILES.initrd}`;
  // Guests find every package in place, and look for none: an index would take them longer than anything else.
  const offline = 'rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1"/var/lib/apt/lists/*';
  const clusters = 'mkdir -p "$1"/etc/postgresql-common && echo create_main_cluster=false >"$1"/etc/postgresql-common/createcluster.conf';
  const cloud = `cp ${quoted}/${CLOUD_FILE} "$1"/etc/cloud/cloud.cfg.d/90-virtwork-lab.cfg`;
  const args = [
    '--quiet',
    '--variant=important',
    `--components=${COMPONENTS}`,
    `--include=${packages.join(',')}`,
    `--essential-hook=${clusters}`,
    `--customize-hook=${offline}`,
    `--customize-hook=${cloud}`,
    `--customize-hook=${boot}`,
    `--customize-hook=${disk}`,
    suite,
    '/dev/null',
  ];
  const { code, stderr } = await runProgram('mmdebstrap', args, { timeout: DOWNLOAD });
  if (code !== 0) {
    throw new UserError([{ where: 'virtwork lab image build', message: `mmdebstrap failed:\n${lastLines(stderr, 15)}` }]);
  }
}

/** What another user has put there in the meantime makes no image. */
function refuseOthers(folder: string, expected: readonly string[]): void {
  const found = readdirSync(folder, { withFileTypes: true });
  const odd = found.find((each) => !each.isFile() || !expected.includes(each.name));
  const owners = new Set(found.map(({ name }) => statSync(join(folder, name)).uid));
  if (odd === undefined && found.length === expected.length && owners.size === 1) return;
  throw new UserError([{ where: folder, message: 'must have nothing but what mmdebstrap made', hint: 'virtwork lab image build' }]);
}

function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
