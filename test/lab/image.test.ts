import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foreignImage } from '../../src/lab/image';
import { tempDir } from '../support/render';
import { outputOf, run } from '../support/run';
import { needs } from '../support/tools';

const dir = tempDir();
const at = (name: string) => join(dir, name);

/** A raw disk of 4 MiB with the mark of a boot record. */
function raw(name: string, head = ''): string {
  const sector = Buffer.alloc(512);
  sector.write(head, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  writeFileSync(at(name), sector);
  truncateSync(at(name), 4 << 20);
  return at(name);
}

/** A file of 4 MiB that begins so. */
function file(name: string, head: string): string {
  writeFileSync(at(name), head, 'latin1');
  truncateSync(at(name), 4 << 20);
  return at(name);
}

function made(name: string, ...options: string[]): string {
  outputOf('qemu-img', ['create', '-q', ...options, at(name), ...(options.includes('-b') ? [] : ['2G'])], { cwd: dir });
  return at(name);
}

/** As an image of 2 GiB has it when a system is on it. */
function filled(path: string): string {
  outputOf('qemu-io', ['-f', 'qcow2', '-c', 'write 0 4M', path]);
  return path;
}

needs('qemu-img', 'qemu-io')('an image that is all of its disk is taken, with its format', async () => {
  expect(await foreignImage(filled(made('plain.qcow2', '-f', 'qcow2')))).toEqual({ root: at('plain.qcow2'), format: 'qcow2' });
  expect(await foreignImage(filled(made('old.qcow2', '-f', 'qcow2', '-o', 'compat=0.10')))).toMatchObject({ format: 'qcow2' });
  expect(await foreignImage(raw('plain.img'))).toEqual({ root: at('plain.img'), format: 'raw' });
});

const OTHERS = /must be an image without a backing file and without an external data file, got .*\n {2}hint: qemu-img convert/;
const NO_IMAGE = /must be a qcow2 or raw disk image that boots, got/;

needs('qemu-img', 'qemu-io').each<[string, () => string, RegExp]>([
  ['a backing file', () => filled(made('over.qcow2', '-f', 'qcow2', '-F', 'raw', '-b', raw('base.img'))), OTHERS],
  [
    'a backing file of the oldest version',
    () => filled(made('over2.qcow2', '-f', 'qcow2', '-o', 'compat=0.10', '-F', 'raw', '-b', raw('base.img'))),
    OTHERS,
  ],
  [
    'a chain of them',
    () => {
      made('middle.qcow2', '-f', 'qcow2', '-F', 'raw', '-b', raw('base.img'));
      return filled(made('top.qcow2', '-f', 'qcow2', '-F', 'qcow2', '-b', 'middle.qcow2'));
    },
    OTHERS,
  ],
  ['a backing file, as qemu-img makes it', () => made('overlay.qcow2', '-f', 'qcow2', '-F', 'raw', '-b', raw('base.raw')), OTHERS],
  ['a backing file that is not there', () => filledHeader('gone.qcow2', '/nowhere/shadow'), OTHERS],
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
  ['a small one', () => large(made('empty.qcow2', '-f', 'qcow2'), 0), NO_IMAGE],
  ['an encrypted one', () => encrypted(), /must be an image that is not encrypted/],
  ['a broken one', () => file('broken.qcow2', 'QFI\xfb\0\0\0\x03'), /must be a qcow2 disk image that can be read/],
  [
    'a link to one of these',
    () => {
      filledHeader('named.qcow2', '/etc/shadow');
      symlinkSync(at('named.qcow2'), at('link.qcow2'));
      return at('link.qcow2');
    },
    OTHERS,
  ],
])('an image is refused: %s', async (_, make, said) => {
  await expect(foreignImage(make())).rejects.toThrow(said);
});

/** Makes a file as long as images of systems are. */
function large(path: string, size = 4 << 20): string {
  if (size > 0) truncateSync(path, size);
  return path;
}

/** An image with any name of a backing file in its header, which qemu-img has not looked at. */
function filledHeader(name: string, backing: string): string {
  outputOf('qemu-img', ['create', '-q', '-u', '-f', 'qcow2', '-F', 'raw', '-b', backing, at(name), '2G']);
  return large(at(name));
}

/** qemu-img measures how long a key takes, and now and then finds the time too short to be measured. */
function encrypted(): string {
  const options = ['--object', 'secret,id=s,data=x', '-f', 'qcow2', '-o', 'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10'];
  const create = ['create', '-q', ...options, at('luks.qcow2'), '2G'];
  for (let attempt = 0; attempt < 20; attempt += 1) if (run('qemu-img', create).status === 0) break;
  return large(at('luks.qcow2'));
}

test('a raw disk stays one, whatever its guest has written to its beginning', async () => {
  // Of a qcow2 the header is read, and this one names no file; of everything else nothing is read.
  expect(await foreignImage(raw('vmdk.img', 'KDMV'))).toMatchObject({ format: 'raw' });
  await expect(foreignImage(raw('evil.img', `QFI\xfb\0\0\0\x03\0\0\0\0\0\0\x01\0`))).rejects.toThrow(OTHERS);
});
