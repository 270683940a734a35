import { compareRuns } from '../../src/report/compare-runs';
import { evaluate, type PlanProps, planOf } from '../support/experiments';
import { normal } from '../support/normal';
import { seeded } from '../support/random';

const SHAPE: PlanProps = { settings: { storage: ['a', 'b'] }, repeats: 5 };

/** A run whose IOPS are changed by a factor in cells of one storage class. */
function run(name: string, factor: number, seed: number, shape: PlanProps = SHAPE) {
  const random = normal(seeded(seed));
  const results = evaluate(planOf(shape), ({ values }) => ({
    metrics: { iops: 1000 * (values.storage === 'a' ? factor : 1) * Math.exp(0.01 * random()) },
  }));
  return { name, results };
}

test('each run is compared with the first one, by cells of equal values', () => {
  const { rows, runs, notes } = compareRuns([run('before', 1, 1), run('after', 1.5, 2), run('later', 1, 3)]);
  expect(rows.map(({ values, run: name, metric, verdict }) => [values.storage, name, metric, verdict])).toEqual([
    ['a', 'after', 'iops', 'better'],
    ['b', 'after', 'iops', 'no difference shown'],
    ['a', 'later', 'iops', 'no difference shown'],
    ['b', 'later', 'iops', 'no difference shown'],
  ]);
  expect(runs.map(({ name, cells, complete }) => [name, cells, complete])).toEqual([
    ['before', 2, 2],
    ['after', 2, 2],
    ['later', 2, 2],
  ]);
  expect(notes).toEqual([]);
});

test('plans that differ are reported', () => {
  const other = { ...SHAPE, settings: { storage: ['a', 'c', 'd'] }, hash: `sha256:${'5'.repeat(64)}` };
  const { notes, rows } = compareRuns([run('before', 1, 1), run('after', 1, 2, other)]);
  expect(notes).toEqual([
    'after has another plan than before: other settings, params or trials may explain differences',
    '2 cells of after have no counterpart in before',
    '1 cell of before has no counterpart in after',
  ]);
  expect(rows.map(({ values }) => values.storage)).toEqual(['a']);
});

test("Holm's method counts the rows of all runs", () => {
  const [first, second] = [run('before', 1, 1), run('after', 1.05, 2)];
  const p = (count: number) => compareRuns([first, ...Array.from({ length: count }, () => second)]).rows[0]?.p as number;
  expect(p(4) / p(1)).toBeCloseTo(4, 1);
});

test('the order of the axes does not matter', () => {
  const one = run('one', 1, 1, { settings: { storage: ['a'], bus: ['x'] } });
  const two = run('two', 1, 2, { settings: { bus: ['x'], storage: ['a'] } });
  expect(compareRuns([one, two]).rows).toHaveLength(1);
});
