import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { measurable } from '../support/measured';
import { virtwork } from '../support/program';
import { tempDir } from '../support/render';

interface Listed {
  readonly name: string;
  readonly params: readonly { readonly key: string; readonly default: unknown; readonly enum?: readonly unknown[] }[];
}

/** A folder with a catalog of one entry that has a param of every type. */
function entryOfAllTypes(): string {
  const cwd = tempDir();
  const entry = join(cwd, 'entries/typed');
  mkdirSync(entry, { recursive: true });
  writeFileSync(join(entry, 'workload.service'), '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n');
  writeFileSync(
    join(entry, 'workload.yaml'),
    `description: ${'many words '.repeat(30)}
params:
  - { key: text, default: "007", desc: ${'words '.repeat(30)} }
  - { key: none }
  - { key: count, type: int, default: "10", minimum: 1, maximum: 20, enum: [10, 20] }
  - { key: share, type: number, default: "5.0" }
  - { key: on, type: bool, default: true }
  - { key: off, type: bool }
  - { key: items, type: list, default: [a, b] }
  - { key: ports, type: list, enum: ["1", "2"], default: "1" }
  - { key: empty, type: list }
  - { key: pairs, type: dict, default: { a: 1, b: x=y } }
  - { key: nothing, type: dict }
  - { key: form, default: ${'a'.repeat(60)}, pattern: "^${'a'.repeat(200)}|a*$" }
`,
  );
  return cwd;
}

test('-o json shows what a trial of an entry leaves, for entries that can be measured', () => {
  const { stdout } = virtwork(`list -o json --catalog-dir ${measurable()}`);
  const entries = JSON.parse(stdout) as { readonly name: string; readonly results?: unknown }[];
  expect(entries.find(({ name }) => name === 'bench')?.results).toEqual([{ key: 'iops', unit: '1/s', better: 'more', vms: 'sum' }]);
  expect(entries.find(({ name }) => name === 'chaos-process')).not.toHaveProperty('results');
});

test('-o json shows the experiments of an entry', () => {
  const entries = JSON.parse(virtwork('list -o json').stdout) as { readonly name: string; readonly experiments?: readonly string[] }[];
  expect(entries.find(({ name }) => name === 'network')?.experiments).toEqual(['network/streams']);
  expect(entries.find(({ name }) => name === 'tps')).not.toHaveProperty('experiments');
});

test('-o json and yaml print the same', () => {
  const json = JSON.parse(virtwork('list -o json').stdout) as Listed[];
  expect(json.map((entry) => entry.name)).toEqual(expect.arrayContaining(['cpu', 'chaos-process', 'sysbench']));
  expect(load(virtwork('list -o yaml').stdout)).toEqual(json);
});

test.each(['json', 'yaml'])('-o %s prints values in the types of their params', (format) => {
  const { stdout, stderr } = virtwork(`list -o ${format} --catalog-dir entries`, { cwd: entryOfAllTypes() });
  expect(stderr).toBe('');
  const typed = (load(stdout) as Listed[]).find(({ name }) => name === 'typed');
  expect(Object.fromEntries(typed?.params.map((param) => [param.key, param.default]) ?? [])).toEqual({
    text: '007',
    none: '',
    count: 10,
    share: 5,
    on: true,
    off: false,
    items: ['a', 'b'],
    ports: ['1'],
    empty: [],
    pairs: { a: '1', b: 'x=y' },
    nothing: {},
    form: 'a'.repeat(60),
  });
  expect(typed?.params.find(({ key }) => key === 'count')).toMatchObject({ minimum: 1, maximum: 20, enum: [10, 20] });
  expect(typed?.params.find(({ key }) => key === 'ports')).toMatchObject({ enum: ['1', '2'] });
});

test.each(['table', 'wide'])('-o %s fits 120 columns, and prints names of entries and params in full', (format) => {
  const { stdout } = virtwork(`list -o ${format} --catalog-dir entries`, { cwd: entryOfAllTypes() });
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  for (const word of ['chaos-migration', 'migration-exclude-components', 'typed', 'pairs'])
    expect(stdout).toMatch(new RegExp(`\\b${word}\\b`));
});

test('-o wide prints the allowed values of each param in full', () => {
  const { stdout } = virtwork('list -o wide');
  expect(stdout).toMatch(/^cpu +cpu-load-percent +int +100 +1 to 100 +/m);
  expect(stdout).not.toMatch(/(?<!sha256:)…/);
});

describe('list --packages', () => {
  test('lists by workload and together what an image needs', () => {
    const { workloads, all } = JSON.parse(virtwork('list --packages --workloads cpu,disk --guest-os rhel -o json').stdout);
    expect(workloads.map(({ name }: { name: string }) => name)).toEqual(['cpu', 'disk']);
    expect(all).toEqual({ rhel: expect.arrayContaining(['fio', 'qemu-guest-agent', 'stress-ng', 'xfsprogs']) });
    expect(virtwork('list --packages --workloads cpu').stdout).toContain('all        fedora     qemu-guest-agent, stress-ng\n');
  });

  test('does not depend on whether guests install packages', () => {
    const env = { VIRTWORK_PACKAGES: 'none' };
    expect(virtwork('list --packages --workloads cpu', { env }).stdout).toContain('stress-ng');
  });

  test.each(['workloads cpu', 'guest-os debian', 'from-catalog cpu'])('--%s has a meaning only with it', (flag) => {
    const { stderr, status } = virtwork(`list --${flag}`);
    expect({ stderr, status }).toEqual({
      stderr: expect.stringContaining(`flag --${flag.split(' ')[0]}: has a meaning only with --packages`),
      status: 2,
    });
  });
});
