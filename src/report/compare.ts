import { holm } from '../statistics/holm';
import { type Ratio, ratioOf } from '../statistics/ratio';
import type { CellResult, Comparison, ResultMetric } from './experiment-results';
import { knownValues } from './figures';

/** Probability of a difference that does not exist, over all rows of a comparison. */
export const LEVEL = 0.05;
/**
 * Bins of a histogram are up to this wide, as a share of their value, in fio. A smaller difference of two percentiles may be that of
 * neighboring bins.
 */
export const BIN_WIDTH = 1 / 64;

export type Verdict = Comparison['verdict'];

/** Two cells to compare. */
export interface Pair<T> {
  readonly cell: CellResult;
  readonly base: CellResult;
  readonly metric: string;
  /** What the row is about, in addition. */
  readonly about: T;
}

export interface ComparedPair<T> extends Ratio {
  readonly pair: Pair<T>;
  readonly verdict: Verdict;
}

/** Compares pairs of cells. The p-values are adjusted by Holm's method over all of them. Pairs without figures to compare are left out. */
export function comparedPairs<T>(pairs: readonly Pair<T>[], metrics: readonly ResultMetric[]): ComparedPair<T>[] {
  const rows = pairs.flatMap((pair) => {
    const [figure, base] = [pair.cell.figures[pair.metric], pair.base.figures[pair.metric]];
    const ratio = figure && base && ratioOf(knownValues(figure), knownValues(base));
    return ratio ? [{ pair, ratio, isComplete: pair.cell.complete && pair.base.complete }] : [];
  });
  const tested = rows.filter(({ ratio, isComplete }) => isComplete && ratio.p !== undefined);
  const adjusted = new Map(holm(tested.map(({ ratio }) => ratio.p as number)).map((p, index) => [tested[index], p]));
  const betterOf = new Map(metrics.map(({ key, better }) => [key, better]));
  return rows.map((row) => {
    const { pair, ratio, isComplete } = row;
    const { p: _, ...rest } = ratio;
    const p = adjusted.get(row);
    const verdict = verdictOf({ ratio: ratio.ratio, p, isComplete, metric: pair.metric, better: betterOf.get(pair.metric) ?? 'more' });
    return { pair, verdict, ...rest, ...(p === undefined ? {} : { p }) };
  });
}

interface Judged {
  readonly ratio: number;
  readonly p: number | undefined;
  readonly isComplete: boolean;
  readonly metric: string;
  readonly better: 'more' | 'less';
}

function verdictOf({ ratio, p, isComplete, metric, better }: Judged): Verdict {
  if (!isComplete) return 'incomplete';
  if (p === undefined) return 'not decided: one repeat';
  const isPercentile = metric.includes('.');
  const isWithinBin = isPercentile && ratio < 1 + BIN_WIDTH && ratio > 1 / (1 + BIN_WIDTH);
  if (p >= LEVEL || isWithinBin) return 'no difference shown';
  return ratio > 1 === (better === 'more') ? 'better' : 'worse';
}
