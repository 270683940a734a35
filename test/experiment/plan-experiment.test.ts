import type { ExperimentPlan } from '../../src/experiment/experiment-plan';
import { validate } from '../../src/experiment/plan-validator';
import { experiment } from '../support/planned-experiments';

const RANK = `
name: rank
question: Which one?
workload: fio-bench
settings: { namespace: bench, cpu_cores: 4, memory: 8Gi, data_disk_size: 150Gi }
params: { runtime: 60, size: 10G }
matrix:
  storage:
    rbd: { storage_class: ceph-rbd, volume_mode: Block }
    cephfs: { storage_class: cephfs }
    file-3000: { storage_class: file }
  vm_count: [1, 5]
  job:
    random-4k: { params: { profile: random, block-size: 4k } }
    log-8k: { params: { profile: log, block-size: 8k } }
  neighbours:
    quiet: {}
    migrating: { workloads: { chaos-migration: {} } }
exclude:
  - { storage: file-*, vm_count: 5 }
  - { neighbours: migrating, vm_count: 1 }
repeats: 3
baseline: { storage: rbd }
steady: { of: iops, spread: 30% }
score:
  - { of: iops, job: random-4k, weight: 4 }
  - { of: write-latency.p99, job: log-* }
expect:
  - { of: write-latency.p99, job: log-8k, at-most: 10ms }
  - { of: iops, worse-than-baseline-by-at-most: 5%, storage: cephfs }
  - { of: bytes, at-least: 100MiB/s }
`;

async function planOf(text: string): Promise<ExperimentPlan> {
  return (await experiment(text)).plan;
}

describe('the experiment of the documentation', () => {
  test('has a valid plan, with groups for settings and trials for params', async () => {
    const plan = await planOf(RANK);
    expect(validate(plan)).toEqual([]);
    expect(plan.axes).toEqual([
      { name: 'storage', values: ['rbd', 'cephfs', 'file-3000'], kind: 'settings' },
      { name: 'vm_count', values: ['1', '5'], kind: 'settings' },
      { name: 'job', values: ['random-4k', 'log-8k'], kind: 'params' },
      { name: 'neighbours', values: ['quiet', 'migrating'], kind: 'settings' },
    ]);
    // Storage and count: 3 x quiet with 1, 2 x quiet and migrating with 5.
    expect(plan.totals).toMatchObject({ groups: 7, cells: 14, trials: 42, vms: 23, records: 23 * 6 });
    expect(plan.groups.map(({ id }) => id.replace(/-[0-9a-f]{6}$/, '')).sort()).toEqual([
      'cephfs-c1-quiet',
      'cephfs-c5-migrating',
      'cephfs-c5-quiet',
      'file-3000-c1-quiet',
      'rbd-c1-quiet',
      'rbd-c5-migrating',
      'rbd-c5-quiet',
    ]);
  });

  test('has rules in the units of the metrics', async () => {
    const { baseline, steady, score, expect: limits } = await planOf(RANK);
    expect({ baseline, steady, score, limits }).toEqual({
      baseline: { storage: 'rbd' },
      steady: { of: 'iops', rounds: 5, spread: 0.3, slope: 0.1 },
      score: [
        { of: 'iops', where: { job: 'random-4k' }, weight: 4 },
        { of: 'write-latency.p99', where: { job: 'log-*' }, weight: 1 },
      ],
      limits: [
        { of: 'write-latency.p99', where: { job: 'log-8k' }, atMost: 10_000_000 },
        { of: 'iops', where: { storage: 'cephfs' }, worseThanBaselineByAtMost: 0.05 },
        { of: 'bytes', where: {}, atLeast: 104_857_600 },
      ],
    });
  });

  test('has settled params, and the cells in the order of the matrix', async () => {
    const { groups, cells } = await planOf(RANK);
    const [first] = cells;
    expect(first).toMatchObject({
      trial: 'random-4k',
      values: { storage: 'rbd', vm_count: '1', job: 'random-4k', neighbours: 'quiet' },
    });
    const group = groups.find(({ id }) => id === first?.group);
    expect(group).toMatchObject({ settings: { storage: 'rbd', vm_count: '1', neighbours: 'quiet' }, vms: 1, vcpus: 4 });
    const log = group?.trials.find(({ name }) => name === 'log-8k');
    expect(log).toMatchObject({ repeat: 1, params: { profile: 'log', 'block-size': '8k', runtime: '60', size: '10G', ramp: '10' } });
    expect(log?.cell).toBe(`${group?.id}/log-8k`);
  });

  test('has sizes of the measured VMs; the others have those of their entries', async () => {
    const { groups } = await planOf(RANK);
    const of = (word: string) => groups.find(({ id }) => id.startsWith(word));
    expect(of('rbd-c5-quiet')).toMatchObject({ vms: 5, vcpus: 20, memoryBytes: 5 * 2 ** 33 });
    expect(of('rbd-c5-migrating')).toMatchObject({ vms: 5, vcpus: 21, memoryBytes: 5 * 2 ** 33 + 2 ** 29 });
  });
});

describe('the order', () => {
  const orders = async (extra: string) => {
    const { groups } = await planOf(RANK.replace('repeats: 3', `repeats: 20\n${extra}`));
    return { groups: groups.map(({ id }) => id), trials: groups.map(({ trials }) => trials.map(({ name }) => name).join()) };
  };

  test('is random, and the same for the same seed', async () => {
    const [first, again, other] = [await orders('seed: 1'), await orders(''), await orders('seed: 2')];
    expect(again).toEqual(first);
    expect(other.groups).not.toEqual(first.groups);
    expect(new Set(other.groups)).toEqual(new Set(first.groups));
    // In another order in each group and repeat; of 20 repeats, not all begin with the same trial.
    expect(new Set(first.trials).size).toBe(first.trials.length);
  });

  test('has each trial once in each repeat', async () => {
    const { groups } = await planOf(RANK);
    for (const { trials } of groups) {
      expect(trials.map(({ id, repeat }) => `${id} ${repeat}`)).toEqual(['001 1', '002 1', '003 2', '004 2', '005 3', '006 3']);
      expect(new Set(trials.map(({ name, repeat }) => `${name} ${repeat}`)).size).toBe(6);
    }
  });

  test('can be that of the file', async () => {
    const { groups, trials } = await orders('order: listed');
    expect(groups[0]).toMatch(/^rbd-c1-quiet-/);
    expect(trials[0]).toMatch(/^random-4k,log-8k,random-4k,log-8k,/);
  });
});

describe('IDs', () => {
  const idsOf = async (text: string) => (await planOf(text)).groups.map(({ id }) => id).sort();

  test('of other experiments in the same namespace differ', async () => {
    const [first, second] = [await idsOf(RANK), await idsOf(RANK.replace('name: rank', 'name: other'))];
    expect(second.filter((id) => first.includes(id))).toEqual([]);
  });

  test('change with the settings of the group, and not with its params', async () => {
    expect(await idsOf(RANK.replace('memory: 8Gi', 'memory: 4Gi'))).not.toEqual(await idsOf(RANK));
    expect(await idsOf(RANK.replace('runtime: 60', 'runtime: 90'))).toEqual(await idsOf(RANK));
  });

  test('are DNS labels, also with long names', async () => {
    const ids = await idsOf(
      `workload: fio-bench\nname: long\nmatrix: { storage_class: [ocs-storagecluster-ceph-rbd, ocs-storagecluster-ceph-rbd-virtualization], memory: [8Gi, 16Gi] }\n`,
    );
    expect(ids).toHaveLength(4);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]{1,23}-[0-9a-f]{6}$/);
    expect(ids.join(' ')).toMatch(/ocs-.*-m16gi/);
  });
});

describe('the matrix', () => {
  const cells = async (text: string) =>
    (await planOf(`name: m\nworkload: fio-bench\n${text}`)).cells.map(({ values }) => Object.values(values).join(' '));

  test.each<[string, string, readonly string[]]>([
    ['no axis', '', ['']],
    ['a list of a setting', 'matrix: { memory: [2Gi, 4Gi] }', ['2Gi', '4Gi']],
    ['a list of a param', 'matrix: { queue-depth: [1, 02] }', ['1', '02']],
    ['true and false', 'matrix: { block_multiqueue: [true, false] }', ['true', 'false']],
    ['lists multiply', 'matrix: { memory: [2Gi, 4Gi], jobs: [1, 2] }', ['2Gi 1', '2Gi 2', '4Gi 1', '4Gi 2']],
    [
      'a value and a glob exclude',
      'matrix: { memory: [2Gi, 4Gi], jobs: [1, 2] }\nexclude: [{ memory: 2*, jobs: 2 }]',
      ['2Gi 1', '4Gi 1', '4Gi 2'],
    ],
    ['several rows exclude', 'matrix: { memory: [2Gi, 4Gi], jobs: [1, 2] }\nexclude: [{ memory: 2Gi, jobs: 2 }, { jobs: 1 }]', ['4Gi 2']],
    [
      'what is excluded is included again',
      'matrix: { memory: [2Gi, 4Gi], jobs: [1, 2] }\nexclude: [{ memory: 2Gi }]\ninclude: [{ memory: 2Gi, jobs: 2 }]',
      ['4Gi 1', '4Gi 2', '2Gi 2'],
    ],
    [
      'a list gets a new value for some combinations',
      'matrix: { memory: [2Gi, 4Gi], jobs: [1, 2] }\ninclude: [{ memory: 4Gi, jobs: 8 }, { jobs: 16 }]',
      ['2Gi 1', '2Gi 2', '4Gi 1', '4Gi 2', '4Gi 8', '2Gi 16', '4Gi 16'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await cells(text)).toEqual(expected);
  });

  test.each<[string, string, string, number]>([
    ['settings', 'a: { memory: 2Gi }, b: { memory: 4Gi }', 'settings', 2],
    ['params', 'a: { params: { jobs: 1 } }, b: { params: { jobs: 2 } }', 'params', 1],
    ['settings and params', 'a: { memory: 2Gi, params: { jobs: 1 } }, b: { memory: 4Gi, params: { jobs: 2 } }', 'mixed', 2],
    ['the same settings and other params', 'a: { memory: 2Gi, params: { jobs: 1 } }, b: { memory: 2Gi, params: { jobs: 2 } }', 'mixed', 1],
    ['equal settings but a label, to compare a storage with itself', 'a: {}, b: { labels: { copy: b } }', 'settings', 2],
    ['workloads', 'a: {}, b: { workloads: { cpu: { vm_count: 2 } } }', 'settings', 2],
    ['nothing, written without a value', 'a: , b: { memory: 4Gi }', 'settings', 2],
  ])('an axis of %s', async (_, values, kind, groups) => {
    const plan = await planOf(`name: m\nworkload: fio-bench\nmatrix: { axis: { ${values} } }\n`);
    expect([plan.axes[0]?.kind, plan.groups.length]).toEqual([kind, groups]);
    expect(plan.cells.map((cell) => cell.values)).toEqual([{ axis: 'a' }, { axis: 'b' }]);
  });

  test('names of trials are unique, and no longer than 40 characters', async () => {
    const { cells: planned } = await planOf(
      `name: m\nworkload: fio-bench\nmatrix:\n  job:\n    Same.4k: { params: { jobs: 1 } }\n    same-4k: { params: { jobs: 2 } }\n    ${'long-'.repeat(12)}: { params: { jobs: 3 } }\n    4096: { params: { jobs: 4 } }\n`,
    );
    const names = planned.map(({ trial }) => trial);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^(?=.*[a-z])[a-z0-9][a-z0-9-]{0,39}$/);
  });
});

test('the hash depends on everything, and on nothing outside of the file', async () => {
  const hash = async (text: string) => (await planOf(text)).hash;
  expect(await hash(RANK)).toBe(await hash(RANK));
  for (const [from, to] of [
    ['Which one', 'Which'],
    ['runtime: 60', 'runtime: 61'],
    ['10ms', '11ms'],
    ['repeats: 3', 'repeats: 4'],
  ] as const)
    expect(await hash(RANK.replace(from, to))).not.toBe(await hash(RANK));
});
