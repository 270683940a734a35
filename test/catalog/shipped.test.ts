import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { variableName } from '../../src/catalog/params/param-value';
import { SHIPPED } from '../support/entries';
import { planOf, ROOT, tempDir } from '../support/render';
import { run } from '../support/run';
import { missingParts } from '../support/shipped';

test('every folder of the catalog is listed, and every entry has a boot test and a README', () => {
  expect(missingParts(ROOT, SHIPPED)).toEqual([]);
});

/** Under set -u, a variable of a param that the entry does not declare ends the script. */
test.each(SHIPPED)('%s declares the params that its units and scripts read', async (name) => {
  const { workloads } = await planOf({ 'from-catalog': name });
  const [entry] = workloads;
  const read = (entry?.roles ?? []).flatMap(({ guest: { units, files } }) =>
    [...units.map(({ text }) => text), ...files.map(({ content }) => String(content))].flatMap((text) => [
      ...text.matchAll(/\$\{?(PARAM_[A-Z0-9_]+)(?![A-Z0-9_]|:-)/g),
    ]),
  );
  const declared = new Set((entry?.roles ?? []).flatMap(({ guest }) => Object.keys(guest.params).map(variableName)));
  expect([...new Set(read.map(([, variable]) => variable as string))].filter((variable) => !declared.has(variable))).toEqual([]);
});

test('Git ignores no file of the project', () => {
  const folders = ['build', 'catalog', 'docs', 'src', 'test'];
  const { stdout } = run('git', ['-C', ROOT, 'status', '--short', '--ignored', '--untracked-files=all', '--', ...folders]);
  expect(stdout.split('\n').filter((line) => line.startsWith('!!'))).toEqual([]);
});

test('a missing part is named together with what to do', () => {
  const root = tempDir();
  for (const folder of ['catalog/mysql', 'catalog/_shared', 'catalog/cpu', 'test/lab/boot'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['catalog/cpu/README.md', 'catalog/cpu/workload.yaml', 'test/lab/boot/cpu.boot.ts'])
    writeFileSync(join(root, file), '');
  expect(missingParts(root, ['cpu', 'redis'])).toEqual([
    'catalog/mysql is not listed: add mysql to default, opt-in or examples in catalog/index.yaml',
    'catalog/index.yaml lists redis: add the folder catalog/redis, or remove the name',
    'add test/lab/boot/mysql.boot.ts: the test that boots it; start from a copy of test/lab/boot/sysbench.boot.ts',
    'add catalog/mysql/README.md: what it does, what monitoring shows, how to stop it',
    'test/lab/boot/cpu.boot.ts: call survives() of test/lab/survives.ts',
  ]);
});

test.each([
  ['', '', ['call survives() of test/lab/survives.ts']],
  ['', 'survives(lab, {\n});\n', []],
  ['storage:\n', 'survives(lab, {\n});\n', ['add data to survives(), which checks that the data disk keeps its files']],
  ['storage:\n', 'survives(lab, {\n  data: {\n  },\n});\n', []],
])('workload.yaml %j with the boot test %j', (workload, boot, missing) => {
  const root = tempDir();
  for (const folder of ['catalog/cpu', 'test/lab/boot']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'catalog/cpu/README.md'), '');
  writeFileSync(join(root, 'catalog/cpu/workload.yaml'), workload);
  writeFileSync(join(root, 'test/lab/boot/cpu.boot.ts'), boot);
  expect(missingParts(root, ['cpu'])).toEqual(missing.map((what) => `test/lab/boot/cpu.boot.ts: ${what}`));
});
