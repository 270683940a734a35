import { answerOf } from '../../src/report/answer';
import type { Result } from '../../src/results/result';
import { evaluate, histogramOf, planOf, type Spot } from '../support/experiments';
import { normal } from '../support/normal';
import { seeded } from '../support/random';

/** Twenty samples of a value: enough for a median. */
const median = (value: number) => histogramOf(new Array<number>(20).fill(value));
/** Samples of a value, enough for p99. */
const p99 = (value: number) => ({ unit: 'ns', count: 1000, bins: [[value, 1000]] as const });

describe('figures of all VMs', () => {
  // The suite that this benchmark replaces counts the idle direction of a section as 0, and shows 96.99 ms.
  test.each<[string, Partial<Result>]>([
    ['has no histogram', {}],
    ['has an empty histogram', { histograms: { 'read-latency': { unit: 'ns', count: 0, bins: [] } } }],
    ['has empty bins', { histograms: { 'read-latency': { unit: 'ns', count: 0, bins: [[1000, 0]] } } }],
  ])('a direction without I/O is absent and halves nothing: it %s', (_, idle) => {
    const { cells, metrics } = evaluate(planOf({ repeats: 1 }), () => ({
      metrics: { iops: 500, 'read-iops': 0 },
      histograms: { ...idle.histograms, 'write-latency': p99(193_980_000) },
    }));
    expect(cells[0]?.figures['write-latency.p99']).toEqual({ values: [193_980_000], n: 1, mean: expect.closeTo(193_980_000, 3) });
    expect(metrics.map(({ key }) => key)).toEqual(['iops', 'write-latency.p50', 'write-latency.p95', 'write-latency.p99']);
    expect(Object.keys(cells[0]?.histograms ?? {})).toEqual(['write-latency']);
    expect(cells[0]?.vms[0]?.figures['read-iops']).toBeUndefined();
  });

  test('percentiles come from merged histograms, and not from those of the VMs', () => {
    // The p99 of the VMs: 2736, 1500, 1200 and 996 µs.
    const vms: readonly (readonly [number, number])[][] = [
      [
        [300, 38_999],
        [2021, 1],
        [2736, 600],
        [5000, 400],
      ],
      [
        [300, 19_700],
        [1500, 100],
        [1900, 200],
      ],
      [
        [300, 19_700],
        [1200, 100],
        [1300, 200],
      ],
      [
        [300, 19_700],
        [996, 100],
        [1000, 200],
      ],
    ];
    const { cells } = evaluate(planOf({ repeats: 1, vms: 4 }), ({ index }) => {
      const bins = vms[index] ?? [];
      return {
        metrics: { iops: 1 },
        histograms: { 'read-latency': { unit: 'ns', count: bins.reduce((sum, [, count]) => sum + count, 0), bins } },
      };
    });
    const ofVms = cells[0]?.vms.map(({ figures }) => Math.round(figures['read-latency.p99'] as number)) ?? [];
    expect(ofVms).toEqual([2736, 1500, 1200, 996]);
    expect(cells[0]?.figures['read-latency.p99']?.values).toEqual([2021]);
    const mean = ofVms.reduce((sum, each) => sum + each, 0) / 4;
    expect(mean / 2021 - 1).toBeCloseTo(-0.2, 2);
    expect(cells[0]?.histograms['read-latency']).toEqual({
      unit: 'ns',
      count: 100_000,
      bins: [
        [300, 98_099],
        [996, 100],
        [1000, 200],
        [1200, 100],
        [1300, 200],
        [1500, 100],
        [1900, 200],
        [2021, 1],
        [2736, 600],
        [5000, 400],
      ],
    });
  });

  test('VMs add up as the metric says', () => {
    const { cells } = evaluate(planOf({ repeats: 2, vms: 2 }), ({ index, repeat }) => ({
      metrics: { iops: 100 * (index + 1) * repeat, 'cpu-per-io': index + 1, 'cpu-busy': 10 * (index + 1), errors: 0 },
    }));
    const { figures, vms, fairness } = cells[0] ?? {};
    expect(figures?.iops).toMatchObject({ values: [300, 600], n: 2, mean: expect.closeTo(300 * Math.SQRT2, 6) });
    expect(figures?.['cpu-per-io']?.values).toEqual([1.5, 1.5]);
    expect(figures?.['cpu-busy']?.values).toEqual([20, 20]);
    expect(figures?.errors).toEqual({ values: [0, 0], n: 2, mean: 0 });
    expect(vms?.map(({ vm, figures: own }) => [vm, own.iops])).toEqual([
      ['virtwork-fio-bench-0', expect.closeTo(100 * Math.SQRT2, 6)],
      ['virtwork-fio-bench-1', expect.closeTo(200 * Math.SQRT2, 6)],
    ]);
    expect(fairness).toBeCloseTo(0.9, 10);
  });

  test('series are those of the median repeat', () => {
    const { cells } = evaluate(planOf({ vms: 2 }), ({ index, repeat }) => ({
      metrics: { iops: [300, 100, 200][repeat - 1] as number },
      series: { iops: { every: 1, values: [repeat, index] } },
    }));
    expect(cells[0]?.series).toEqual({
      iops: {
        every: 1,
        values: [
          [3, 0],
          [3, 1],
        ],
      },
    });
  });
});

describe('completeness', () => {
  const latency = { histograms: { 'read-latency': p99(1000) } };
  const good = { metrics: { iops: 100, errors: 0 }, ...latency };
  const at = (spot: Spot, index: number, repeat: number) => spot.index === index && spot.repeat === repeat;

  test('a cell with all records is complete', () => {
    const { cells, missing } = evaluate(planOf({ vms: 2 }), () => good);
    expect(cells[0]).toMatchObject({ complete: true, why: [], flags: [] });
    expect(missing).toEqual([]);
  });

  test.each<[string, Partial<Result> | undefined, string, readonly string[]]>([
    ['a missing record', undefined, 'repeat 2: no record (virtwork-fio-bench-1)', ['no record']],
    [
      'a failed trial',
      { outcome: 'failed', why: 'exit status 1' },
      'repeat 2: the trial failed: exit status 1 (virtwork-fio-bench-1)',
      ['the trial failed: exit status 1'],
    ],
    ['an error', { ...latency, metrics: { iops: 100, errors: 3 } }, 'repeat 2: errors is 3', []],
    [
      'another time',
      { ...good, barrier: { expected: 2, outcome: 'together', late: 10 }, seconds: 70 },
      'repeat 2: the VMs measured at different times (overlap 85.7 %), so their figures do not add up',
      [],
    ],
    [
      'a start at an unknown time',
      { ...good, barrier: { expected: 2, outcome: 'alone' }, seconds: 70 },
      'repeat 2: not all VMs started together (virtwork-fio-bench-1), and when they measured is not known',
      [],
    ],
    ['a metric of one VM only', { ...latency, metrics: { errors: 0 } }, 'repeat 2: some VMs report iops, but not virtwork-fio-bench-1', []],
  ])('%s makes a cell incomplete', (_, wrong, why, missing) => {
    const results = evaluate(planOf({ vms: 2 }), (spot) => (at(spot, 1, 2) ? wrong : { ...good, seconds: 70 }));
    expect(results.cells[0]).toMatchObject({ complete: false, why: [why] });
    expect(results.cells[0]?.flags.map(({ text }) => text)).toEqual([why]);
    expect(results.missing.map((each) => each.why)).toEqual(missing);
  });

  test('a repeat that is not whole has no figure of all VMs', () => {
    const { cells } = evaluate(planOf({ vms: 2 }), (spot) => (at(spot, 1, 2) ? undefined : good));
    expect(cells[0]?.figures.iops).toMatchObject({ values: [200, null, 200], n: 2 });
  });

  test('a VM and a group without any record are named once', () => {
    const plan = planOf({ settings: { storage: ['a', 'b'] }, vms: 2 });
    const { missing } = evaluate(plan, ({ values, index }) => (values.storage === 'b' || index === 1 ? undefined : good));
    expect(missing).toEqual([
      { group: 'g0-abcdef', vm: 'virtwork-fio-bench-1', why: 'no record' },
      { group: 'g1-abcdef', why: 'no records of its 2 VMs' },
    ]);
  });

  test.each([
    ['that a ramp does not need is not missing', 6e6, [], 'not measured: 1 is beyond the limit'],
    [
      'at which a ramp goes on is missing',
      4e6,
      [{ group: 'g1-abcdef', why: 'no records of its 1 VM: the ramp has not ended' }],
      'not measured: the ramp has not ended',
    ],
  ])('a count %s', (_, latency, missing, why) => {
    const ramp = { axis: 'count', steps: [1, 2], counts: [1, 2], until: { of: 'write-latency.p99', above: 5e6 } };
    const histogram = { ...histogramOf(Array(2000).fill(latency)), sum: latency, min: latency, max: latency };
    const results = evaluate(planOf({ settings: { count: ['1', '2'] }, ramp }), ({ values }) =>
      values.count === '1' ? { histograms: { 'write-latency': histogram } } : undefined,
    );
    expect(results.missing).toEqual(missing);
    expect(results.cells.map((cell) => [cell.complete, cell.why])).toEqual([
      [true, []],
      [false, [why]],
    ]);
    expect(results.ramps).toMatchObject([
      {
        values: {},
        counts: [
          { count: 1, decided: true, rounds: 1 },
          { count: 2, why: why.slice(14) },
        ],
      },
    ]);
  });
});

describe('flags', () => {
  const steady = { of: 'iops', rounds: 5, spread: 0.2, slope: 0.1 };
  const series = (values: readonly number[]) => ({ metrics: { iops: 1 }, series: { iops: { every: 1, values } } });

  test.each<[string, Partial<Result>, readonly string[]]>([
    ['busy guests', { metrics: { iops: 1, 'cpu-busy': 95.25 } }, ['guest-cpu']],
    ['90 % busy', { metrics: { iops: 1, 'cpu-busy': 90 } }, []],
    ['stolen time', { metrics: { iops: 1, 'cpu-steal': 5.1 } }, ['steal']],
    ['a rising series', series([80, 90, 100, 110, 120]), ['unsteady']],
    ['a steady series', series([100, 99, 101, 100, 100]), []],
    [
      'steady sections of different levels',
      {
        metrics: { iops: 1 },
        series: {
          iops: { every: 1, values: [10, 10, 10, 10, 10, 90, 90, 90, 90, 90] },
          'seq-read-iops': { every: 1, values: [10, 10, 10, 10, 10] },
          'seq-write-iops': { every: 1, values: [90, 90, 90, 90, 90] },
        },
      },
      [],
    ],
    ['blocks read again', { metrics: { iops: 1, 'read-bytes': 2 ** 30 }, params: { size: '10G', runtime: '60' } }, ['read-again']],
    ['blocks read once', { metrics: { iops: 1, 'read-bytes': 2 ** 30 }, params: { size: '60G', runtime: '60' } }, []],
    ['a rate that is reached', { metrics: { iops: 98 }, params: { rate: '100' } }, []],
    ['a rate that is not reached', { metrics: { iops: 97.9 }, params: { rate: '100' } }, ['rate']],
    [
      'too few samples',
      { metrics: { iops: 1 }, histograms: { 'read-latency': { unit: 'ns', count: 499, bins: [[5, 499]] } } },
      ['few-samples'],
    ],
    ['enough samples', { metrics: { iops: 1 }, histograms: { 'read-latency': { unit: 'ns', count: 500, bins: [[5, 500]] } } }, []],
  ])('%s', (_, more, kinds) => {
    const { cells } = evaluate(planOf({ steady, vms: 2 }), () => more);
    expect(cells[0]?.flags.map(({ kind }) => kind)).toEqual(kinds);
    expect(cells[0]?.complete).toBe(true);
  });

  test('percentiles with too few samples are absent', () => {
    const { cells } = evaluate(planOf(), () => ({ metrics: { iops: 1 }, histograms: { 'read-latency': median(7) } }));
    expect(Object.keys(cells[0]?.figures ?? {})).toEqual(['iops', 'read-latency.p50']);
    expect(cells[0]?.flags).toEqual([
      { kind: 'few-samples', text: 'fewer than 10 samples lie beyond read-latency.p95, read-latency.p99, which are therefore not shown' },
    ]);
  });
});

describe('comparisons with the baseline', () => {
  const storages = { storage: ['rbd', 'rbd-virt', 'cephfs'] };
  /** IOPS with a spread of 1 %, by factor of the storage class. */
  const simulated = (factors: { readonly [storage: string]: number }, seed: number) => {
    const random = normal(seeded(seed));
    return ({ values }: Spot) => ({ metrics: { iops: 1000 * (factors[values.storage as string] as number) * Math.exp(0.01 * random()) } });
  };

  test('effects are found, and their absence is no difference shown', () => {
    const plan = planOf({ settings: storages, repeats: 5, baseline: { storage: 'rbd' } });
    const { comparisons } = evaluate(plan, simulated({ rbd: 1, 'rbd-virt': 1, cephfs: 0.5 }, 3));
    expect(comparisons.map(({ cell, baseline, metric, verdict }) => [cell, baseline, metric, verdict])).toEqual([
      ['g1-abcdef.t0', 'g0-abcdef.t0', 'iops', 'no difference shown'],
      ['g2-abcdef.t0', 'g0-abcdef.t0', 'iops', 'worse'],
    ]);
    const { ratio = 0, low, high } = comparisons[1] ?? {};
    expect(ratio).toBeCloseTo(0.5, 1);
    expect(low).toBeLessThan(ratio);
    expect(high).toBeGreaterThan(ratio);
  });

  test('among many equal cells, at most one experiment of twenty shows a difference', () => {
    const names = Array.from({ length: 11 }, (_, index) => `class-${index}`);
    const plan = planOf({ settings: { storage: names }, baseline: { storage: 'class-0' } });
    const equal = Object.fromEntries(names.map((name) => [name, 1]));
    const wrong = Array.from({ length: 60 }, (_, seed) => evaluate(plan, simulated(equal, seed)).comparisons).filter((rows) =>
      rows.some(({ verdict }) => verdict === 'better' || verdict === 'worse'),
    );
    expect(wrong.length).toBeLessThanOrEqual(4);
  });

  test('one repeat decides nothing', () => {
    const plan = planOf({ settings: storages, repeats: 1, baseline: { storage: 'rbd' } });
    const { comparisons } = evaluate(plan, simulated({ rbd: 1, 'rbd-virt': 2, cephfs: 1 }, 1));
    expect(comparisons.map(({ verdict, low, p }) => [verdict, low, p])).toEqual([
      ['not decided: one repeat', undefined, undefined],
      ['not decided: one repeat', undefined, undefined],
    ]);
  });

  test('an incomplete cell is not compared', () => {
    const plan = planOf({ settings: storages, baseline: { storage: 'rbd' } });
    const all = simulated({ rbd: 1, 'rbd-virt': 2, cephfs: 1 }, 1);
    const { comparisons } = evaluate(plan, (spot) => (spot.values.storage === 'rbd-virt' && spot.repeat === 1 ? undefined : all(spot)));
    expect(comparisons.map(({ verdict }) => verdict)).toEqual(['incomplete', 'no difference shown']);
    expect(comparisons[0]).not.toHaveProperty('p');
  });

  test('a shorter latency is better, unless the percentiles are neighboring bins', () => {
    const values: { readonly [storage: string]: number } = { rbd: 2000, 'rbd-virt': 1000, cephfs: 1985 };
    const plan = planOf({ settings: storages, baseline: { storage: 'rbd' } });
    const { comparisons } = evaluate(plan, (spot) => ({
      metrics: { 'cpu-busy': 1 },
      histograms: { 'read-latency': p99(values[spot.values.storage as string] as number) },
    }));
    expect(comparisons.map(({ metric, verdict }) => [metric, verdict])).toEqual([
      ['read-latency.p99', 'better'],
      ['read-latency.p99', 'no difference shown'],
    ]);
  });

  test('the baseline differs in its axes only', () => {
    const plan = planOf({ settings: storages, params: { job: ['random', 'log'] }, baseline: { storage: 'rbd' } });
    const { comparisons, cells } = evaluate(plan, () => ({ metrics: { iops: 1 } }));
    const jobOf = (id: string) => cells.find((cell) => cell.id === id)?.values.job;
    expect(comparisons).toHaveLength(4);
    expect(comparisons.map(({ cell, baseline }) => jobOf(cell) === jobOf(baseline))).toEqual([true, true, true, true]);
  });
});

describe('the score', () => {
  const score = [
    { of: 'iops', where: { job: 'random' }, weight: 3 },
    { of: 'write-latency.p99', where: { job: 'log' }, weight: 1 },
  ];
  const plan = planOf({ settings: { storage: ['fast', 'same', 'slow', 'broken'] }, params: { job: ['random', 'log'] }, score });
  const IOPS: { readonly [storage: string]: number } = { fast: 1000, same: 1000, slow: 500, broken: 5000 };
  const partsOf = (iops: number, latency: number) => [
    { of: 'iops', points: expect.closeTo(iops, 8) },
    { of: 'write-latency.p99', points: expect.closeTo(latency, 8) },
  ];

  test('is 100 for the best of each row, in proportion for the others, and by weight', () => {
    const found = evaluate(plan, ({ values: { storage = '', job }, repeat }) => {
      if (storage === 'broken' && job === 'log' && repeat === 3) return undefined;
      const latency = storage === 'slow' ? 4000 : 1000;
      return { metrics: { iops: IOPS[storage] as number }, histograms: { 'write-latency': p99(latency) } };
    }).score;
    expect(found?.entries).toEqual([
      { values: { storage: 'fast' }, points: expect.closeTo(100, 8), rank: [1, 2], parts: partsOf(100, 100) },
      { values: { storage: 'same' }, points: expect.closeTo(100, 8), rank: [1, 2], parts: partsOf(100, 100) },
      { values: { storage: 'slow' }, points: expect.closeTo((3 * 50 + 25) / 4, 8), rank: [3, 3], parts: partsOf(50, 25) },
    ]);
    expect(found?.unranked).toEqual([
      { values: { storage: 'broken' }, why: ['storage=broken job=log is incomplete: repeat 3: no record (virtwork-fio-bench-0)'] },
    ]);
  });

  test('axes that are not those of the baseline are contexts, in each of which the best has 100', () => {
    const of = planOf({
      settings: { storage: ['rbd', 'cephfs'], vm_count: ['1', '5'] },
      baseline: { storage: 'rbd' },
      score: [{ of: 'iops', where: {}, weight: 1 }],
    });
    const iops: { readonly [key: string]: number } = { 'rbd 1': 100, 'cephfs 1': 50, 'rbd 5': 300, 'cephfs 5': 400 };
    const found = evaluate(of, ({ values }) => ({ metrics: { iops: iops[`${values.storage} ${values.vm_count}`] as number } })).score;
    expect(found?.entries.map(({ values, points }) => [values, points])).toEqual([
      [{ storage: 'rbd' }, expect.closeTo((100 + 75) / 2, 8)],
      [{ storage: 'cephfs' }, expect.closeTo((50 + 100) / 2, 8)],
    ]);
  });

  test('what is excluded for one candidate counts for none', () => {
    const whole = planOf({
      settings: { storage: ['rbd', 'file'], vm_count: ['1', '5'] },
      baseline: { storage: 'rbd' },
      score: [{ of: 'iops', where: {}, weight: 1 }],
    });
    const isThere = (values: { readonly [axis: string]: string }) => values.storage !== 'file' || values.vm_count === '1';
    const without = {
      ...whole,
      cells: whole.cells.filter(({ values }) => isThere(values)),
      groups: whole.groups.filter(({ settings }) => isThere(settings)),
    };
    const found = evaluate(without, ({ values }) => ({ metrics: { iops: values.storage === 'file' ? 50 : 100 } })).score;
    expect(found?.entries.map(({ values, points }) => [values.storage, points])).toEqual([
      ['rbd', expect.closeTo(100, 8)],
      ['file', expect.closeTo(50, 8)],
    ]);
  });

  test('a figure that no record has is the answer', () => {
    const results = evaluate(plan, () => ({ metrics: { iops: 1 } }));
    expect(answerOf(results)).toBe('No answer: no record has write-latency.p99.');
  });

  test('a class without a figure does not rank', () => {
    const found = evaluate(plan, ({ values }) => ({
      metrics: { iops: 1 },
      ...(values.storage === 'slow' ? {} : { histograms: { 'write-latency': p99(1000) } }),
    })).score;
    expect(found?.entries).toHaveLength(3);
    expect(found?.unranked).toEqual([{ values: { storage: 'slow' }, why: ['storage=slow job=log has no write-latency.p99'] }]);
  });

  test('with one repeat, no rank is excluded', () => {
    const single = planOf({ repeats: 1, settings: { storage: ['a', 'b'] }, score: [{ of: 'iops', where: {}, weight: 1 }] });
    const found = evaluate(single, (spot) => ({ metrics: { iops: spot.values.storage === 'a' ? 1 : 2 } })).score;
    expect(found?.entries.map(({ values, rank }) => [values.storage, rank])).toEqual([
      ['b', [1, 2]],
      ['a', [1, 2]],
    ]);
  });
});

describe('expectations', () => {
  const shape = { settings: { storage: ['rbd', 'virt'] }, baseline: { storage: 'rbd' } };
  const GOT = expect.stringMatching(/^100\.0 IOPS \[97\.\d\d, 102\.\d\]$/);

  test.each<[string, object, string]>([
    ['a figure above the least', { atLeast: 90 }, 'met'],
    ['a figure above the most', { atMost: 90 }, 'not met'],
    ['a figure below the least', { atLeast: 110 }, 'not met'],
    ['a limit within the interval', { atLeast: 99 }, 'not decided'],
  ])('%s', (_, limit, outcome) => {
    const plan = planOf({ ...shape, expect: [{ of: 'iops', where: { storage: 'virt' }, ...limit }] });
    const found = evaluate(plan, ({ repeat }) => ({ metrics: { iops: [100, 101, 99][repeat - 1] as number } })).expect;
    expect(found).toEqual([{ text: expect.stringMatching(/^iops at (most|least) \d+ IOPS$/), outcome, got: GOT, cell: 'g1-abcdef.t0' }]);
  });

  test.each([
    [90, 'not met'],
    [95.5, 'not decided'],
    [100, 'met'],
    [200, 'met'],
  ])('%d %% of the baseline, where 95 %% are required', (percent, outcome) => {
    const plan = planOf({ ...shape, expect: [{ of: 'iops', where: {}, worseThanBaselineByAtMost: 0.05 }] });
    const { expect: found } = evaluate(plan, (spot) => {
      const iops = [100, 101, 99][spot.repeat - 1] as number;
      return { metrics: { iops: spot.values.storage === 'rbd' ? iops : (iops * percent) / 100 } };
    });
    expect(found).toEqual([
      { text: 'iops worse than storage=rbd by at most 5 %', outcome, got: expect.stringMatching(/^\d\.\d\d× \[/), cell: 'g1-abcdef.t0' },
    ]);
  });

  test('a latency may be longer by the share', () => {
    const plan = planOf({ ...shape, expect: [{ of: 'read-latency.p99', where: {}, worseThanBaselineByAtMost: 0.05 }] });
    const outcome = (latency: number) =>
      evaluate(plan, ({ values: { storage } }) => ({
        metrics: { iops: 1 },
        histograms: { 'read-latency': p99(storage === 'rbd' ? 1000 : latency) },
      })).expect[0]?.outcome;
    expect([outcome(500), outcome(1049), outcome(1051)]).toEqual(['met', 'met', 'not met']);
  });

  test('one repeat decides a limit, but not a comparison', () => {
    const rules = [
      { of: 'iops', where: { storage: 'virt' }, atLeast: 90 },
      { of: 'iops', where: { storage: 'virt' }, worseThanBaselineByAtMost: 0.05 },
    ];
    const found = evaluate(planOf({ ...shape, repeats: 1, expect: rules }), () => ({ metrics: { iops: 100 } })).expect;
    expect(found.map(({ outcome, got }) => [outcome, got])).toEqual([
      ['met', '100.0 IOPS (one repeat)'],
      ['not decided', '1.00× (one repeat)'],
    ]);
  });

  test('what is incomplete or absent is not decided', () => {
    const plan = planOf({ ...shape, expect: [{ of: 'read-latency.p99', where: {}, atMost: 1e6 }] });
    const { expect: found } = evaluate(plan, ({ values: { storage } }) => (storage === 'rbd' ? undefined : { metrics: { iops: 1 } }));
    expect(found.map(({ text, outcome, got }) => [text, outcome, got])).toEqual([
      ['read-latency.p99 at most 1 ms', 'not decided', 'storage=rbd is incomplete: repeats 1 to 3: no record (VM 0)'],
      ['read-latency.p99 at most 1 ms', 'not decided', 'storage=virt has no read-latency.p99'],
    ]);
  });
});

test('a queue-depth curve has its knee', () => {
  const points: { readonly [depth: string]: readonly [number, number] } = { 1: [10, 1000], 2: [19, 1200], 4: [36, 2000], 16: [40, 9000] };
  const { curves } = evaluate(planOf({ params: { 'queue-depth': ['1', '2', '4', '16'] } }), ({ values }) => {
    const [iops, latency] = points[values['queue-depth'] as string] as readonly [number, number];
    return { metrics: { iops }, histograms: { 'read-latency': p99(latency) } };
  });
  expect(curves).toEqual([
    {
      axis: 'queue-depth',
      values: {},
      throughput: 'iops',
      latency: 'read-latency.p99',
      cells: ['g0-abcdef.t0', 'g0-abcdef.t1', 'g0-abcdef.t2', 'g0-abcdef.t3'],
      knee: 'g0-abcdef.t2',
    },
  ]);
});
