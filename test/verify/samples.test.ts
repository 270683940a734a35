import { coverage, largestOver, meanOver, rateOver, resetsOf, type Series } from '../../src/verify/samples';

/** A counter every 10 s from 100 s on. */
const counter = (...values: readonly number[]): Series => values.map((value, index) => [100 + 10 * index, value]);

test.each<[string, Series, number, number, number | undefined]>([
  ['a steady counter', counter(0, 10, 20, 30), 100, 130, 1],
  ['between samples', counter(0, 10, 20, 30), 105, 125, 1],
  ['a part of the time', counter(0, 10, 20, 20), 100, 120, 1],
  ['a reset: what follows counts from 0', counter(100, 110, 4, 14), 100, 130, 24 / 30],
  ['two resets', counter(50, 5, 3, 13), 100, 130, 18 / 30],
  ['a reset to 0', counter(20, 0, 10, 20), 100, 130, 20 / 30],
  ['one sample', counter(5), 100, 130, undefined],
  ['no time', counter(0, 10), 100, 100, undefined],
])('the rate of a counter: %s', (_, series, from, to, rate) => {
  const got = rateOver(series, from, to);
  if (rate === undefined) expect(got).toBeUndefined();
  else expect(got).toBeCloseTo(rate, 9);
});

test('finds the times of resets', () => {
  expect(resetsOf(counter(1, 2, 1, 1, 0))).toEqual([120, 140]);
});

test.each<[string, Series, number, number, number | undefined, number | undefined]>([
  ['constant', counter(5, 5, 5), 100, 120, 5, 5],
  ['a ramp', counter(0, 10, 20), 100, 120, 10, 20],
  [
    'weighted by time',
    [
      [100, 0],
      [110, 0],
      [111, 10],
      [120, 10],
    ],
    100,
    120,
    (0.5 * 10 + 9 * 10) / 20,
    10,
  ],
  ['a part', counter(0, 10, 20), 110, 120, 15, 20],
  ['nothing in that time', counter(1, 2), 200, 300, undefined, undefined],
])('mean and maximum of a gauge: %s', (_, series, from, to, mean, most) => {
  const got = meanOver(series, from, to);
  if (mean === undefined) expect(got).toBeUndefined();
  else expect(got).toBeCloseTo(mean, 9);
  expect(largestOver(series, from, to)).toBe(most);
});

test.each([
  [[100, 200], 100, 200, 1],
  [[100, 150], 100, 200, 0.5],
  [[90, 300], 100, 200, 1],
  [[300, 400], 100, 200, 0],
  [[], 100, 200, 0],
  [[150], 100, 200, 0],
  [[0, 30, 60, 360, 390], 0, 390, 1],
  [[0, 30, 60, 460, 490], 0, 500, 0.18],
])('%j covers of %d to %d: %d', (times, from, to, share) => {
  expect(coverage(times, from, to)).toBe(share);
});
