import type { PlannedRamp } from '../../src/experiment/experiment-plan';
import { rampCounts } from '../../src/experiment/ramp';
import { edgesOf, MOST_ROUNDS, nextCount, nextRepeat, reasonFor, type Visit, visitOf } from '../../src/report/ramp-visits';
import { evaluate, histogramOf, planOf } from '../support/experiments';

function rampTo(to: number): PlannedRamp {
  return { axis: 'vm_count', ...rampCounts(1, to), until: { of: 'write-latency.p99', above: 5e6 } };
}

/** Measures until the ramp ends. @param seen of a count in a round; undecided counts straddle the limit */
function climb(
  ramp: PlannedRamp,
  seen: (count: number, rounds: number) => Omit<Visit, 'rounds'>,
): { order: number[]; visits: Map<number, Visit> } {
  const visits = new Map<number, Visit>();
  const order: number[] = [];
  for (;;) {
    const count = nextCount(ramp, ramp.counts, visits) ?? nextRepeat(visits);
    if (count === undefined) return { order, visits };
    const rounds = (visits.get(count)?.rounds ?? 0) + 1;
    order.push(count);
    visits.set(count, { ...seen(count, rounds), rounds });
  }
}

const limitedTo = (most: number) => (count: number, rounds: number) => ({
  outcome: count <= most ? ('within' as const) : ('beyond' as const),
  decided: rounds >= 2,
});

test.each<[string, number, number, readonly number[]]>([
  ['the limit is between two steps', 16, 5, [1, 2, 4, 8, 6, 5, 5, 6]],
  ['the limit is a step', 16, 8, [1, 2, 4, 8, 16, 12, 10, 8, 10]],
  ['nothing is within', 16, 0, [1, 1]],
  ['everything is within', 4, 9, [1, 2, 4, 4]],
  ['quarters', 256, 100, [1, 2, 4, 8, 16, 32, 64, 128, 96, 112, 96, 112]],
])('%s', (_, to, most, order) => {
  expect(climb(rampTo(to), limitedTo(most)).order).toEqual(order);
});

test('edges that stay undecided are measured a bounded number of times', () => {
  const { order, visits } = climb(rampTo(4), (count) => ({ outcome: count <= 2 ? 'within' : 'beyond', decided: false }));
  expect(order.filter((count) => count === 2)).toHaveLength(MOST_ROUNDS);
  expect(order.filter((count) => count === 3)).toHaveLength(MOST_ROUNDS);
  expect(edgesOf(visits)).toEqual({ within: 2, beyond: 3 });
});

test('an edge that changes its side moves the search', () => {
  // 8 is within the limit at first, and beyond it with further rounds.
  const { order } = climb(rampTo(16), (count, rounds) => ({
    outcome: count < 8 || (count === 8 && rounds === 1) ? 'within' : 'beyond',
    decided: rounds >= 2,
  }));
  expect(order).toEqual([1, 2, 4, 8, 16, 12, 10, 8, 6, 7, 7]);
});

test('any figures: it ends, no count is measured too often, and the edges are next to each other', () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  for (let run = 0; run < 200; run += 1) {
    const ramp = rampTo(1 + Math.floor(random() * 300));
    const { order, visits } = climb(ramp, () => ({ outcome: random() < 0.6 ? 'within' : 'beyond', decided: random() < 0.3 }));
    for (const count of ramp.counts) expect(order.filter((each) => each === count).length).toBeLessThanOrEqual(MOST_ROUNDS);
    const { within = 0, beyond } = edgesOf(visits);
    if (beyond === undefined) expect(within).toBe(Math.max(...ramp.steps));
    else expect(ramp.counts.filter((count) => count > within && count < beyond && !visits.has(count))).toEqual([]);
  }
});

test.each([
  [1, '2 is within the limit'],
  [16, '8 is beyond the limit'],
  [4, 'the ramp ended before'],
])('why %d is not measured', (count, why) => {
  const visit = (outcome: Visit['outcome']): Visit => ({ outcome, decided: true, rounds: 1 });
  expect(
    reasonFor(
      count,
      new Map([
        [2, visit('within')],
        [8, visit('beyond')],
      ]),
      undefined,
    ),
  ).toBe(why);
});

describe('what a cell shows', () => {
  const ramp = rampTo(1);
  const ofRepeats = (milliseconds: readonly number[], more = {}) => {
    const plan = planOf({ settings: { vm_count: ['1'] }, repeats: milliseconds.length, ramp, trialParams: { rate: '500' } });
    const { cells } = evaluate(plan, ({ repeat }) => {
      const value = (milliseconds[repeat - 1] as number) * 1e6;
      return Number.isNaN(value)
        ? undefined
        : {
            metrics: { iops: 500 },
            histograms: { 'write-latency': { ...histogramOf(Array(2000).fill(value)), sum: value, min: value, max: value } },
            ...more,
          };
    });
    return visitOf(ramp, cells[0] as (typeof cells)[0], 1);
  };

  test.each<[string, readonly number[], object, Visit['outcome'], boolean]>([
    ['one repeat within', [4], {}, 'within', false],
    ['one repeat beyond', [6], {}, 'beyond', false],
    ['repeats within', [4, 4.01, 3.99], {}, 'within', true],
    ['repeats beyond', [6, 6.01, 5.99], {}, 'beyond', true],
    ['an interval around the limit', [4.9, 5.3, 4.6], {}, 'within', false],
    ['a repeat without an answer', [4, Number.NaN], {}, 'beyond', true],
    ['a rate that was not reached', [4], { metrics: { iops: 489 } }, 'beyond', true],
    ['98 % of the rate', [4], { metrics: { iops: 490 } }, 'within', false],
    ['no such figure', [4], { histograms: {} }, 'unknown', false],
  ])('%s', (_, milliseconds, more, outcome, decided) => {
    expect(ofRepeats(milliseconds, more)).toEqual({ outcome, decided, rounds: 1 });
  });
});
