import type { Result } from '../../src/results/result';
import { evaluate, METRICS, planOf, type Spot } from '../support/experiments';

/** Samples of a value: enough for the usual percentiles. */
const samples = (value: number) => ({ unit: 'ns', count: 1000, bins: [[value, 1000]] as const });
const WRITES = { key: 'write-iops', unit: '1/s', better: 'more', vms: 'sum' } as const;
const LAYERS = { axis: 'layer', order: ['local', 'pod', 'vm'] };

interface Speed {
  /** Microseconds. */
  readonly latency: number;
  readonly writes: number;
}

/** The flags of each layer, with figures that vary a little between the repeats. */
function flagsOf(speeds: { readonly [layer: string]: Speed | undefined }, { repeats = 3, spread = 0.01, layers = LAYERS } = {}) {
  const plan = planOf({ settings: { layer: ['local', 'pod', 'vm'] }, repeats, metrics: [...METRICS, WRITES], layers });
  const result = evaluate(plan, ({ values, repeat }: Spot): Partial<Result> | undefined => {
    const speed = speeds[values.layer as string];
    const factor = 1 + spread * (repeat - 2);
    if (!speed) return undefined;
    const latency = Math.round(speed.latency * 1000 * factor);
    return {
      metrics: { iops: 100, 'write-iops': speed.writes * factor },
      histograms: { 'read-latency': samples(latency), 'write-latency': samples(2 * latency) },
    };
  });
  return Object.fromEntries(result.cells.map(({ values, flags }) => [values.layer, flags.filter(({ kind }) => kind === 'layer')]));
}

const local = { latency: 100, writes: 1000 };
const pod = { latency: 150, writes: 800 };
const vm = { latency: 200, writes: 600 };

test('layers that cost something have no flag', () => {
  expect(flagsOf({ local, pod, vm })).toEqual({ local: [], pod: [], vm: [] });
});

test('a lower latency than that of the layer beneath is flagged with the figures and what to do', () => {
  expect(flagsOf({ local, pod, vm: { ...vm, latency: 75 } }).vm).toEqual([
    {
      kind: 'layer',
      text: expect.stringMatching(
        /^faster than pod, the layer beneath: read-latency\.p50 is 75\.0 µs, and 150 µs in pod \(0\.50× \[.*\]\); write-latency\.p50 is 150 µs, and 300 µs in pod \(0\.50×.*\)\. A cache answered, or .* is wrong: look for a cache .*measure a larger size/,
      ),
    },
  ]);
});

test('more writes than the layer beneath are flagged', () => {
  expect(flagsOf({ local, pod: { ...pod, writes: 2000 }, vm }).pod).toEqual([
    {
      kind: 'layer',
      text: expect.stringMatching(/^faster than local, .*: write-iops is 2\.00 k IOPS, and 1\.00 k IOPS in local \(2\.00× \[/),
    },
  ]);
});

test.each<[string, Parameters<typeof flagsOf>[0], Parameters<typeof flagsOf>[1], { readonly [layer: string]: number }]>([
  ['a difference within the noise', { local, pod: { latency: 98, writes: 1010 }, vm }, { spread: 0.2 }, { pod: 0 }],
  ['one repeat, and 4 % more', { local, pod: { latency: 150, writes: 1040 }, vm }, { repeats: 1 }, { pod: 0 }],
  ['one repeat, and 10 % more', { local, pod: { latency: 150, writes: 1100 }, vm }, { repeats: 1 }, { pod: 1 }],
  ['a small difference that is certain', { local, pod: { latency: 150, writes: 1030 }, vm }, { spread: 0.0001 }, { pod: 1 }],
  ['percentiles of the same bin', { local, pod: { latency: 99.5, writes: 900 }, vm }, { spread: 0 }, { pod: 0 }],
  ['a missing layer: the next one beneath', { local, pod: undefined, vm: { latency: 90, writes: 600 } }, {}, { vm: 1 }],
  ['nothing beneath', { local: undefined, pod: { latency: 1, writes: 9000 }, vm }, {}, { pod: 0 }],
  ['the lowest layer', { local: { latency: 500, writes: 1 }, pod, vm }, {}, { local: 0, pod: 1, vm: 0 }],
  [
    'a layer that is not in the order',
    { local, pod, vm: { latency: 1, writes: 9000 } },
    { layers: { axis: 'layer', order: ['local', 'pod'] } },
    { vm: 0 },
  ],
])('%s', (_, speeds, options, counts) => {
  const flags = flagsOf(speeds, options);
  for (const [layer, count] of Object.entries(counts)) expect(flags[layer]).toHaveLength(count);
});

test('cells are compared with equal values of the other axes', () => {
  const plan = planOf({
    settings: { layer: ['pod', 'vm'] },
    params: { job: ['a', 'b'] },
    metrics: [...METRICS, WRITES],
    layers: { axis: 'layer', order: ['pod', 'vm'] },
  });
  const { cells } = evaluate(plan, ({ values }) => ({
    metrics: { iops: 1, 'write-iops': values.job === 'a' ? 100 : values.layer === 'vm' ? 90 : 10 },
  }));
  const flagged = cells.filter(({ flags }) => flags.some(({ kind }) => kind === 'layer'));
  expect(flagged.map(({ values }) => values)).toEqual([{ layer: 'vm', job: 'b' }]);
});

test('without layers, nothing is compared', () => {
  const plan = planOf({ settings: { layer: ['pod', 'vm'] }, metrics: [...METRICS, WRITES] });
  const { cells } = evaluate(plan, ({ values }) => ({ metrics: { iops: 1, 'write-iops': values.layer === 'vm' ? 100 : 10 } }));
  expect(cells.flatMap(({ flags }) => flags)).toEqual([]);
});
