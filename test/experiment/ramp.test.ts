import { rampCounts } from '../../src/experiment/ramp';
import { experiment } from '../support/planned-experiments';

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

test.each([
  ['{ ramp: { from: 1, to: 256, until: iops < 5k } }', []],
  [
    '{ ramp: { from: 1, to: 5000, until: iops < 5k } }',
    [
      `e.yaml:2:23: matrix.vm_count.ramp: has 45252 VMs in 48 groups, up to 5000 in one: to render them takes minutes, and a quota or the API server may reject them
  hint: use a smaller to: half of it has about half of the VMs`,
    ],
  ],
  [
    '[9000, 9500, 9999]',
    [
      expect.stringMatching(
        /matrix: has 28499 VMs in 3 groups, up to 9999 in one: .*\n {2}hint: use a smaller vm_count, or exclude combinations/,
      ),
    ],
  ],
])('very many VMs are a warning: %s', async (counts, expected) => {
  const { warnings } = await experiment(`workload: cpu\nmatrix: { vm_count: ${counts.replace('iops', 'bogo-ops')} }\n`);
  expect(warnings).toEqual(expected);
});
