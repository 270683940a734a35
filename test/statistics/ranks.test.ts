import { seeded } from '../../src/statistics/random';
import { rankIntervals, ranksOf, resampler } from '../../src/statistics/ranks';
import { normal } from '../support/normal';

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

/** The intervals of the ranks of samples. */
function intervals(samples: readonly (readonly number[])[], seed = 1) {
  const draws = samples.map(resampler);
  return rankIntervals((random) => draws.map((draw) => draw(random)), seed);
}

test('clearly different samples have certain ranks, and similar ones share theirs', () => {
  const samples = [
    [100, 101, 99],
    [100.3, 99.4, 100.5],
    [50, 51, 52],
  ];
  expect(intervals(samples)).toEqual([
    [1, 2],
    [1, 2],
    [3, 3],
  ]);
});

test('ties are shown as ties, and the same seed gives the same intervals', () => {
  const tied = [
    [5, 5],
    [5, 5],
    [4, 4],
  ];
  expect(intervals(tied)).toEqual([
    [1, 2],
    [1, 2],
    [3, 3],
  ]);
  const random = normal(seeded(5));
  const samples = Array.from({ length: 8 }, () => Array.from({ length: 5 }, () => random()));
  expect(intervals(samples, 9)).toEqual(intervals(samples, 9));
});

test.each([2, 3, 5])('%i repeats of equal populations get different ranks in at most 8 %% of cases', (repeats) => {
  const random = normal(seeded(23));
  const sample = () => Array.from({ length: repeats }, () => random());
  const wrong = Array.from({ length: 150 }, (_, index) => {
    const draws = [resampler(sample()), resampler(sample())];
    return rankIntervals((next) => draws.map((draw) => draw(next)), index, 400);
  }).filter(([first]) => first?.[0] === first?.[1]);
  expect(wrong.length / 150).toBeLessThanOrEqual(0.08);
});

test('points that differ by an error of rounding are equal', () => {
  expect(ranksOf([100, 100 - 1e-12, 99])).toEqual([
    [1, 2],
    [1, 2],
    [3, 3],
  ]);
});

test('of the draws, 2.5 % at each end do not count', () => {
  // The second entry is first in a share of the draws.
  const ranks = (share: number) => {
    let draw = 0;
    return rankIntervals(() => (++draw <= share * 1000 ? [0, 1] : [1, 0]), 1, 1000);
  };
  expect(ranks(0.02)).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(ranks(0.03)).toEqual([
    [1, 2],
    [1, 2],
  ]);
});
