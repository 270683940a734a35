import type { ExpectRule } from '../../src/experiment/experiment-plan';
import { answerOf } from '../../src/report/answer';
import type { CellResult, ExperimentResults } from '../../src/report/experiment-results';
import { drawnMetrics, labelOf, layoutOf, workMetric } from '../../src/report/layout';
import { rampSentences } from '../../src/report/ramp';
import { evaluate, histogramOf, type PlanProps, planOf, type Spot } from '../support/experiments';

const iops = (value: number) => ({ metrics: { iops: value } });
const flagKinds = ({ flags }: CellResult) => flags.map(({ kind }) => kind);

describe('cells', () => {
  test('fairness is known only if all VMs have the figure', () => {
    const [cell] = evaluate(planOf({ vms: 3 }), ({ index }) => (index === 2 ? undefined : iops(100))).cells;
    expect(cell?.vms).toHaveLength(2);
    expect(cell?.fairness).toBeUndefined();
    expect(evaluate(planOf({ vms: 3 }), ({ index }) => iops(100 + index)).cells[0]?.fairness).toBeCloseTo(1, 3);
  });

  test.each([
    ['errors', true],
    ['read-errors', true],
    ['terrors', false],
    ['errors-of-old', false],
  ])('%s above 0 make a cell incomplete: %s', (key, isIncomplete) => {
    const metrics = [{ key, unit: '1', better: 'less', vms: 'sum' } as const];
    const [cell] = evaluate(planOf({ metrics }), () => ({ metrics: { [key]: 1 } })).cells;
    expect(cell?.complete).toBe(!isIncomplete);
    expect(evaluate(planOf({ metrics }), () => ({ metrics: { [key]: 0 } })).cells[0]?.complete).toBe(true);
  });

  test('a VM alone cannot start apart from others', () => {
    const alone = { ...iops(1), barrier: { expected: 1, outcome: 'alone' as const } };
    expect(evaluate(planOf(), () => alone).cells[0]?.complete).toBe(true);
  });

  test('series with other intervals are not shown together', () => {
    const every = (seconds: number) => ({ ...iops(1), series: { iops: { every: seconds, values: [1, 2] } } });
    expect(evaluate(planOf({ vms: 2 }), () => every(1)).cells[0]?.series).toHaveProperty('iops');
    expect(evaluate(planOf({ vms: 2 }), ({ index }) => every(1 + index)).cells[0]?.series).toEqual({});
    const some = ({ index }: Spot) => (index === 0 ? every(1) : iops(1));
    expect(evaluate(planOf({ vms: 2 }), some).cells[0]?.series).toEqual({});
  });

  test('the repeats are in their order, in whatever order the trials run', () => {
    const plan = planOf();
    const groups = plan.groups.map((group) => ({ ...group, trials: group.trials.toReversed() }));
    expect(evaluate({ ...plan, groups }, ({ repeat }) => iops(repeat)).cells[0]?.figures.iops?.values).toEqual([1, 2, 3]);
  });

  test('all errors of operations together are a sum, the busiest CPU counts, and the cost of an operation is a mean', () => {
    const [cell] = evaluate(planOf({ vms: 2 }), ({ index }) => ({
      metrics: { iops: 10 + index, 'cpu-busy': 20 + index, 'cpu-per-io': 1 + index },
    })).cells;
    expect(['iops', 'cpu-busy', 'cpu-per-io'].map((key) => cell?.figures[key]?.values[0])).toEqual([21, 21, 1.5]);
  });

  test('a rate of 0 in every repeat is absent, unless the report leads with it; a latency of 0 is not', () => {
    const [cell] = evaluate(planOf(), () => ({ metrics: { iops: 0, 'read-iops': 0, 'cpu-per-io': 0 } })).cells;
    expect(cell?.figures['read-iops']).toBeUndefined();
    expect(cell?.figures.iops?.mean).toBe(0);
    expect(cell?.figures['cpu-per-io']?.mean).toBe(0);
  });
});

describe('flags', () => {
  test.each<[string, (spot: Spot) => number, string[]]>([
    [
      'a VM at a fifth of the others',
      ({ index }) => (index === 1 ? 20 : 100),
      ['virtwork-fio-bench-1 has only 20 % of the median iops of the VMs'],
    ],
    ['a VM at two thirds of the others', ({ index }) => (index === 1 ? 66 : 100), []],
    ['a rate of 0 in a repeat', ({ repeat }) => (repeat === 2 ? 0 : 100), ['repeat 2: iops is 0']],
    ['a rate of 0 of a VM', ({ repeat, index }) => (repeat === 2 && index === 3 ? 0 : 100), ['repeat 2: iops is 0 (virtwork-fio-bench-3)']],
    ['a rate of 0 everywhere', () => 0, ['repeats 1 to 3: iops is 0']],
  ])('%s', (_, value, texts) => {
    const [cell] = evaluate(planOf({ vms: 4 }), (spot) => iops(value(spot))).cells;
    expect(cell?.flags.filter(({ kind }) => kind === 'zero' || kind === 'slow-vm').map(({ text }) => text)).toEqual(texts);
    expect(cell?.complete).toBe(true);
  });

  test.each<[string, (spot: Spot) => number, string | undefined, string, string]>([
    [
      'in a repeat',
      ({ values, repeat }) => (values.storage === 'b' && repeat === 2 ? 0 : 100),
      'not decided: 0 in a repeat',
      'not met',
      'not decided: iops of storage=b is 0 in a repeat',
    ],
    [
      'in every repeat',
      ({ values }) => (values.storage === 'b' ? 0 : 100),
      'not decided: 0 in a repeat',
      'not met',
      'not met: iops of storage=b is 0 in a repeat',
    ],
    [
      'in a repeat of the baseline',
      ({ values, repeat }) => (values.storage === 'a' && repeat === 2 ? 0 : 100),
      'not decided: 0 in a repeat',
      'met',
      'not decided: iops of storage=a is 0 in a repeat',
    ],
    [
      'in every repeat of the baseline',
      ({ values }) => (values.storage === 'a' ? 0 : 100),
      undefined,
      'met',
      'not decided: iops of storage=a is 0 in a repeat',
    ],
  ])('a rate of 0 %s is compared and expected', (_, value, verdict, limit, relative) => {
    const rules: readonly ExpectRule[] = [
      { of: 'iops', where: { storage: 'b' }, atLeast: 90 },
      { of: 'iops', where: {}, worseThanBaselineByAtMost: 0.05 },
    ];
    const plan = planOf({ settings: { storage: ['a', 'b'] }, baseline: { storage: 'a' }, expect: rules });
    const { comparisons, expect: found } = evaluate(plan, (spot) => iops(value(spot)));
    expect(comparisons[0]?.verdict).toBe(verdict);
    expect(found.map(({ outcome }) => outcome)).toEqual([limit, relative.split(':')[0]]);
    expect(found[1]?.got).toBe(relative.split(': ')[1]);
  });

  const read = (size: string, params: { readonly [key: string]: string } = { runtime: '60' }) =>
    evaluate(planOf(), () => ({ metrics: { iops: 1, 'read-bytes': 2 ** 20 }, params: { size, ...params }, seconds: 60 })).cells[0];

  test.each([
    ['59M', true],
    ['60M', false],
    ['61MiB', false],
    ['59000k', true],
  ])('60 MiB read of %s is flagged: %s', (size, isFlagged) => {
    expect(flagKinds(read(size) as CellResult).includes('read-again')).toBe(isFlagged);
  });

  test('the time of a read is the runtime of the load, without its ramp', () => {
    expect(flagKinds(read('59M', { runtime: '30' }) as CellResult)).not.toContain('read-again');
  });

  test('a percentile that is asked for is flagged when it has too few samples', () => {
    const latency = { ...iops(1), histograms: { 'read-latency': histogramOf(Array.from({ length: 2000 }, (_, index) => index + 1)) } };
    const of = 'read-latency.p99.9';
    expect(flagKinds(evaluate(planOf(), () => latency).cells[0] as CellResult)).not.toContain('few-samples');
    const asked = planOf({ expect: [{ of, where: {}, atMost: 1 }] });
    expect(evaluate(asked, () => latency).cells[0]?.flags[0]?.text).toContain(`beyond ${of}`);
  });
});

describe('curves', () => {
  const at: { readonly [depth: string]: number } = { '1': 10, '4': 20, '16': 30, '2': 15 };
  const curvesOf = (depths: readonly string[], isThere: (spot: Spot) => boolean = () => true) =>
    evaluate(planOf({ params: { depth: depths } }), (spot) =>
      isThere(spot)
        ? {
            ...iops(at[spot.values.depth as string] ?? 1),
            histograms: { 'read-latency': histogramOf(Array.from({ length: 2000 }, () => 1000)) },
          }
        : undefined,
    ).curves;
  const depthsOf = (curves: ExperimentResults['curves'], depths: readonly string[]) =>
    curves[0]?.cells.map((cell) => depths[Number(cell.at(-1))]);

  test('are in the order of the numbers', () => {
    const depths = ['16', '1', '4'];
    expect(depthsOf(curvesOf(depths), depths)).toEqual(['1', '4', '16']);
  });

  test.each<[string, readonly string[], number]>([
    ['three numbers', ['1', '4', '16'], 1],
    ['two numbers', ['1', '4'], 0],
    ['words', ['1', '4', 'all'], 0],
  ])('of %s: %j has %i', (_, depths, count) => {
    expect(curvesOf(depths)).toHaveLength(count);
  });

  test('have complete cells only', () => {
    const depths = ['1', '2', '4', '16'];
    const without = ({ values, repeat }: Spot) => values.depth !== '4' || repeat > 1;
    expect(depthsOf(curvesOf(depths, without), depths)).toEqual(['1', '2', '16']);
    expect(curvesOf(['1', '4', '16'], without)).toEqual([]);
  });
});

describe('a ramp', () => {
  const COUNTS = ['1', '2', '4'];
  const shape = (until: NonNullable<ReturnType<typeof planOf>['ramp']>['until'], more: PlanProps = {}): PlanProps => ({
    settings: { vm_count: COUNTS },
    ramp: { axis: 'vm_count', steps: [1, 2, 4], counts: [1, 2, 4], until },
    ...more,
  });
  const sentence = (plan: PlanProps, more: (spot: Spot) => ReturnType<typeof iops> | undefined) => {
    const results = evaluate(planOf(plan), more);
    return rampSentences(results, layoutOf(results));
  };
  const spread = ({ values, repeat }: Spot) => 100 * Number(values.vm_count) * (1 + (repeat - 2) / 100);

  test.each<[string, PlanProps, (spot: Spot) => ReturnType<typeof iops> | undefined, string]>([
    [
      'above a limit',
      shape({ of: 'iops', above: 300 }),
      (spot) => iops(spread(spot)),
      'rank keeps its limits up to vm_count 2, and passes one at 4.',
    ],
    [
      'below a limit',
      shape({ of: 'iops', below: 30 }),
      (spot) => iops(5000 / spread(spot)),
      'rank keeps its limits up to vm_count 1, and passes one at 2.',
    ],
    ['never', shape({ of: 'iops', above: 900 }), (spot) => iops(spread(spot)), 'rank keeps its limits up to vm_count 4.'],
    ['at the first count', shape({ of: 'iops', above: 50 }), (spot) => iops(spread(spot)), 'rank passes a limit at vm_count 1.'],
    [
      'where a VM does not answer',
      shape({ of: 'iops', above: 900 }),
      (spot) => (spot.values.vm_count === '4' && spot.repeat === 2 ? undefined : iops(spread(spot))),
      'rank keeps its limits up to vm_count 2, and passes one at 4.',
    ],
    [
      'where the rate is not reached',
      shape({ of: 'iops', above: 900 }, { trialParams: { rate: '150' } }),
      (spot) => iops(spot.values.vm_count === '4' ? 149 - spot.repeat * 5 : 151 + spot.repeat),
      'rank keeps its limits up to vm_count 2, and passes one at 4.',
    ],
    [
      'where an expectation is not met',
      shape({ of: 'iops', above: 900 }, { expect: [{ of: 'iops', where: {}, atMost: 150 }] }),
      (spot) => iops(spread(spot)),
      'rank keeps its limits up to vm_count 1, and passes one at 2.',
    ],
  ])('ends %s', (_, plan, more, text) => {
    expect(sentence(plan, more)).toEqual([text]);
  });

  test('a limit within the interval is not decided', () => {
    expect(sentence(shape({ of: 'iops', above: 200 }), (spot) => iops(spread(spot)))).toEqual([
      'rank keeps its limits up to vm_count 1, and passes one at 4.',
    ]);
  });

  test('a ramp without any record misses everything', () => {
    const { missing } = evaluate(planOf(shape({ of: 'iops', above: 1 })), () => undefined);
    expect(missing).toHaveLength(COUNTS.length);
  });

  test('at most six sentences', () => {
    const plan = { ...shape({ of: 'iops', above: 900 }), settings: { storage: [...'abcdefgh'], vm_count: COUNTS } };
    expect(sentence(plan, (spot) => iops(spread(spot)))).toHaveLength(6);
  });
});

describe('the score', () => {
  const score = [{ of: 'cpu-per-io', where: {}, weight: 1 }];

  test('a figure of 0 is the best latency, with the arithmetic mean', () => {
    const plan = planOf({ settings: { storage: ['a', 'b'] }, score });
    const { entries } = evaluate(plan, ({ values, repeat }) => ({
      metrics: { 'cpu-per-io': values.storage === 'a' ? ([0, 3, 3][repeat - 1] as number) : 4 },
    })).score as NonNullable<ExperimentResults['score']>;
    expect(entries.map(({ values, points }) => [values.storage, points])).toEqual([
      ['a', 100],
      ['b', expect.closeTo(50, 6)],
    ]);
  });
});

describe('the answer', () => {
  const settings = { storage: ['a', 'b', 'c'] };
  const score = [{ of: 'iops', where: {}, weight: 1 }];
  const answer = (plan: PlanProps, speed: (spot: Spot) => number | undefined) =>
    answerOf(
      evaluate(planOf(plan), (spot) => {
        const value = speed(spot);
        return value === undefined ? undefined : iops(value);
      }),
    );
  const noise = ({ repeat }: Spot) => 1 + (repeat - 2) / 100;
  const by = (speeds: { readonly [storage: string]: number | undefined }) => (spot: Spot) => {
    const speed = speeds[spot.values.storage as string];
    return speed === undefined ? undefined : speed * noise(spot);
  };

  test.each<[PlanProps, (spot: Spot) => number | undefined, string]>([
    [{ score }, by({ a: 300, b: 200, c: 100 }), 'a ranks first, with 100.0 of 100 points.'],
    [{ score }, by({ a: 300, b: 300, c: 100 }), 'a and b may each rank first: the repeats do not tell them apart.'],
    [
      { score, repeats: 1 },
      by({ a: 300, b: 200, c: 100 }),
      'a has the most points, 100.0 of 100. With one repeat, the order is not certain.',
    ],
    [{ score }, by({ a: 300 }), 'No answer: only a can be ranked, because the others miss a figure of the score.'],
    [{ score }, by({}), 'No answer: nothing can be ranked, because every candidate misses a figure of the score.'],
    [
      { baseline: { storage: 'a' } },
      by({ a: 300, b: 200, c: 301 }),
      '1 of 2 comparisons with the baseline show a difference: 0 better, 1 worse.',
    ],
    [{ baseline: { storage: 'a' } }, by({ a: 300, b: 301, c: 300 }), 'No difference is shown in 2 comparisons with the baseline.'],
    [
      { baseline: { storage: 'a' }, repeats: 1 },
      by({ a: 300, b: 200, c: 100 }),
      'No answer: no comparison is decided. Differences can be shown from two repeats on, of complete cells.',
    ],
    [{}, by({ a: 300, b: 200 }), '2 of 3 cells are complete. The experiment has no score and no baseline, so nothing is compared.'],
  ])('%j', (plan, speed, text) => {
    expect(answer({ settings, ...plan }, speed)).toBe(text);
  });

  test('a single candidate ranks first', () => {
    expect(answer({ settings: { storage: ['a'] }, score }, by({ a: 1 }))).toBe('a ranks first, with 100.0 of 100 points.');
  });
});

describe('the layout', () => {
  const parts = (plan: PlanProps) => {
    const { subjects, subjectAxes, curveAxis, panels } = layoutOf(evaluate(planOf({ repeats: 2, ...plan }), () => iops(1)));
    return { subjectAxes, subjects: subjects.map(({ label }) => label), curveAxis, panels: panels.map(({ label }) => label) };
  };

  test('what differs from the baseline is compared, and the rest are conditions', () => {
    const settings = { bus: ['scsi', 'virtio'], storage: ['rbd', 'nfs'] };
    expect(parts({ settings, baseline: { storage: 'rbd' } })).toEqual({
      subjectAxes: ['storage'],
      subjects: ['rbd', 'nfs'],
      curveAxis: undefined,
      panels: ['scsi', 'virtio'],
    });
  });

  test('three numbers of a param are a curve, two are conditions', () => {
    const settings = { storage: ['rbd', 'nfs'] };
    expect(parts({ settings, params: { depth: ['16', '1', '4'] } })).toMatchObject({ curveAxis: 'depth', panels: [''] });
    expect(parts({ settings, params: { depth: ['16', '1'] } })).toMatchObject({ panels: ['depth 16', 'depth 1'] });
    const results = evaluate(planOf({ settings, params: { depth: ['16', '1', '4'] } }), () => iops(1));
    expect(layoutOf(results).panels[0]?.rows.map(({ value }) => value)).toEqual(['1', '4', '16']);
  });

  test.each([
    [{ storage: 'rbd', vm_count: '5' }, 'rbd, vm_count 5'],
    [{ size: '4k' }, 'size 4k'],
    [{ direct: 'true' }, 'direct true'],
    [{}, ''],
  ])('%j is called %s', (values, label) => {
    expect(labelOf(values)).toBe(label);
  });

  test('from 64 KiB for each operation on, the work is in bytes', () => {
    const metrics = [
      { key: 'iops', unit: '1/s', better: 'more' as const },
      { key: 'bytes', unit: 'B/s', better: 'more' as const },
      { key: 'latency.p99', unit: 'ns', better: 'less' as const },
    ];
    const cell = (size: number) => {
      const [found] = evaluate(planOf(), () => iops(10)).cells as [CellResult];
      return { ...found, figures: { ...found.figures, bytes: { values: [10 * size], n: 1, mean: 10 * size } } };
    };
    expect(workMetric(metrics, [cell(60_000)])?.key).toBe('iops');
    expect(workMetric(metrics, [cell(70_000)])?.key).toBe('bytes');
    expect(drawnMetrics(metrics, [cell(4096)]).map(({ key }) => key)).toEqual(['iops']);
  });
});

describe('comparisons', () => {
  const verdicts = (settings: readonly string[], baseline: string, more: (spot: Spot) => ReturnType<typeof iops>) =>
    evaluate(planOf({ settings: { storage: settings }, baseline: { storage: baseline }, repeats: 4 }), more).comparisons.map(
      ({ cell, baseline: base, verdict }) => [cell.slice(0, 2), base.slice(0, 2), verdict],
    );

  test('1 % more operations are a difference: only percentiles have bins', () => {
    const speed = ({ values, repeat }: Spot) => iops((values.storage === 'b' ? 1010 : 1000) + repeat / 10);
    expect(verdicts(['a', 'b'], 'a', speed)).toEqual([['g1', 'g0', 'better']]);
  });

  test('if a glob matches several cells, the first one is the baseline', () => {
    const speed = ({ repeat }: Spot) => iops(1000 + repeat);
    expect(verdicts(['rbd', 'rbd-virt', 'nfs'], 'rbd*', speed)).toEqual([['g2', 'g0', 'no difference shown']]);
  });
});
