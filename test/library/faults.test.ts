import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { addWorkload, buildPlan, loadPlan, UserError, Workload } from '../../src';
import { tempDir } from '../support/render';

/** Values of a program without type checks. */
type Untyped = never;

function faults(go: () => unknown): string[] {
  try {
    go();
  } catch (error) {
    if (error instanceof UserError) return error.message.split('\n').map((line) => line.replace(/; (there are|known:) .*/, ''));
    throw error;
  }
  return [];
}

function chart(): Chart {
  return new Chart(new App(), 'chart');
}

const NO_IMAGE = 'rhel has no public container disk; it needs a boot source or your own image';

test.each<[string, unknown, string[]]>([
  ['an unknown workload', { workload: 'cpuu' }, ['chart/cpuu: workload not found: cpuu', '  hint: did you mean "cpu"?']],
  ['an unknown option', { workload: 'cpu', memry: '1Gi' }, ['chart/cpu: unknown option "memry"', '  hint: did you mean "memory"?']],
  ['the name of a flag', { workload: 'cpu', 'vm-count': 3 }, ['chart/cpu: unknown option "vm-count"', '  hint: did you mean "vmCount"?']],
  ['a property of every object', { workload: 'cpu', toString: 1 }, ['chart/cpu: unknown option "toString"']],
  [
    'wrong values',
    { workload: 'cpu', memory: '2gb', vmCount: 0, healthPort: 'x', accessModes: ['Many'] },
    [
      'chart/cpu: accessModes[0]: must be one of ReadWriteOnce, ReadWriteMany, ReadOnlyMany, ReadWriteOncePod, got "Many"',
      'chart/cpu: healthPort: must be a whole number from 0 to 65535, got "x"',
      'chart/cpu: memory: must be a quantity such as 512Mi, 2Gi or 10G, got "2gb"',
      'chart/cpu: vmCount: must be a whole number from 1 to 100000, got 0',
    ],
  ],
  [
    'null',
    { workload: 'cpu', memory: null, params: { 'cpu-method': null } },
    [
      'chart/cpu: memory: must have a value, got null',
      '  hint: omit memory',
      'chart/cpu: params.cpu-method: must have a value, got null',
      '  hint: omit cpu-method',
    ],
  ],
  [
    'params',
    { workload: 'cpu', params: { 'cpu-load': 60, 'cpu-load-percent': 160 } },
    [
      'chart/cpu: params.cpu-load: workload cpu has no param "cpu-load"',
      '  hint: did you mean "cpu-load-percent"?',
      'chart/cpu: params.cpu-load-percent: param cpu-load-percent of cpu must be 1 to 100, got 160',
    ],
  ],
  ['params of another shape', { workload: 'cpu', params: ['a'] }, ['chart/cpu: params: must be an object of values by key, got ["a"]']],
  [
    'a guest OS without an image',
    { workload: 'cpu', guestOs: 'rhel' },
    [
      `chart/cpu: guestOs: ${NO_IMAGE}`,
      "  hint: use boot: 'dataSource:openshift-virtualization-os-images/rhel9' or containerDiskImage: 'IMAGE'",
    ],
  ],
  [
    'a port that is in use',
    { workload: 'network', healthPort: 5201 },
    ['chart/network: healthPort: must not be 5201, which is a port of workload network', '  hint: use another healthPort'],
  ],
  [
    'a missing folder',
    { workload: 'cpu', catalogDir: '/nonexistent' },
    ['chart/cpu: catalogDir: must be a folder, got "/nonexistent", which does not exist'],
  ],
  ['no workload', {}, ['addWorkload: needs the name of a workload, got {}', "  hint: write addWorkload(chart, { workload: 'cpu' })"]],
  [
    'a name alone',
    'cpu',
    ['addWorkload: needs the name of a workload, got "cpu"', "  hint: write addWorkload(chart, { workload: 'cpu' })"],
  ],
  [
    'no props',
    undefined,
    ['addWorkload: needs the name of a workload, got undefined', "  hint: write addWorkload(chart, { workload: 'cpu' })"],
  ],
])('%s', (_, workload, expected) => expect(faults(() => addWorkload(chart(), workload as Untyped))).toEqual(expected));

test('props that are not an object', () => {
  expect(faults(() => new Workload(chart(), 'cpu', 5 as Untyped))).toEqual(['chart/cpu: must be an object of options, got 5']);
  expect(faults(() => new Workload(chart(), 'x', { workload: 5 } as Untyped))).toEqual([
    'chart/x: workload: must be the name of a workload, got 5',
  ]);
});

test.each<[string, unknown, string[]]>([
  [
    'unknown options',
    { createNamespac: true, workloads: { cpu: { vmcount: 3 } } },
    [
      'buildPlan: unknown option "createNamespac"',
      '  hint: did you mean "createNamespace"?',
      'buildPlan: workloads.cpu: unknown option "vmcount"',
      '  hint: did you mean "vmCount"?',
    ],
  ],
  [
    'wrong values',
    { memory: '1', workloads: { cpu: { memory: '2gb' }, disc: null } },
    [
      'buildPlan: memory: must be at least 64Mi, got "1"',
      'buildPlan: workloads.cpu.memory: must be a quantity such as 512Mi, 2Gi or 10G, got "2gb"',
      'buildPlan: workloads.disc: must be an object of options, got null',
      'buildPlan: workload not found: disc',
      '  hint: did you mean "disk"?',
    ],
  ],
  [
    'a single name',
    { workloads: 'cpu' },
    ['buildPlan: workloads: must be a list of names or an object by name, got "cpu"', "  hint: write workloads: ['cpu', 'disk']"],
  ],
  ['a list with something else', { workloads: ['cpu', 5] }, ['buildPlan: workload not found: 5']],
  ['not an object', 5, ['buildPlan: must be an object of options, got 5']],
])('a plan of %s', (_, options, expected) => expect(faults(() => buildPlan(options as Untyped)).sort()).toEqual([...expected].sort()));

test('an entry of the user, and its problems', () => {
  const catalogDir = tempDir();
  const entry = join(catalogDir, 'mine');
  mkdirSync(entry);
  writeFileSync(join(entry, 'workload.service'), '[Service]\nExecStart=/usr/bin/true\n');
  expect(new Workload(chart(), 'mine', { catalogDir }).plan.name).toBe('mine');
  expect(faults(() => new Workload(chart(), 'mine'))).toEqual(['chart/mine: workload not found: mine']);
  writeFileSync(join(entry, 'workload.yaml'), 'descripton: x\n');
  expect(faults(() => new Workload(chart(), 'mine', { catalogDir })).join()).toContain('descripton');
});

test('the environment is not read', () => {
  process.env.VIRTWORK_NAMESPACE = 'from-env';
  expect(buildPlan({ workloads: ['cpu'] })).toMatchObject({ namespace: 'virtwork', warnings: [] });
  delete process.env.VIRTWORK_NAMESPACE;
});

test('unknown flags are reported with all other problems', async () => {
  const loading = loadPlan({ flags: { workloads: 'cpuu', memry: '1Gi', memory: 'lots' }, env: {}, cwd: tempDir() });
  await expect(loading).rejects.toThrow(UserError);
  await expect(loading).rejects.toMatchObject({
    problems: [
      { message: 'unknown flag --memry', hint: 'did you mean --memory?' },
      { hint: 'did you mean "cpu"?' },
      { where: 'flag --memory' },
    ],
  });
  await expect(loadPlan({ flag: {} } as Untyped)).rejects.toThrow(
    'loadPlan: unknown option "flag"; known: flags, env, cwd\n  hint: did you mean "flags"?',
  );
});

test.each([[[]], [{}]])('a plan without workloads is rejected: %j', (workloads) => {
  expect(faults(() => buildPlan({ workloads }))).toEqual([
    'buildPlan: workloads: must name at least one workload, got none',
    '  hint: omit workloads for the default set',
  ]);
});

test.each(['default', 'openshift-virtualization'])('a workload renders no Namespace, so %s is allowed', (namespace) => {
  const load = new Chart(new App(), 'load', { namespace });
  expect(faults(() => new Workload(load, 'cpu'))).toEqual([]);
});
