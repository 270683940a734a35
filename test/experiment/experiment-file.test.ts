import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../support/places';
import { experiment, problemsOf } from '../support/planned-experiments';

const AB = 'matrix: { storage: { a: { storage_class: x }, b: {} }, vm_count: [1, 2] }\n';

/** Lines of problems and hints, without the position. */
async function said(text: string): Promise<string[]> {
  return (await problemsOf(text)).map((line) => line.trim().replace(/^e\.yaml(:[0-9]+:[0-9]+)?: /, ''));
}

test.each<[string, string, readonly string[]]>([
  ['no workload', 'repeats: 1', ['needs the key "workload"', expect.stringContaining('workload: fio-bench')]],
  [
    'an unknown workload',
    'workload: fio-bnch',
    [expect.stringContaining('unknown workload "fio-bnch"'), 'hint: did you mean "fio-bench"?'],
  ],
  ['a workload without a trial', 'workload: chaos-process', [expect.stringContaining('cannot be measured'), expect.any(String)]],
  ['no map', 'just text', ['must be a map, got a string']],
  ['an unknown key', 'workload: cpu\nrepeat: 3', [expect.stringContaining('unknown key "repeat"'), 'hint: did you mean "repeats"?']],
  ['a list of settings', 'workload: cpu\nsettings: [1]', ['settings must be a map or empty, got a list']],
  [
    'an unknown experiment',
    'extends: fio-bench/rnk',
    [expect.stringContaining('no experiment named "fio-bench/rnk"'), 'hint: did you mean "fio-bench/rank"?'],
  ],
  ['itself', 'workload: cpu\nextends: e.yaml', ['extends: must not lead back to the file itself, got "e.yaml"']],
  [
    'a name that is no DNS label',
    'workload: cpu\nname: My_Test',
    [expect.stringContaining('name: must be a DNS label of at most 40 characters')],
  ],
  ['a name that is the folder of components', 'workload: cpu\nname: components', [expect.stringContaining('name: must be another name')]],
  [
    'a setting that the experiment makes',
    'workload: cpu\nsettings: { run: x }',
    ['settings.run: cannot be a setting of an experiment', expect.any(String)],
  ],
  [
    'the measured workload next to itself',
    'workload: cpu\nworkloads: { cpu: {} }',
    ['workloads.cpu: cpu is the measured workload', expect.any(String)],
  ],
  ['a list as the workload, once', 'workload: [cpu]', ['workload must be a string, got a list']],
  ['no repeats, once', 'workload: cpu\nrepeats: 0', ['repeats must be at least 1, got 0']],
  ['half repeats, once', 'workload: cpu\nrepeats: 2.5', ['repeats must be an integer, got 2.5']],
  ['too many repeats, once', 'workload: cpu\nrepeats: 1000', ['repeats must be at most 999, got 1000']],
  ['a param without a value', 'workload: cpu\nparams: { cpu-method: null }', ['params.cpu-method: has no value', expect.any(String)]],
  ['a setting without a value', 'workload: cpu\nsettings: { namespace: }', ['settings.namespace: has no value', expect.any(String)]],
  ['a size without a value', 'workload: cpu\nsettings: { memory: }', ['settings.memory: has no value', expect.any(String)]],
  [
    'a param of a value without a value',
    'workload: cpu\nmatrix: { x: { a: { params: { cpu-method: } } } }',
    ['matrix.x.a.params.cpu-method: has no value', expect.any(String)],
  ],
  [
    'a setting of another workload without a value',
    'workload: cpu\nmatrix: { x: { a: { workloads: { disk: { memory: } } } } }',
    ['matrix.x.a.workloads.disk.memory: has no value', expect.any(String)],
  ],
  ...[
    'params: { <<: *p }',
    'baseline: { <<: *p }',
    'expect: [{ <<: *p }]',
    'matrix: { x: { a: { params: { <<: *p } } } }',
    'workloads: { disk: { params: { <<: *p } } }',
    'settings: { <<: *p }',
  ].map((text): [string, string, readonly string[]] => [
    `merge keys: ${text}`,
    `workload: cpu\ntuning: &p { a: b }\n${text}`,
    ['YAML merge keys (<<) are not supported', expect.any(String)],
  ]),
  [
    'another measured workload',
    'workload: cpu\nworkloads: { disk: { trials: { a: {} } } }',
    ['workloads.disk: workload disk must not be measured: an experiment measures one workload', expect.any(String)],
  ],
])('rejects %s', async (_, text, expected) => {
  expect(await said(text)).toEqual(expected);
});

test.each<[string, string, readonly string[]]>([
  [
    'an unknown key',
    'matrix: { qeue-depth: [1] }',
    [expect.stringContaining('is neither a setting nor a param of fio-bench'), 'hint: did you mean "queue-depth"?'],
  ],
  ['a scalar', 'matrix: { memory: 5 }', ['matrix.memory: must be a list of values, or a map of names and what each sets, got 5']],
  ['no values', 'matrix: { memory: [] }', ['matrix.memory: must have at least one value', expect.any(String)]],
  ['a value twice', 'matrix: { jobs: [1, 1] }', ['matrix.jobs[1]: value "1" is given twice']],
  ['a list of maps', 'matrix: { jobs: [{ a: 1 }] }', ['matrix.jobs[0]: must be a string, a number, true or false', expect.any(String)]],
  ...(
    [
      ['params', 'a: { params: { queue-depth: 1 } }, b: { params: { queue-depth: "1" } }'],
      ['a param that is the default', 'a: {}, b: { params: { queue-depth: 32 } }'],
      ['a setting', 'a: { storage_class: rbd }, b: { storage_class: rbd }'],
      ['a setting in another unit', 'a: { memory: 1Gi, params: { jobs: 1 } }, b: { params: { jobs: 1 }, memory: 1024Mi }'],
      ['a setting of all cells', 'a: {}, b: { cpu_cores: 4 }'],
      ['workloads', 'a: { workloads: { cpu: { memory: 2Gi } } }, b: { workloads: { cpu: { enabled: true, memory: 2048Mi } } }'],
      ['a workload of all cells', 'a: {}, b: { workloads: { disk: { vm_count: 2 } } }'],
      ['no workload', 'a: { workloads: { disk: null } }, b: { workloads: { disk: { enabled: false } } }'],
      ['an image', 'a: { pod: { image: x/y:1 } }, b: { pod: { image: x/y:1 } }'],
    ] as const
  ).map(([what, values]): [string, string, readonly string[]] => [
    `the same twice: ${what}`,
    `settings: { cpu_cores: 4, volume_mode: Block }\nworkloads: { disk: { vm_count: 2 } }\nmatrix: { x: { ${values} } }`,
    ['matrix.x.b: values "a" and "b" set the same', expect.any(String)],
  ]),
  [
    'the same quantity twice',
    'matrix: { memory: [1Gi, 1024Mi] }',
    ['matrix.memory[1]: values "1Gi" and "1024Mi" set the same', expect.any(String)],
  ],
  [
    'a new value that is the same',
    'matrix: { memory: [1Gi, 2Gi] }\ninclude: [{ memory: 1024Mi }]',
    ['include[0].memory: values "1Gi" and "1024Mi" set the same', expect.any(String)],
  ],
  [
    'the removal of an unknown workload',
    'matrix: { x: { a: { workloads: { disk: null } }, b: { memory: 4Gi } } }',
    ['matrix.x.a.workloads.disk: null removes a workload, but workloads has none named "disk"', expect.any(String)],
  ],
  [
    'a workload without VMs',
    'workloads: { disk: { vm_count: 0 } }',
    ['workloads.disk.vm_count: must be at least 1, got 0', 'hint: for no VMs, write enabled: false'],
  ],
  [
    'a setting of VM disks in a pod',
    'settings: { volume_mode: Block, disk_io: native }\nmatrix: { x: { a: { disk_cache: none, pod: { image: x/y:1 } }, b: { disk_cache: none } } }',
    ['matrix.x.a.disk_cache: has no effect in a pod', expect.any(String)],
  ],
  [
    'an axis of VM disks with a pod',
    'settings: { volume_mode: Block }\nmatrix: { x: { a: { pod: { image: x/y:1 } } }, disk_bus: [scsi] }',
    ['matrix.disk_bus[0]: has no effect in a pod', expect.any(String)],
  ],
  ['nothing that is set', 'matrix: { a: { x: {}, y: {} } }', ['matrix.a: changes nothing', expect.any(String)]],
  ['a setting of all groups', 'matrix: { namespace: [a, b] }', ['matrix.namespace: must be the same for all groups', expect.any(String)]],
  [
    'the same setting in two axes',
    'matrix: { a: { x: { memory: 4Gi } }, memory: [2Gi] }',
    ['matrix.memory[0]: memory is also set by matrix.a', expect.any(String)],
  ],
  [
    'the same param in two axes',
    'matrix: { a: { x: { params: { jobs: 1 } } }, jobs: [2] }',
    ['matrix.jobs[0]: params.jobs is also set by matrix.a', expect.any(String)],
  ],
  [
    'a wrong setting',
    'matrix: { a: { x: { memroy: 4Gi } } }',
    [expect.stringContaining('unknown key "memroy"'), 'hint: did you mean "memory"?'],
  ],
  [
    'a wrong value of a setting',
    'matrix: { cpu_cores: [1, two] }',
    ['matrix.cpu_cores[1]: must be a whole number from 1 to 512, got "two"'],
  ],
  ['a wrong value of a param', 'matrix: { jobs: [1, 0] }', ['param jobs of fio-bench must be 1 to 64, got 0']],
  [
    'a param without an effect',
    'matrix: { profile: [log], jobs: [1, 2] }',
    expect.arrayContaining([expect.stringContaining('jobs')]) as never,
  ],
  [
    'a ramp of another setting',
    'matrix: { memory: { ramp: { from: 1, to: 2, until: iops < 5 } } }',
    ['matrix.memory.ramp: only vm_count can have a ramp', expect.any(String)],
  ],
  [
    'a ramp without an end',
    'matrix: { vm_count: { ramp: { from: 1, to: 2 } } }',
    ['matrix.vm_count.ramp: must have the keys from, to and until, and no others', expect.any(String)],
  ],
  [
    'a ramp that goes down',
    'matrix: { vm_count: { ramp: { from: 4, to: 2, until: iops < 5 } } }',
    ['matrix.vm_count.ramp.to: to must be at least from (4), got 2'],
  ],
  [
    'a ramp to another unit',
    'matrix: { vm_count: { ramp: { from: 1, to: 2, until: iops < 5ms } } }',
    [expect.stringContaining('converts to 1/s')],
  ],
  [
    'a ramp that ends where latency is low',
    'matrix: { vm_count: { ramp: { from: 1, to: 2, until: write-latency.p99 < 5ms } } }',
    [
      expect.stringContaining('must end where write-latency.p99 becomes worse: less is better'),
      'hint: write write-latency.p99 > and the limit',
    ],
  ],
  [
    'a ramp that ends where throughput is high',
    'matrix: { vm_count: { ramp: { from: 1, to: 2, until: iops > 5 } } }',
    [expect.stringContaining('more is better'), 'hint: write iops < and the limit'],
  ],
  ...['>=', '=>', '<=', '==', '>>', '='].map((sign): [string, string, readonly string[]] => [
    `a ramp with the operator ${sign}`,
    `matrix: { vm_count: { ramp: { from: 1, to: 2, until: write-latency.p99 ${sign} 5ms } } }`,
    [expect.stringContaining('must be a metric, > or <, and a limit')],
  ]),
  [
    'a limit that is too large',
    'expect: [{ of: iops, at-least: 1e999 }]',
    [expect.stringContaining('expect[0].at-least: must be a number')],
  ],
  [
    'a time without a unit',
    'expect: [{ of: write-latency.p99, at-most: 5 }]',
    ['expect[0].at-most: must have a unit, got 5', 'hint: write 5ms, or another unit'],
  ],
  [
    'bytes without a unit',
    'expect: [{ of: bytes, at-least: 100 }]',
    ['expect[0].at-least: must have a unit, got 100', 'hint: write 100MiB/s, or another unit'],
  ],
  [
    'a ramp to a time without a unit',
    'matrix: { vm_count: { ramp: { from: 1, to: 2, until: write-latency.p99 > 5 } } }',
    ['matrix.vm_count.ramp.until: must have a unit, got 5', 'hint: write 5ms, or another unit'],
  ],
  ['a limit below 0', 'expect: [{ of: iops, at-least: -5 }]', [expect.stringContaining('must be a number of at least 0')]],
  ['an infinite limit', 'expect: [{ of: iops, at-most: .inf }]', [expect.stringContaining('must be a number of at least 0')]],
  ['an infinite weight', 'score: [{ of: iops, weight: 1e999 }]', [expect.stringContaining('weight')]],
  ['an infinite share', 'steady: { of: iops, spread: 1e999% }', [expect.stringContaining('must be a percentage')]],
  [
    'too many trials',
    'repeats: 500\nmatrix: { jobs: [1, 2] }',
    [expect.stringContaining('at most 999 trials with their repeats, got 1000')],
  ],
  [
    'an unknown axis that is excluded',
    `${AB}exclude: [{ storge: a }]`,
    ['exclude[0].storge: no axis named "storge"; axes: storage, vm_count', 'hint: did you mean "storage"?'],
  ],
  [
    'a glob that matches nothing',
    `${AB}exclude: [{ storage: c* }]`,
    [expect.stringContaining('"c*" matches no value of storage; values: a, b')],
  ],
  [
    'a list as the value of an axis, once',
    `${AB}exclude: [{ storage: [a] }]`,
    ['exclude[0].storage must be a string or a number or true or false, got a list'],
  ],
  ['a row without axes', `${AB}exclude: [{}]`, ['exclude[0]: must name at least one axis', expect.any(String)]],
  ['everything excluded', `${AB}exclude: [{ storage: "*" }]`, ['exclude: leaves no combination', expect.any(String)]],
  [
    'an include without an effect',
    `${AB}include: [{ storage: a }]`,
    [expect.stringContaining('include[0]: adds nothing'), expect.any(String)],
  ],
  [
    'an include with an unknown name',
    `${AB}include: [{ storage: abc }]`,
    [expect.stringContaining('include[0].storage: "abc" matches no value')],
  ],
  ['an unknown metric', 'score: [{ of: iosp }]', [expect.stringContaining('unknown metric "iosp"'), 'hint: did you mean "iops"?']],
  [
    'a histogram without a percentile',
    'score: [{ of: write-latency }]',
    [expect.stringContaining('needs a percentile'), expect.any(String)],
  ],
  ['a percentile of a number', 'score: [{ of: iops.p99 }]', [expect.stringContaining('iops is no histogram'), expect.any(String)]],
  ['an unknown percentile', 'score: [{ of: write-latency.p42 }]', [expect.stringContaining('unknown percentile')]],
  [
    'a misspelled weight',
    `${AB}score: [{ of: iops, weigth: 1 }]`,
    [expect.stringContaining('no axis named "weigth"'), 'hint: did you mean "weight"?'],
  ],
  [
    'a rule for nothing that is measured',
    `${AB}exclude: [{ storage: a, vm_count: 2 }]\nscore: [{ of: iops, storage: a, vm_count: 2 }]`,
    ['score[0]: matches no combination of values', expect.any(String)],
  ],
  [
    'the same score twice',
    `${AB}score: [{ of: iops, storage: a, weight: 2 }, { storage: a, of: iops }]`,
    ['score[1]: is the same as score[0]', expect.any(String)],
  ],
  [
    'the same limit twice',
    `${AB}expect: [{ of: iops, at-least: 5k }, { of: iops, at-least: 5000 }]`,
    ['expect[1]: is the same as expect[0]', expect.any(String)],
  ],
  ...['storage: a', 'storage: "a*"', 'storage: a, vm_count: 2'].map((row): [string, string, readonly string[]] => [
    `the baseline as worse than itself: ${row}`,
    `${AB}baseline: { storage: a }\nexpect: [{ of: iops, ${row}, worse-than-baseline-by-at-most: 5% }]`,
    ['expect[0]: applies to the baseline alone, which cannot be worse than itself', expect.any(String)],
  ]),
  [
    'a misspelled limit, once',
    `${AB}expect: [{ of: iops, atmost: 5 }]`,
    [expect.stringContaining('no axis named "atmost"'), 'hint: did you mean "at-most"?'],
  ],
  [
    'a long name of an axis',
    `matrix: { ${'x'.repeat(64)}: { a: { memory: 2Gi } } }`,
    [expect.stringContaining('have names of axes with 1 to 63 characters')],
  ],
  [
    'an axis without a name',
    'matrix: { "": { a: { memory: 2Gi } } }',
    [expect.stringContaining('have names of axes with 1 to 63 characters')],
  ],
  [
    'settings in a value',
    'matrix: { x: { a: {}, b: { settings: { memory: 4Gi } } } }',
    ['matrix.x.b.settings: settings stand directly in the value', 'hint: write b: { memory: … }'],
  ],
  ['no limit', 'expect: [{ of: iops }]', [expect.stringContaining('expect[0]: must have one of at-most')]],
  ['two limits', 'expect: [{ of: iops, at-most: 5, at-least: 3 }]', [expect.stringContaining('expect[0]: must have one of at-most')]],
  [
    'a limit in another unit',
    'expect: [{ of: iops, at-most: 10ms }]',
    [expect.stringContaining('a unit that converts to 1/s, such as 20k, got "10ms"')],
  ],
  [
    'a comparison without a baseline',
    'expect: [{ of: iops, worse-than-baseline-by-at-most: 5% }]',
    [expect.stringContaining('needs a baseline'), expect.any(String)],
  ],
  ['a baseline of several values', `${AB}baseline: { storage: "*" }`, ['baseline.storage: must be one value, matches a, b']],
  [
    'a layer that is null, once',
    `${AB}layers: { axis: storage, order: [a, null] }`,
    ['layers.order[1] must be a string or a number or true or false, got null'],
  ],
  ['a share that is none', 'steady: { of: iops, spread: wide }', [expect.stringContaining('steady.spread: must be a percentage')]],
])('rejects %s', async (_, text, expected) => {
  expect(await said(`workload: fio-bench\n${text}\n`)).toEqual(expected);
});

test('reports everything together, each with its place', async () => {
  const lines = await problemsOf(
    `workload: fio-bench
settings: { memry: 4Gi, cpu_cores: two }
params: { size: 10X }
matrix:
  storage: { a: { storage_clas: x }, b: { params: { jobs: 0 } } }
  jbos: [1]
score: [{ of: iosp }]
nme: x
`,
  );
  const places = lines.filter((line) => line.startsWith('e.yaml')).map((line) => line.split(': ')[0]);
  expect(places).toEqual([
    'e.yaml:2:13',
    'e.yaml:2:25',
    'e.yaml:3:11',
    'e.yaml:5:19',
    'e.yaml:5:53',
    'e.yaml:6:3',
    'e.yaml:7:11',
    'e.yaml:8:1',
  ]);
});

test('the same problem of many groups is reported once', async () => {
  expect(await said('workload: fio-bench\nparams: { jobs: 0 }\nmatrix: { memory: [2Gi, 4Gi, 8Gi] }')).toEqual([
    'param jobs of fio-bench must be 1 to 64, got 0',
  ]);
});

describe('null in workloads of a value', () => {
  test('removes what all cells have', async () => {
    const { plan } = await experiment(
      'workload: fio-bench\nworkloads: { disk: { vm_count: 2 } }\nmatrix: { n: { quiet: { workloads: { disk: null } }, busy: {} } }\norder: listed\n',
    );
    // Two CPUs for each of the other VMs.
    const [quiet, busy] = plan.groups.map(({ vcpus }) => vcpus);
    expect((busy as number) - (quiet as number)).toBe(4);
  });

  test('a name without anything is a workload with its defaults', async () => {
    const { plan } = await experiment(
      'workload: fio-bench\nmatrix:\n  n:\n    quiet: {}\n    busy:\n      workloads:\n        disk:\norder: listed\n',
    );
    const [quiet, busy] = plan.groups.map(({ vcpus }) => vcpus);
    expect(busy).toBeGreaterThan(quiet as number);
  });
});

describe('extends', () => {
  test('maps are merged, everything else is replaced, null removes', async () => {
    const { plan } = await experiment(
      'extends: fio-bench/rank\nrepeats: 2\nparams: { runtime: 30 }\nmatrix: { job: { mixed-4k: null, log-8k: { params: { profile: log } } } }\nscore: [{ of: iops, job: random-4k }]\n',
    );
    expect(plan.name).toBe('e');
    expect(plan.axes[0]?.values).toEqual(['random-4k', 'sequential-1m', 'log-8k']);
    expect(plan.groups[0]?.trials[0]?.params).toMatchObject({ size: '4G', runtime: '30' });
    expect(plan).toMatchObject({ repeats: 2, score: [{ of: 'iops', where: { job: 'random-4k' }, weight: 1 }] });
  });

  test('a file, whose relative paths begin at its own folder', async () => {
    const cwd = tempDir();
    mkdirSync(join(cwd, 'base'));
    writeFileSync(join(cwd, 'base/ca.pem'), 'not a certificate');
    writeFileSync(join(cwd, 'base/cpu.yaml'), 'workload: cpu\nsettings: { ca_certificates: [ca.pem] }\n');
    expect(await problemsOf('extends: base/cpu.yaml\nrepeats: 2\n', cwd)).toEqual([
      expect.stringMatching(/^base\/cpu\.yaml:2:13: settings\.ca_certificates: .*base\/ca\.pem/),
    ]);
  });

  test('the experiment of an entry of the user', async () => {
    const cwd = tempDir();
    const entry = join(cwd, 'entries/mine');
    mkdirSync(join(entry, 'experiments'), { recursive: true });
    writeFileSync(join(entry, 'trial.service'), '[Service]\nType=oneshot\nExecStart=/bin/true\n');
    writeFileSync(
      join(entry, 'workload.yaml'),
      'description: Mine\nparams: [{ key: size, type: int, default: 1 }]\nresults: [{ key: speed, unit: 1/s, better: more, vms: sum }]\n',
    );
    writeFileSync(join(entry, 'experiments/sizes.yaml'), 'matrix: { size: [1, 2, 3] }\n');
    const { planExperiment } = require('../../src/experiment/plan-experiment') as typeof import('../../src/experiment/plan-experiment');
    const { plan, warnings } = await planExperiment('mine/sizes', { flags: { 'catalog-dir': 'entries' }, env: { HOME: cwd }, cwd });
    expect([plan.name, plan.workload, plan.totals.cells, warnings]).toEqual(['sizes', 'mine', 3, []]);
  });
});
