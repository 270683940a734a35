import { rankIntervals, ranksOf } from '../../src/statistics/ranks';

test.each<[readonly number[], readonly (readonly [number, number])[]]>([
  [
    [70, 100, 85],
    [
      [3, 3],
      [1, 1],
      [2, 2],
    ],
  ],
  [
    [100, 50, 100, 10],
    [
      [1, 2],
      [3, 3],
      [1, 2],
      [4, 4],
    ],
  ],
  [[], []],
])('the ranks of %j, where equal points share them', (points, ranks) => {
  expect(ranksOf(points)).toEqual(ranks);
});

/** The intervals of the ranks of numbers. Two of them are shown to differ if they do so by more than 1. */
function intervals(numbers: readonly number[]) {
  return rankIntervals(numbers.length, (entry, other) => {
    const difference = (numbers[entry] as number) - (numbers[other] as number);
    return { difference, p: Math.abs(difference) > 1 ? 0.0001 : 0.5 };
  });
}

test.each<[readonly number[], readonly (readonly [number, number])[]]>([
  [
    [5, 9],
    [
      [2, 2],
      [1, 1],
    ],
  ],
  [
    [5, 5.5],
    [
      [1, 2],
      [1, 2],
    ],
  ],
  // The middle one is not told apart from both others, which differ.
  [
    [5, 6.5, 5.8],
    [
      [2, 3],
      [1, 2],
      [1, 3],
    ],
  ],
  [[1], [[1, 1]]],
  [[], []],
])('the intervals of %j', (numbers, expected) => {
  expect(intervals(numbers)).toEqual(expected);
});

test('the level is divided among all pairs', () => {
  const ofThree = (p: number) => rankIntervals(3, (entry, other) => ({ difference: other - entry, p }));
  expect(ofThree(0.05 / 3)).toEqual(Array(3).fill([1, 3]));
  expect(ofThree(0.05 / 3.1)).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
});

test('points that differ by an error of rounding are equal', () => {
  expect(ranksOf([100, 100 - 1e-12, 99])).toEqual([
    [1, 2],
    [1, 2],
    [3, 3],
  ]);
});
