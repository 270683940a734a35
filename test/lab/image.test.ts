import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foreignImage } from '../../src/lab/image';
import { tempDir } from '../support/render';
import { outputOf, run } from '../support/run';
import { needs } from '../support/tools';

// Jest compiles execa for the first test that loads it.
jest.setTimeout(60_000);
const dir = tempDir();
const at = (name: string) => join(dir, name);

/** A raw disk of 4 MiB with the signature of a boot record. */
function raw(name: string, head = ''): string {
  const sector = Buffer.alloc(512);
  sector.write(head, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  writeFileSync(at(name), sector);
  truncateSync(at(name), 4 << 20);
  return at(name);
}

/** A file of 4 MiB that starts with these bytes. */
function file(name: string, head: string): string {
  writeFileSync(at(name), head, 'latin1');
  truncateSync(at(name), 4 << 20);
  return at(name);
}

function made(name: string, ...options: string[]): string {
  outputOf('qemu-img', ['create', '-q', ...options, at(name), ...(options.includes('-b') ? [] : ['2G'])], { cwd: dir });
  return at(name);
}

/** Writes some data to an image, so that it looks like one with a system. */
function filled(path: string): string {
  outputOf('qemu-io', ['-f', 'qcow2', '-c', 'write 0 4M', path]);
  return path;
}

needs('qemu-img', 'qemu-io')('an image that is a whole disk is accepted with its format', async () => {
  expect(await foreignImage(filled(made('plain.qcow2', '-f', 'qcow2')))).toEqual({ root: at('plain.qcow2'), format: 'qcow2' });
  expect(await foreignImage(filled(made('old.qcow2', '-f', 'qcow2', '-o', 'compat=0.10')))).toMatchObject({ format: 'qcow2' });
  expect(await foreignImage(raw('plain.img'))).toEqual({ root: at('plain.img'), format: 'raw' });
});

const OTHERS = /must be an image without a backing file and without an external data file, got .*\n {2}hint: .*run: qemu-img convert/;
const NO_IMAGE = /must be a bootable disk image in qcow2 or raw format, got/;

needs('qemu-img', 'qemu-io').each<[string, () => string, RegExp]>([
  ['a backing file', () => filled(made('over.qcow2', '-f', 'qcow2', '-F', 'raw', '-b', raw('base.img'))), OTHERS],
  [
    'a backing file of the oldest version',
    () => filled(made('over2.qcow2', '-f', 'qcow2', '-o', 'compat=0.10', '-F', 'raw', '-b', raw('base.img'))),
    OTHERS,
  ],
  [
    'a chain of backing files',
    () => {
      made('middle.qcow2', '-f', 'qcow2', '-F', 'raw', '-b', raw('base.img'));
      return filled(made('top.qcow2', '-f', 'qcow2', '-F', 'qcow2', '-b', 'middle.qcow2'));
    },
    OTHERS,
  ],
  ['a backing file from qemu-img', () => made('overlay.qcow2', '-f', 'qcow2', '-F', 'raw', '-b', raw('base.raw')), OTHERS],
  ['a missing backing file', () => filledHeader('gone.qcow2', '/nowhere/shadow'), OTHERS],
  [
    'a backing file in JSON',
    () => filledHeader('json.qcow2', 'json:{"driver":"raw","file":{"driver":"file","filename":"/etc/shadow"}}'),
    OTHERS,
  ],
  ['a backing file on the network', () => filledHeader('nbd.qcow2', 'nbd:127.0.0.1:1'), OTHERS],
  ['an external data file', () => large(made('data.qcow2', '-f', 'qcow2', '-o', `data_file=${raw('data.raw')},data_file_raw=on`)), OTHERS],
  ['a vmdk', () => large(made('a.vmdk', '-f', 'vmdk')), NO_IMAGE],
  ['the description of a vmdk', () => file('flat.vmdk', '# Disk DescriptorFile\nversion=1\nRW 4096 FLAT "/etc/shadow" 0\n'), NO_IMAGE],
  ['a vhdx', () => large(made('a.vhdx', '-f', 'vhdx')), NO_IMAGE],
  ['a file of text', () => file('shadow', 'root:x:0\n'), NO_IMAGE],
  ['a small image', () => large(made('empty.qcow2', '-f', 'qcow2'), 0), NO_IMAGE],
  ['an encrypted image', () => encrypted(), /must be an image that is not encrypted/],
  ['a broken image', () => file('broken.qcow2', 'QFI\xfb\0\0\0\x03'), /must be a readable qcow2 disk image/],
  [
    'a link to an image with a backing file',
    () => {
      filledHeader('named.qcow2', '/etc/shadow');
      symlinkSync(at('named.qcow2'), at('link.qcow2'));
      return at('link.qcow2');
    },
    OTHERS,
  ],
])('an image is rejected: %s', async (_, make, said) => {
  await expect(foreignImage(make())).rejects.toThrow(said);
});

/** Makes a file as large as an image with a system. */
function large(path: string, size = 4 << 20): string {
  if (size > 0) truncateSync(path, size);
  return path;
}

/** An image with any backing file name in its header. With -u, qemu-img does not check the name. */
function filledHeader(name: string, backing: string): string {
  outputOf('qemu-img', ['create', '-q', '-u', '-f', 'qcow2', '-F', 'raw', '-b', backing, at(name), '2G']);
  return large(at(name));
}

/** qemu-img measures the time for a key, and sometimes fails because it is too short. */
function encrypted(): string {
  const options = ['--object', 'secret,id=s,data=x', '-f', 'qcow2', '-o', 'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10'];
  const create = ['create', '-q', ...options, at('luks.qcow2'), '2G'];
  for (let attempt = 0; attempt < 20; attempt += 1) if (run('qemu-img', create).status === 0) break;
  return large(at('luks.qcow2'));
}

test('a raw disk stays one, whatever its guest writes to its start', async () => {
  // Only the header of qcow2 is read.
  expect(await foreignImage(raw('vmdk.img', 'KDMV'))).toMatchObject({ format: 'raw' });
  await expect(foreignImage(raw('evil.img', `QFI\xfb\0\0\0\x03\0\0\0\0\0\0\x01\0`))).rejects.toThrow(OTHERS);
});
