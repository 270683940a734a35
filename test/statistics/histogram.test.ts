import { type Bins, countOf, merged, percentileOf } from '../../src/statistics/histogram';

function bins(...pairs: readonly (readonly [number, number])[]): Bins {
  return { values: Float64Array.from(pairs, ([value]) => value), counts: Float64Array.from(pairs, ([, count]) => count) };
}

test('bins of equal value are added, and the others sorted', () => {
  const sum = merged([bins([10, 1], [1000, 2]), bins([2, 5], [10, 3]), bins()]);
  expect([...sum.values]).toEqual([2, 10, 1000]);
  expect([...sum.counts]).toEqual([5, 4, 2]);
  expect(countOf(sum)).toBe(11);
});

test.each<[string, number, number | undefined]>([
  ['50', 19, undefined],
  ['50', 20, 10],
  // Between two samples, it is the upper one.
  ['50', 21, 11],
  ['90', 99, undefined],
  ['90', 100, 90],
  ['99', 999, undefined],
  ['99', 1000, 990],
  ['99.9', 9999, undefined],
  ['99.9', 10_000, 9990],
  ['99.99', 99_999, undefined],
  ['99.99', 100_000, 99_990],
  ['100', 100_000, undefined],
])('p%s of %i samples from 1 on', (percent, count, expected) => {
  const all = bins(...Array.from({ length: count }, (_, index): [number, number] => [index + 1, 1]));
  expect(percentileOf(all, percent)).toBe(expected);
});

test('a percentile is the bin that contains the sample', () => {
  expect(percentileOf(bins([100, 990], [200, 10]), '99')).toBe(100);
  expect(percentileOf(bins([100, 989], [200, 11]), '99')).toBe(200);
});
