import { fairnessOf } from '../../src/statistics/fairness';
import { kneeOf } from '../../src/statistics/knee';
import { steadinessOf } from '../../src/statistics/steady';

const SNIA = { rounds: 5, spread: 0.2, slope: 0.1 };

test.each<[string, readonly number[], boolean]>([
  ['equal rounds', [100, 100, 100, 100, 100], true],
  ['a spread of 20 %', [110, 90, 100, 90, 110], true],
  ['a spread above 20 %', [110.2, 90, 100, 90, 110], false],
  ['a slope of 10 %', [95, 97.5, 100, 102.5, 105], true],
  ['a slope above 10 %', [94.9, 97.4, 100, 102.5, 105.1], false],
  ['a falling slope above 10 %', [105.1, 102.5, 100, 97.4, 94.9], false],
  // In binary fractions, both are a little above their limits.
  ['a spread of 20 % with an error of rounding', [1.1, 0.9, 1, 0.9, 1.1], true],
  ['a slope of 10 % with an error of rounding', [0.95, 0.975, 1, 1.025, 1.05], true],
])('%s', (_, rounds, isSteady) => {
  expect(steadinessOf(rounds, SNIA)?.isSteady).toBe(isSteady);
  // The same with 1-second values, whose noise within a round does not count.
  const seconds = rounds.flatMap((each) => [each - 50, each + 50, each - 50, each + 50]);
  expect(steadinessOf(seconds, SNIA)?.isSteady).toBe(isSteady);
});

test('the figures of the verdict', () => {
  expect(steadinessOf([95, 97.5, 100, 102.5, 105], SNIA)).toEqual({
    isSteady: true,
    spread: expect.closeTo(0.1, 10),
    slope: expect.closeTo(0.1, 10),
  });
});

test.each<[string, readonly number[]]>([
  ['too few values', [1, 2, 3, 4]],
  ['only zeros', [0, 0, 0, 0, 0]],
])('no verdict for %s', (_, values) => {
  expect(steadinessOf(values, SNIA)).toBeUndefined();
});

test('no verdict for one round', () => {
  expect(steadinessOf([1, 2, 3], { ...SNIA, rounds: 1 })).toBeUndefined();
});

test('values below 0 are judged by their distance from 0', () => {
  const values = [-95, -97.5, -100, -102.5, -105];
  expect(steadinessOf(values, SNIA)).toEqual(steadinessOf(values.map(Math.abs), SNIA));
});

test.each<[readonly number[], number | undefined]>([
  [[5, 5, 5, 5], 1],
  [[8, 0, 0, 0], 0.25],
  [[3, 1], 0.8],
  [[7], undefined],
  [[0, 0], undefined],
])("Jain's index of %j", (values, expected) => {
  expect(fairnessOf(values)).toEqual(expected);
});

test('the knee has the largest throughput for its latency', () => {
  // Powers: 10, 19/1.2 = 15.8, 36/2 = 18, 48/4 = 12, 50/8 = 6.25.
  const curve = [
    [10, 1],
    [19, 1.2],
    [36, 2],
    [48, 4],
    [50, 8],
  ] as const;
  expect(kneeOf(curve.map(([throughput, latency]) => ({ throughput, latency })))).toBe(2);
  expect(kneeOf([])).toBeUndefined();
  expect(kneeOf([{ throughput: 1, latency: 0 }])).toBeUndefined();
});

test.each<[string, readonly (readonly [throughput: number, latency: number])[], number]>([
  [
    'a point without a latency is no knee',
    [
      [1, 0],
      [2, 1],
      [1, 1],
    ],
    1,
  ],
  [
    'of equal points, the first one is the knee',
    [
      [1, 1],
      [2, 2],
    ],
    0,
  ],
])('%s', (_, curve, knee) => {
  expect(kneeOf(curve.map(([throughput, latency]) => ({ throughput, latency })))).toBe(knee);
});
