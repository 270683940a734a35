/** From the best rank to the worst. Ranks count from 1. */
export type RankInterval = readonly [from: number, to: number];

/** How far an entry is ahead of another one. */
export interface Lead {
  /** More than 0: ahead. */
  readonly difference: number;
  /** Probability of a difference as large as this, or larger, between equal entries. Two-sided. */
  readonly p: number;
}

/** Probability that any of the intervals misses the rank. */
const LEVEL = 0.05;

/**
 * The intervals of the ranks of some entries: each is behind those that are shown to be better, and ahead of those that are shown to be worse.
 * The level is divided among all pairs (Bonferroni), so that in at least 95 % of all cases every interval includes the rank.
 * @param leadOf compares two entries
 */
export function rankIntervals(entries: number, leadOf: (entry: number, other: number) => Lead): RankInterval[] {
  const level = LEVEL / ((entries * (entries - 1)) / 2);
  const [better, worse] = [new Array<number>(entries).fill(0), new Array<number>(entries).fill(0)];
  for (let entry = 0; entry < entries; entry += 1) {
    for (let other = 0; other < entry; other += 1) {
      const { difference, p } = leadOf(entry, other);
      if (p >= level) continue;
      const [first, second] = difference > 0 ? [entry, other] : [other, entry];
      worse[first] = (worse[first] as number) + 1;
      better[second] = (better[second] as number) + 1;
    }
  }
  return better.map((count, entry) => [count + 1, entries - (worse[entry] as number)]);
}

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
