import { pOfDifference } from '../../src/statistics/difference';
import { ratioOf } from '../../src/statistics/ratio';

function partOf(values: readonly number[]) {
  const logs = values.map(Math.log);
  const mean = logs.reduce((sum, each) => sum + each, 0) / logs.length;
  const freedom = logs.length - 1;
  return { mean, variance: logs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / freedom / logs.length, freedom };
}

test.each([
  [
    [100, 110, 95],
    [120, 131, 99, 118],
  ],
  [
    [100, 101],
    [100, 190],
  ],
])("a difference of two means is Welch's test: %j and %j", (left, right) => {
  const [one, other] = [partOf(left), partOf(right)];
  expect(pOfDifference(one.mean - other.mean, [one, other])).toBeCloseTo(ratioOf(left, right)?.p as number, 10);
});

test('a part without variance does not count', () => {
  const part = { variance: 0.01, freedom: 4 };
  expect(pOfDifference(0.2, [part, { variance: 0, freedom: 1 }])).toBe(pOfDifference(0.2, [part]));
});

test.each([
  [0, 1],
  [1e-15, 1],
  [0.1, 0],
  [Number.NEGATIVE_INFINITY, 0],
])('without any error, a difference of %d has the probability %d', (difference, p) => {
  expect(pOfDifference(difference, [{ variance: 0, freedom: 4 }])).toBe(p);
});

test('an infinite difference is shown, and no difference is not', () => {
  const parts = [{ variance: 0.01, freedom: 4 }];
  expect(pOfDifference(Number.POSITIVE_INFINITY, parts)).toBeLessThan(0.001);
  expect(pOfDifference(0, parts)).toBe(1);
});
