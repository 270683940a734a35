import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../src/errors';
import { loadOptions, type Sources } from '../../src/options/load';
import type { Options } from '../../src/options/options';
import { tempDir } from '../support/render';

type Files = { readonly [name: string]: string };

function folderOf(files: Files): string {
  const cwd = tempDir();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  return cwd;
}

async function load(files: Files, config?: string | string[], more: Partial<Sources> = {}): Promise<Options> {
  const cwd = folderOf(files);
  return loadOptions({ flags: config === undefined ? {} : { config }, env: { HOME: cwd }, cwd, ...more });
}

async function faults(files: Files, config?: string | string[], more: Partial<Sources> = {}): Promise<string> {
  return load(files, config, more).then(
    () => '',
    (error) => (error instanceof UserError ? error.message : Promise.reject(error)),
  );
}

const BASE = `
storage_class: slow
labels: { team: a }
workloads:
  cpu: { vm_count: 2, params: { cpu-load-percent: 30, cpu-method: sum } }
  disk: { storage_class: own }
  memory: {}
`;

describe('a file that extends another one', () => {
  const over = (text: string) => load({ 'base/b.yaml': BASE, 'envs/prod.yaml': `extends: ../base/b.yaml\n${text}` }, 'envs/prod.yaml');

  test('merges maps by key', async () => {
    const options = await over('labels: { tier: gold }\nworkloads: { cpu: { vm_count: 3, params: { cpu-method: prime } }, tps: {} }\n');
    expect(options.labels).toEqual({ team: 'a', tier: 'gold' });
    expect(options.workloads).toEqual(['cpu', 'disk', 'memory', 'tps']);
    expect(options.of('cpu').vmCount.stated).toBe(3);
    const given = options.settings.get('cpu')?.params;
    expect([given?.get('cpu-load-percent')?.[0]?.raw, given?.get('cpu-method')?.[0]?.raw]).toEqual([30, 'prime']);
  });

  test('replaces everything else, and null removes', async () => {
    const options = await over(
      'storage_class: null\nlabels: { team: null }\nworkloads: { memory: null, disk: { storage_class: null }, cpu: }\n',
    );
    expect([options.storageClass, options.labels, options.of('disk').storageClass]).toEqual([undefined, {}, undefined]);
    expect(options.workloads).toEqual(['cpu', 'disk']);
    expect(options.of('cpu').vmCount.stated).toBe(2);
  });

  test('states places in the file that has the value', async () => {
    const options = await over('labels: { tier: gold }\n');
    expect([options.place('storage_class'), options.place('labels'), options.of('cpu').place('vm_count')]).toEqual([
      'base/b.yaml:2:1: storage_class',
      'envs/prod.yaml:2:1: labels',
      'base/b.yaml:5:10: workloads.cpu.vm_count',
    ]);
  });
});

test('of several files the last one has priority', async () => {
  const files = { 'a.yaml': 'namespace: a\nmemory: 1Gi\n', 'b.yaml': 'namespace: b\n', 'c.yaml': 'extends: [a.yaml, b.yaml]\nrun: c\n' };
  const facts = async (config: string | string[]) => {
    const { namespace, memory } = await load(files, config);
    return [namespace, memory.stated];
  };
  expect(await facts(['a.yaml', 'b.yaml'])).toEqual(['b', '1Gi']);
  expect(await facts('c.yaml')).toEqual(['b', '1Gi']);
  expect(await facts(['c.yaml', 'a.yaml'])).toEqual(['a', '1Gi']);
});

test('relative paths start at the folder of their own file', async () => {
  const cwd = folderOf({
    'base/b.yaml': 'catalog_dir: cat\noutput_dir: ../out\n',
    'base/cat/.keep': '',
    'envs/p.yaml': 'extends: ../base/b.yaml\n',
  });
  const options = await loadOptions({ flags: { config: 'envs/p.yaml' }, env: { HOME: cwd }, cwd });
  expect([options.catalogDir, options.outputDir]).toEqual([join(cwd, 'base/cat'), join(cwd, 'out')]);
});

const OVER = 'extends: b.yaml\n';

test.each<[string, Files, string]>([
  ['no such file', { 'a.yaml': 'extends: x.yaml\n' }, 'a.yaml:1:1: extends: must name a readable file, got "x.yaml" (ENOENT)'],
  ['no path', { 'a.yaml': 'extends: [3]\n' }, 'a.yaml:1:11: extends: must be the path of a configuration file, or a list of paths, got 3'],
  ['itself', { 'a.yaml': 'extends: a.yaml\n' }, 'a.yaml:1:1: extends: must not lead back to the file itself, got "a.yaml"'],
  ['a circle', { 'a.yaml': OVER, 'b.yaml': 'extends: ./a.yaml\n' }, 'b.yaml:1:1: extends: must not lead back to the file itself'],
  ['wrong YAML', { 'a.yaml': OVER, 'b.yaml': 'a: [\n' }, 'b.yaml:2:1'],
  ['an overridden value', { 'a.yaml': `${OVER}memory: 1Gi\n`, 'b.yaml': 'memory: many\n' }, 'b.yaml:1:1: memory: must be a quantity'],
  [
    'an overridden setting',
    { 'a.yaml': `${OVER}workloads: { cpu: { memory: 1Gi } }\n`, 'b.yaml': 'workloads: { cpu: { memory: many } }\n' },
    'b.yaml:1:21: workloads.cpu.memory: must be a quantity',
  ],
  ['an unknown key in one of them', { 'a.yaml': OVER, 'b.yaml': 'memry: 1Gi\n' }, 'b.yaml:1:1: unknown key "memry"'],
  [
    'nothing to remove',
    { 'a.yaml': `${OVER}workloads: { tsp: null }\n`, 'b.yaml': 'workloads: { tps: {} }\n' },
    'a.yaml:2:14: workloads.tsp: null removes a key of an extended file, but none of them has it',
  ],
  ['a key without a value', { 'a.yaml': `${OVER}memory: #1Gi\n`, 'b.yaml': 'memory: 2Gi\n' }, 'a.yaml:2:1: memory: has no value'],
  ['null in the first file', { 'a.yaml': OVER, 'b.yaml': 'memory: null\n' }, 'b.yaml:1:1: memory: has no value'],
])('%s is an error', async (_, files, message) => expect(await faults(files, 'a.yaml')).toContain(message));

test('standard input is named once', async () =>
  expect(await faults({}, ['-', '-'])).toContain('flag --config: must name standard input once'));

describe('a file that virtwork found itself', () => {
  test('extends files of the working directory', async () => {
    expect((await load({ 'virtwork.yaml': 'extends: base/b.yaml\n', 'base/b.yaml': 'namespace: b\n' })).namespace).toBe('b');
  });

  test.each(['../x.yaml', '/etc/passwd', 'link.yaml'])('does not extend %s', async (base) => {
    const cwd = folderOf({ 'virtwork.yaml': `extends: ${base}\n` });
    symlinkSync('/etc/passwd', join(cwd, 'link.yaml'));
    const sources = { env: { HOME: cwd }, cwd };
    const message = 'extends: must be a file inside the working directory';
    await expect(loadOptions({ ...sources, flags: {} })).rejects.toThrow(message);
    await expect(loadOptions({ ...sources, flags: { config: 'virtwork.yaml' } })).rejects.not.toThrow(message);
  });

  test('has an output_dir inside the working directory, which only synth uses', async () => {
    const files = { 'virtwork.yaml': 'output_dir: ../out\n' };
    const uses = ['output_dir'] as const;
    expect(await faults(files, undefined, { uses })).toContain('virtwork.yaml:1:1: output_dir: must be a folder inside');
    expect(await faults(files)).toBe('');
    expect(await faults(files, 'virtwork.yaml', { uses })).toBe('');
  });

  test('cannot set a kubeconfig through a file that it extends', async () => {
    const files = { 'virtwork.yaml': OVER, 'b.yaml': 'kubeconfig: x\n' };
    expect(await faults(files, undefined, { uses: ['kubeconfig'] })).toContain('b.yaml:1:1: kubeconfig: must not be set');
  });
});
