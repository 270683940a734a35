import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryOf, read, UNIT } from '../../support/entry-folder';

/** A malicious entry may use all memory when it is read, or never end. */

const PARAM = { 'workload.yaml': 'params: [{key: a, default: b}]\n' };
const A_MEBIBYTE = 'a'.repeat(1 << 20);

function withLinks(count: number): string {
  const folder = entryOf({ 'workload.service': UNIT, 'files/opt/a': A_MEBIBYTE });
  for (let index = 0; index < count; index += 1) symlinkSync('a', join(folder, `files/opt/l${index}`));
  return folder;
}

function withFiles(count: number): string {
  const folder = entryOf({ 'workload.service': UNIT });
  mkdirSync(join(folder, 'files/opt'), { recursive: true });
  for (let index = 0; index < count; index += 1) writeFileSync(join(folder, `files/opt/${index}`), '');
  return folder;
}

function withTemplate(template: string): string {
  return entryOf({ ...PARAM, 'workload.service': UNIT, 'files/opt/a.hbs': template });
}

const LINES = 'must have at most 131072 bytes in its units and templates';

test.each<[what: string, folder: () => string, problem: string]>([
  ['very many files', () => withFiles(2100), 'must have at most 2000 files and folders'],
  ['links to one large file', () => withLinks(20), 'must have at most 8388608 bytes in the files that are read'],
  ['a long unit', () => entryOf({ 'workload.service': UNIT + 'Foo=bar\n'.repeat(100_000) }), LINES],
  [
    'many units',
    () => entryOf(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`workload-${n}.service`, UNIT + '#'.repeat(800)]))),
    LINES,
  ],
  ['a unit below files', () => entryOf({ 'workload.service': UNIT, 'files/etc/systemd/system/x.mount': '#'.repeat(200_000) }), LINES],
  [
    'a long drop-in',
    () => entryOf({ 'workload.service': UNIT, 'files/etc/systemd/system/x.service.d/a.conf': '#\n'.repeat(100_000) }),
    LINES,
  ],
  ['very many placeholders', () => withTemplate('{{a}}'.repeat(150_000)), LINES],
])('%s', (_, folder, problem) => {
  const before = Date.now();
  expect(read(folder()).problems).toContain(problem);
  expect(Date.now() - before).toBeLessThan(20_000);
});

test('a file that is larger than its Secret by itself is reported by its name', () => {
  const folder = entryOf({ 'workload.service': UNIT, 'files/opt/a': '' });
  truncateSync(join(folder, 'files/opt/a'), 2 ** 40);
  expect(read(folder).problems).toContain('entry/files/opt/a: must have at most 1048576 bytes');
});

test('a link to itself is reported by its name', () => {
  const folder = entryOf({ 'workload.service': UNIT, 'files/opt/b': '' });
  symlinkSync('a', join(folder, 'files/opt/a'));
  expect(read(folder).problems).toContain('entry/files/opt/a: cannot be read (ELOOP)');
});

test('large but realistic entries are accepted', () => {
  const many = Array.from({ length: 100 }, (_, n) => [`files/opt/${n}`, 'x'.repeat(9000)]);
  expect(read(entryOf({ 'workload.service': UNIT, ...Object.fromEntries(many) })).problems).toBe('');
  expect(read(withTemplate('{{a}}\n'.repeat(300))).problems).toBe('');
});

test('a file of data with very many braces is reported once', () => {
  const data = '{{a}} {{b}}\n'.repeat(80_000);
  const { warnings } = read(entryOf({ ...PARAM, 'workload.service': `${UNIT}# {{a}}\n`, 'files/opt/data': data }));
  expect(warnings).toEqual([expect.stringContaining('entry/files/opt/data:1: {{a}} is not replaced')]);
});

test('a number of very many digits is not a quantity', () => {
  const manifest = `vm: {memory: ${'9'.repeat(500_000)}Gi}\n`;
  expect(read(entryOf({ 'workload.yaml': manifest, 'workload.service': UNIT })).problems).toContain('vm.memory must be a quantity');
});
