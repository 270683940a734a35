import { rampCounts } from '../../src/experiment/ramp';

test.each<[number, number, readonly number[], readonly number[]]>([
  [1, 1, [1], [1]],
  [1, 2, [1, 2], [1, 2]],
  [1, 8, [1, 2, 4, 8], [1, 2, 3, 4, 5, 6, 7, 8]],
  [4, 16, [4, 8, 16], [4, 5, 6, 7, 8, 10, 12, 14, 16]],
  [3, 20, [3, 6, 12, 20], [3, 4, 5, 6, 7, 9, 10, 12, 14, 16, 18, 20]],
])('from %i to %i', (from, to, steps, counts) => {
  expect(rampCounts(from, to)).toEqual({ steps, counts });
});

test('up to 256 VMs there are nine steps and nineteen quarters, 1648 VMs in all', () => {
  const { steps, counts } = rampCounts(1, 256);
  expect([steps.length, counts.length]).toEqual([9, 28]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(1648);
});
