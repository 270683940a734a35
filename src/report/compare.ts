import { holm } from '../statistics/holm';
import { type Ratio, ratioOf } from '../statistics/ratio';
import type { CellResult, Comparison, Figure, ResultMetric } from './experiment-results';
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
    const ratio = figure && base && (ratioOf(knownValues(figure), knownValues(base)) ?? ratioWithZeros(figure, base));
    return ratio ? [{ pair, ratio, isComplete: pair.cell.complete && pair.base.complete }] : [];
  });
  const tested = rows.filter(({ ratio, isComplete }) => isComplete && ratio.p !== undefined);
  const adjusted = new Map(holm(tested.map(({ ratio }) => ratio.p as number)).map((p, index) => [tested[index], p]));
  const betterOf = new Map(metrics.map(({ key, better }) => [key, better]));
  return rows.map((row) => {
    const { pair, ratio, isComplete } = row;
    const { p: _, ...rest } = ratio;
    const p = adjusted.get(row);
    const hasZeros = [pair.cell, pair.base].some(({ figures }) => figures[pair.metric]?.values.includes(0));
    const better = betterOf.get(pair.metric) ?? 'more';
    const verdict = verdictOf({ ratio: ratio.ratio, p, hasZeros, isComplete, metric: pair.metric, better });
    return { pair, verdict, ...rest, ...(p === undefined ? {} : { p }) };
  });
}

/** Figures that are 0 in a repeat have no geometric mean. @returns undefined if the base is 0: there is no ratio */
function ratioWithZeros({ mean = 0 }: Figure, { mean: base = 0 }: Figure): Ratio | undefined {
  return base > 0 ? { ratio: mean / base } : undefined;
}

/** Whether a comparison shows a difference, or that none can be shown. */
export function isDecided(verdict: Verdict): boolean {
  return verdict === 'better' || verdict === 'worse' || verdict === 'no difference shown';
}

interface Judged {
  readonly ratio: number;
  readonly p: number | undefined;
  readonly hasZeros: boolean;
  readonly isComplete: boolean;
  readonly metric: string;
  readonly better: 'more' | 'less';
}

function verdictOf({ ratio, p, hasZeros, isComplete, metric, better }: Judged): Verdict {
  if (!isComplete) return 'incomplete';
  if (hasZeros) return 'not decided: 0 in a repeat';
  if (p === undefined) return 'not decided: one repeat';
  const isPercentile = metric.includes('.');
  const isWithinBin = isPercentile && ratio < 1 + BIN_WIDTH && ratio > 1 / (1 + BIN_WIDTH);
  if (p >= LEVEL || isWithinBin) return 'no difference shown';
  return ratio > 1 === (better === 'more') ? 'better' : 'worse';
}
