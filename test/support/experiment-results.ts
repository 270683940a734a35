import type { CellResult, Comparison, ExperimentResults, Figure, ResultMetric } from '../../src/report/experiment-results';

/** What {@link experimentResults} is made of. */
export interface Shape {
  readonly storage: readonly string[];
  readonly jobs: readonly string[];
  /** Empty: no axis of queue depths. */
  readonly depths: readonly string[];
  readonly repeats: number;
  readonly vms: number;
  /** Ids of cells without one record. */
  readonly incomplete: readonly string[];
  readonly score: boolean;
}

const RANK: Shape = {
  storage: ['rbd', 'rbd-virt', 'cephfs'],
  jobs: ['random-4k', 'sequential-1m', 'log-8k'],
  depths: [],
  repeats: 5,
  vms: 2,
  incomplete: ['cephfs/log-8k'],
  score: true,
};

/** Speed of each class and job, relative to the first class. */
const SPEED = [1, 1.4, 0.55, 0.8, 1.1, 0.7, 0.9, 1.2];

const METRICS: readonly ResultMetric[] = [
  { key: 'iops', unit: '1/s', better: 'more' },
  { key: 'bytes', unit: 'B/s', better: 'more' },
  { key: 'cpu-per-io', unit: 's', better: 'less' },
  ...['read-latency', 'write-latency'].flatMap((key) =>
    ['p50', 'p95', 'p99', 'p99.9', 'p99.99'].map((percentile) => ({ key: `${key}.${percentile}`, unit: 'ns', better: 'less' as const })),
  ),
];

/** Results of an experiment with three storage classes, three jobs, five repeats and two VMs. One cell misses a record. */
export function experimentResults(shape: Partial<Shape> = {}): ExperimentResults {
  const { storage, jobs, depths, repeats, vms, incomplete, score } = { ...RANK, ...shape };
  const random = seeded(1);
  const cells = storage.flatMap((name, index) =>
    jobs.flatMap((job) =>
      (depths.length > 0 ? depths : [undefined]).map((depth) =>
        cell({ name, job, depth, speed: SPEED[index % SPEED.length] as number, repeats, vms, incomplete, random }),
      ),
    ),
  );
  const [baseline = ''] = storage;
  const complete = storage.filter((name) => !incomplete.some((id) => id.startsWith(`${name}/`)));
  return {
    schema: 'virtwork.results/1',
    name: 'rank',
    question: 'Which storage class serves VMs best?',
    plan: `sha256:${'4f'.repeat(32)}`,
    axes: [
      { name: 'storage', values: storage, kind: 'settings' },
      { name: 'job', values: jobs, kind: 'params' },
      ...(depths.length > 0 ? [{ name: 'queue-depth', values: depths, kind: 'params' as const }] : []),
    ],
    metrics: METRICS,
    cells,
    comparisons: cells
      .filter(({ values }) => values.storage !== baseline)
      .flatMap((own) => {
        const other = cells.find(
          ({ values }) => isSame({ ...values, storage: '' }, { ...own.values, storage: '' }) && values.storage === baseline,
        );
        return other ? own.main.flatMap((metric) => comparison(metric, own, other, repeats) ?? []) : [];
      }),
    ...(score ? { score: scoreOf(complete, storage, repeats) } : {}),
    expect: [
      { text: 'write-latency.p99 at most 10 ms (job=log-8k)', outcome: 'met', got: '2.4 ms', cell: cells[0]?.id ?? '' },
      { text: 'iops worse than storage=rbd by at most 5 %', outcome: 'not decided', got: '0.98 [0.93, 1.03]' },
    ],
    curves: depths.length < 3 ? [] : curves(cells, storage, jobs),
    missing: cells.filter(({ complete }) => !complete).map(({ group }) => ({ group, vm: 'bench-1', trial: '003', why: 'no record' })),
    broken: [{ place: 'groups/rbd-000000/bench-0/004-random-4k-r2.json.gz', why: 'the trial has another record, which counts' }],
    facts: {
      schema: 'virtwork.facts/1',
      cluster: {
        version: { serverVersion: { gitVersion: 'v1.34.2' } },
        kubevirt: [{ name: 'kubevirt', version: 'v1.7.0' }],
        storageClasses: [{ name: 'rbd', provisioner: 'rbd.csi.ceph.com' }],
        storageProfiles: [],
        csiDrivers: [],
        nodes: [],
        unknown: [],
      },
      groups: {},
    },
    records: Object.fromEntries(
      cells.map(({ id, group, values }) => [
        id,
        Array.from({ length: repeats }, (_, repeat) => `groups/${group}/bench-0/00${repeat + 1}-${values.job}-r${repeat + 1}.json.gz`),
      ]),
    ),
  };
}

interface CellShape extends Pick<Shape, 'repeats' | 'vms' | 'incomplete'> {
  readonly name: string;
  readonly job: string;
  readonly depth: string | undefined;
  readonly speed: number;
  readonly random: () => number;
}

function cell({ name, job, depth, speed, repeats, vms, incomplete, random }: CellShape): CellResult {
  const id = [name, job, depth].filter((part) => part !== undefined).join('/');
  const block = /\dm/.test(job) ? 2 ** 20 : 4096;
  const queue = depth === undefined ? 32 : Number(depth);
  // Throughput saturates, and latency then grows with the queue.
  const iops = ((block > 4096 ? 900 : 24000) * speed * queue) / (queue + 12);
  const latency = (queue / iops) * 1e9 * 1.8;
  const complete = !incomplete.includes(id);
  const spread = () => 1 + (random() - 0.5) * 0.06;
  const figure = (mean: number) =>
    figureOf(Array.from({ length: repeats }, (_, repeat) => (complete || repeat > 0 ? mean * spread() : null)));
  const tail = (percentile: string) => ({ p50: 0.6, p95: 1.5, p99: 3, 'p99.9': 7, 'p99.99': 19 })[percentile] as number;
  const latencies = METRICS.filter(({ unit }) => unit === 'ns').filter(({ key }) => job !== 'log-8k' || key.startsWith('write'));
  return {
    id,
    values: { storage: name, job, ...(depth === undefined ? {} : { 'queue-depth': depth }) },
    group: `${name}-000000`,
    complete,
    why: complete ? [] : ['repeat 1: no record (bench-1)'],
    flags: id.includes('sequential') && speed > 1 ? [{ kind: 'read-again', text: 'each block was read 3.2 times on average' }] : [],
    main: ['iops', ...latencies.map(({ key }) => key).filter((key) => key.endsWith('.p99'))],
    figures: {
      iops: figure(iops),
      bytes: figure(iops * block),
      'cpu-per-io': figure(2.1e-5),
      ...Object.fromEntries(latencies.map(({ key }) => [key, figure(latency * tail(key.slice(key.indexOf('.') + 1)))])),
    },
    vms: Array.from({ length: vms }, (_, index) => ({ vm: `bench-${index}`, figures: { iops: (iops / vms) * (1 + 0.1 * index) } })),
    ...(vms > 1 ? { fairness: 0.997 } : {}),
    histograms: Object.fromEntries(
      [...new Set(latencies.map(({ key }) => key.replace(/\..*/, '')))].map((key) => [key, histogram(latency)]),
    ),
    series: {
      iops: {
        every: 1,
        values: Array.from({ length: vms }, () =>
          Array.from({ length: 60 }, (_, second) => (iops / vms) * (1 + 0.08 * Math.sin(second / 5) + (random() - 0.5) * 0.1)),
        ),
      },
    },
  };
}

function figureOf(values: readonly (number | null)[]): Figure {
  const known = values.filter((value) => value !== null);
  const mean = Math.exp(known.reduce((sum, value) => sum + Math.log(value), 0) / known.length);
  return { values, n: known.length, mean, ...(known.length > 1 ? { low: mean * 0.97, high: mean * 1.03 } : {}) };
}

function histogram(median: number): CellResult['histograms'][string] {
  const bins = Array.from({ length: 60 }, (_, index): [number, number] => [
    median * 0.5 * 1.08 ** index,
    Math.round(1e5 * Math.exp(-index / 5)) + 1,
  ]);
  return { unit: 'ns', count: bins.reduce((sum, [, count]) => sum + count, 0), bins };
}

function comparison(metric: string, own: CellResult, other: CellResult, repeats: number): Comparison | undefined {
  const [mean, base] = [own.figures[metric]?.mean, other.figures[metric]?.mean];
  if (mean === undefined || base === undefined) return undefined;
  const ratio = mean / base;
  const known = { cell: own.id, baseline: other.id, metric, ratio };
  if (!own.complete || !other.complete) return { ...known, verdict: 'incomplete' };
  if (repeats < 2) return { ...known, verdict: 'not decided: one repeat' };
  const interval = { low: ratio * 0.96, high: ratio * 1.04, p: 0.001 };
  if (Math.abs(ratio - 1) < 0.04) return { ...known, ...interval, p: 0.4, verdict: 'no difference shown' };
  return { ...known, ...interval, verdict: ratio > 1 === (metric === 'iops') ? 'better' : 'worse' };
}

function scoreOf(complete: readonly string[], all: readonly string[], repeats: number): NonNullable<ExperimentResults['score']> {
  const ranked = complete
    .map((storage) => ({ storage, points: 70 * (SPEED[all.indexOf(storage) % SPEED.length] as number) }))
    .sort((a, b) => b.points - a.points);
  return {
    entries: ranked.map(({ storage, points }, index) => ({
      values: { storage },
      points,
      rank: repeats > 1 ? [index + 1, index + 1] : [1, ranked.length],
      parts: ['iops', 'bytes', 'write-latency.p99'].map((of) => ({ of, points })),
    })),
    unranked: all
      .filter((storage) => !complete.includes(storage))
      .map((storage) => ({ values: { storage }, why: [`storage=${storage} job=log-8k is incomplete: repeat 1: no record (bench-1)`] })),
  };
}

function curves(cells: readonly CellResult[], storage: readonly string[], jobs: readonly string[]): ExperimentResults['curves'] {
  return storage.flatMap((name) =>
    jobs.flatMap((job) => {
      const own = cells.filter(({ values, complete }) => complete && values.storage === name && values.job === job);
      const latency = own.every(({ figures }) => figures['read-latency.p99']) ? 'read-latency.p99' : 'write-latency.p99';
      if (own.length < 3) return [];
      return [
        {
          axis: 'queue-depth',
          values: { storage: name, job },
          throughput: 'iops',
          latency,
          cells: own.map(({ id }) => id),
          knee: own[1]?.id as string,
        },
      ];
    }),
  );
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Numbers from 0 to 1 that are the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
