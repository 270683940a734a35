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
import { quoted } from '../text/shell-word';
import {
  imageBuildFailed,
  imageBuilding,
  imageCorrupt,
  imageEncrypted,
  imageFolderChanged,
  imageMissing,
  imageRefersToFiles,
  imageUnreadable,
  notBootable,
} from './messages';
import { requirePrograms, runProgram } from './process';

/** The image from which a VM of the lab boots. */
export interface LabImage {
  /** Path of the disk image. Never written to. */
  readonly root: string;
  readonly format: string;
  /** Path of the kernel, to boot without firmware. Absent: the disk boots with firmware. */
  readonly kernel?: string;
  readonly initrd?: string;
}

/** The contents of a built image. */
export interface Recipe {
  readonly suite: string;
  /** Packages in addition to those of every image, such as those of catalog entries. */
  readonly packages: readonly string[];
}

export const SUITE = 'bookworm';
/** Before version 13, Debian has netperf in non-free. */
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
/** Milliseconds for the download and installation of all packages, also from a slow mirror. */
const DOWNLOAD = 2 * 3_600_000;
/** The modules that user data of virtwork needs. Under emulation, the others take longer than these. */
const CLOUD_CONFIG = `datasource_list: [NoCloud]
cloud_config_modules: [set_passwords, runcmd]
cloud_final_modules: [package_update_upgrade_install, write_files_deferred, scripts_vendor, scripts_user, final_message]
`;
const CLOUD_FILE = 'cloud.cfg';
/** Increase it when the recipe changes. */
const VERSION = 2;
const FILES = { root: 'root.img', kernel: 'vmlinuz', initrd: 'initrd' } as const;

/** Adds a problem if the image is not a readable file. */
export function checkImageFile(file: string, problems: Problem[]): void {
  let isFile: boolean | undefined;
  try {
    isFile = statSync(file, { throwIfNoEntry: false })?.isFile();
    if (isFile) accessSync(file, constants.R_OK);
  } catch (error) {
    problems.push(imageUnreadable((error as Error).message));
    return;
  }
  if (!isFile) problems.push(imageMissing(file));
}

/** The first bytes of a qcow2 image. */
const QCOW2 = Buffer.from('QFI\xfb', 'latin1');
/** The last bytes of the first sector of a raw disk that boots. */
const BOOT_MARK = Buffer.from([0x55, 0xaa]);
const SECTOR = 512;
/** Bytes. A bootable image is larger. */
const SMALLEST = 1 << 20;
/** Offsets in the header of qcow2, and the bit of its incompatible features for an external data file. */
const QCOW2_HEADER = { version: 4, backingFile: 8, encryption: 32, incompatible: 72 } as const;
const EXTERNAL_DATA = 1n << 2n;

/**
 * An existing disk image that the user names. It must be a whole disk: its guest could read any file that the image refers to.
 * Checks the header before it runs a tool of QEMU, because these tools may open the files to describe an image.
 * @throws UserError when the image cannot be used
 */
export async function foreignImage(file: string): Promise<LabImage> {
  const head = firstSector(file);
  const format = head && formatOf(head);
  if (!head || !format) throw new UserError([notBootable(file)]);
  if (format === 'qcow2') {
    if (refersToOthers(head)) throw new UserError([imageRefersToFiles(file)]);
    if (head.readUInt32BE(QCOW2_HEADER.encryption) !== 0) throw new UserError([imageEncrypted(file)]);
  }
  // Last, because a new image with a backing file is small too.
  if (statSync(file).size < SMALLEST) throw new UserError([notBootable(file)]);
  const { code, stdout } = await runProgram('qemu-img', ['info', '-U', '-f', format, '--output=json', file]);
  const info = code === 0 ? (JSON.parse(stdout) as ImageInfo) : undefined;
  if (!info) throw new UserError([imageCorrupt(file, format)]);
  if (info['backing-filename'] !== undefined || info['format-specific']?.data?.['data-file'] !== undefined) {
    throw new UserError([imageRefersToFiles(file)]);
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

/** Not detected by QEMU: it takes any file as a raw disk, and a raw disk as the format that its guest wrote to its start. */
function formatOf(head: Buffer): 'qcow2' | 'raw' | undefined {
  if (head.subarray(0, 4).equals(QCOW2)) return 'qcow2';
  return head.subarray(SECTOR - 2).equals(BOOT_MARK) ? 'raw' : undefined;
}

function refersToOthers(head: Buffer): boolean {
  if (head.readBigUInt64BE(QCOW2_HEADER.backingFile) !== 0n) return true;
  const hasFeatures = head.readUInt32BE(QCOW2_HEADER.version) >= 3;
  return hasFeatures && (head.readBigUInt64BE(QCOW2_HEADER.incompatible) & EXTERNAL_DATA) !== 0n;
}

/** @returns the built image with these packages and those of every image; undefined if there is none */
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
 * Builds a Debian image with the packages installed, so that guests do not wait for downloads.
 * @param report called with a line for each step
 * @throws UserError when a program is missing or the build fails; removes the incomplete image then
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
    // Without root, mmdebstrap works under another user ID, which must be able to write here. The sticky bit protects files of others.
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
  report(imageBuilding(suite, packages.length));
  const folder = quoted(work);
  // The bind mount does not show the mounts inside, such as /proc.
  const disk = `cd ${folder} && mkdir mnt && mount --bind "$1" mnt && PATH=$PATH:/sbin:/usr/sbin mkfs.ext4 -q -L root -d mnt ${FILES.root} ${DISK_SIZE}; code=$?; umount mnt; rmdir mnt; exit $code`;
  const boot = `cp "$1"/boot/vmlinuz-* ${folder}/${FILES.kernel} && cp "$1"/boot/initrd.img-* ${folder}/${FILES.initrd} && chmod 644 ${folder}/${FILES.kernel} ${folder}/${FILES.initrd}`;
  // Guests have all packages and need no package lists: reading them would take longer than the rest of the boot.
  const offline = 'rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1"/var/lib/apt/lists/*';
  const clusters = 'mkdir -p "$1"/etc/postgresql-common && echo create_main_cluster=false >"$1"/etc/postgresql-common/createcluster.conf';
  const cloud = `cp ${folder}/${CLOUD_FILE} "$1"/etc/cloud/cloud.cfg.d/90-virtwork-lab.cfg`;
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
    throw new UserError([imageBuildFailed(lastLines(stderr, 15))]);
  }
}

/** Rejects the image when another user has added files in the meantime. */
function refuseOthers(folder: string, expected: readonly string[]): void {
  const found = readdirSync(folder, { withFileTypes: true });
  const odd = found.find((each) => !each.isFile() || !expected.includes(each.name));
  const owners = new Set(found.map(({ name }) => statSync(join(folder, name)).uid));
  if (odd === undefined && found.length === expected.length && owners.size === 1) return;
  throw new UserError([imageFolderChanged(folder)]);
}

function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
