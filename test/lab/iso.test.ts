import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../src/errors';
import { type Credential, madeUpCredential, readCredential } from '../../src/lab/credential';
import { isoImage } from '../../src/lab/iso';
import { tempDir } from '../support/render';
import { outputOf } from '../support/run';
import { needs } from '../support/tools';

const SECTOR = 2048;
const FILES = {
  token: Buffer.from('t'.repeat(SECTOR + 1)),
  'ca.crt': Buffer.from('c'),
  empty: Buffer.alloc(0),
  namespace: Buffer.from('ns'),
};

/** Reads an image as a kernel does: from the descriptor to the root directory, and from there to the files. */
function read(image: Buffer): { [name: string]: string } {
  const root = image.readUInt32LE(16 * SECTOR + 156 + 2) * SECTOR;
  const files: { [name: string]: string } = {};
  for (let at = root; image[at]; at += image[at] as number) {
    const name = image.toString('latin1', at + 33, at + 33 + (image[at + 32] as number));
    const [from, size] = [image.readUInt32LE(at + 2) * SECTOR, image.readUInt32LE(at + 10)];
    if (!((image[at + 25] as number) & 2)) files[name.replace(';1', '').toLowerCase()] = image.toString('utf8', from, from + size);
  }
  return files;
}

test('more names than fit into a sector are an error', () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`a-file-with-a-name-${index}`, '']));
  expect(() => isoImage(files)).toThrow(RangeError);
});

test('files are read back unchanged', () => {
  expect(read(isoImage(FILES))).toEqual({ token: 't'.repeat(SECTOR + 1), 'ca.crt': 'c', empty: '', namespace: 'ns' });
});

needs('blkid')('blkid recognizes the file system', () => {
  const file = join(tempDir(), 'image.iso');
  writeFileSync(file, isoImage(FILES));
  const stdout = outputOf('blkid', ['-p', '-o', 'export', file]);
  expect(stdout).toMatch(/^LABEL=cfgdata$/m);
  expect(stdout).toMatch(/^TYPE=iso9660$/m);
});

test('a credential is from the folder, or made up', () => {
  const folder = join(tempDir(), 'access');
  mkdirSync(folder);
  for (const name of ['token', 'ca.crt', 'namespace']) writeFileSync(join(folder, name), `my ${name}`);
  expect(read(isoImage(readCredential(folder, []) as Credential))).toEqual({
    token: 'my token',
    'ca.crt': 'my ca.crt',
    namespace: 'my namespace',
  });
  expect(read(isoImage(madeUpCredential('ns')))).toMatchObject({ namespace: 'ns' });
});

test('all missing files of a credential are reported', () => {
  const folder = tempDir();
  writeFileSync(join(folder, 'token'), 'x');
  const problems: Problem[] = [];
  expect(readCredential(folder, problems)).toBeUndefined();
  expect(problems.map(({ message }) => message)).toEqual(
    ['ca.crt', 'namespace'].map((file) =>
      expect.stringMatching(new RegExp(`^must be a folder with the files token, ca.crt, namespace: .*'.*${file}'$`)),
    ),
  );
});
