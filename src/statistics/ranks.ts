import { simpleStatistics, tTest } from './libraries';
import { type Random, seeded } from './random';

/** Times that the repeats are resampled. */
export const DRAWS = 2000;

/** From the best rank to the worst. Ranks count from 1. */
export type RankInterval = readonly [from: number, to: number];

/**
 * The 95 % intervals of the ranks of some entries.
 * @param draw the points of all entries by one resampling, in their order; more is better
 */
export function rankIntervals(draw: (random: Random) => readonly number[], seed: number, draws: number = DRAWS): RankInterval[] {
  const random = seeded(seed);
  const drawn = Array.from({ length: draws }, () => ranksOf(draw(random)));
  const outside = Math.floor((draws * (1 - CONFIDENCE)) / 2);
  const nth = (ranks: number[], index: number) => ranks.sort((a, b) => a - b)[index] as number;
  return (drawn[0] ?? []).map((_, entry) => {
    const own = drawn.map((ranks) => ranks[entry] as RankInterval);
    return [
      nth(
        own.map(([best]) => best),
        outside,
      ),
      nth(
        own.map(([, worst]) => worst),
        draws - 1 - outside,
      ),
    ];
  });
}

const CONFIDENCE = 0.95;

/** The ranks by points, the most first. Entries with equal points share their ranks, such as 2 to 3. */
export function ranksOf(points: readonly number[]): RankInterval[] {
  const order = points.map((own, entry) => ({ own, entry })).sort((a, b) => b.own - a.own);
  const ranks = new Array<RankInterval>(points.length);
  for (let from = 0, to: number; from < order.length; from = to) {
    const { own } = order[from] as { own: number };
    to = from + 1;
    while (to < order.length && own - (order[to]?.own as number) <= TIE) to += 1;
    for (const { entry } of order.slice(from, to)) ranks[entry] = [from + 1, to];
  }
  return ranks;
}

/** Points that differ by less are equal: an error of rounding. */
const TIE = 1e-9;

/**
 * Prepares the resampling of a mean. The drawn means are spread as widely as Welch's test expects of so few repeats: drawn as they are, they
 * are spread too little, and show differences that do not exist.
 * @param values two or more
 * @returns a function that draws a mean
 */
export function resampler(values: readonly number[]): (random: Random) => number {
  const { mean, sampleStandardDeviation } = simpleStatistics();
  const center = mean([...values]);
  const spread = sampleStandardDeviation([...values]);
  if (spread < TIE) return () => center;
  const [, wanted] = tTest()(values, values).confidence();
  const drawn = (NORMAL * spread * Math.sqrt(2 * (values.length - 1))) / values.length;
  return (random) => {
    let sum = 0;
    for (let count = 0; count < values.length; count += 1) sum += values[Math.floor(random() * values.length)] as number;
    return center + (wanted / drawn) * (sum / values.length - center);
  };
}

/** Quantile of the normal distribution for {@link CONFIDENCE}. */
const NORMAL = 1.959964;
