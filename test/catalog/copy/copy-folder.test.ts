import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyFolder } from '../../../src/catalog/copy/copy-folder';
import type { Renaming } from '../../../src/catalog/copy/rename-entry';
import { tempDir } from '../../support/render';
import { outputOf } from '../../support/run';

const AS_IT_IS: Renaming = { file: (name) => name, text: (text) => text };

/** An entry with a picture of its own. */
function entry(): string {
  const folder = join(tempDir(), 'entry');
  mkdirSync(join(folder, 'docs'), { recursive: true });
  writeFileSync(join(folder, 'workload.yaml'), 'description: mine\n');
  writeFileSync(join(folder, 'docs/picture'), 'picture');
  return folder;
}

function copy(from: string, to = join(tempDir(), 'catalog/copy')): string {
  copyFolder(from, to, AS_IT_IS, './entry', () => {});
  return to;
}

test('links to files of the entry become files', () => {
  const from = entry();
  symlinkSync('docs/picture', join(from, 'link'));
  symlinkSync('docs', join(from, 'more'));
  const to = copy(from);
  expect(readFileSync(join(to, 'link'), 'utf8')).toBe('picture');
  expect(readFileSync(join(to, 'more/picture'), 'utf8')).toBe('picture');
});

const OUT = 'must not be a link that leaves the entry';
const NO_FILE = 'must be a regular file or a folder to be copied';

test.each<[what: string, put: (from: string) => void, message: string]>([
  [
    'a link to a file elsewhere',
    (from) => symlinkSync('/etc/hostname', join(from, 'docs/x')),
    `./entry/docs/x: ${OUT}, got "/etc/hostname"`,
  ],
  ['a link to a folder elsewhere', (from) => symlinkSync('/etc', join(from, 'x')), `./entry/x: ${OUT}, got "/etc"`],
  ['a link to an endless device', (from) => symlinkSync('/dev/zero', join(from, 'x')), `./entry/x: ${OUT}, got "/dev/zero"`],
  ['a named pipe', (from) => outputOf('mkfifo', [join(from, 'docs/x')]), `./entry/docs/x: ${NO_FILE}`],
  ['folders that lead to each other', (from) => symlinkSync('..', join(from, 'docs/x')), `./entry/docs/x: ${NO_FILE}`],
  [
    'a huge file',
    (from) => {
      writeFileSync(join(from, 'x'), '');
      truncateSync(join(from, 'x'), 2 ** 40);
    },
    './entry/x: must have at most 16777216 bytes to be copied, got 1099511627776',
  ],
])('%s is rejected, and nothing is left', (_, put, message) => {
  const from = entry();
  put(from);
  const catalog = join(tempDir(), 'catalog');
  expect(() => copy(from, join(catalog, 'copy'))).toThrow(message);
  expect(readdirSync(catalog)).toEqual([]);
});

test('a link in the place of the scratch folder is not followed', () => {
  const [from, catalog, outside] = [entry(), tempDir(), tempDir()];
  writeFileSync(join(outside, 'mine'), '');
  symlinkSync(outside, join(catalog, `.virtwork-${process.pid}`));
  copy(from, join(catalog, 'copy'));
  expect(readdirSync(outside)).toEqual(['mine']);
  expect(existsSync(join(catalog, 'copy/workload.yaml'))).toBe(true);
});
