import type { AxisValues, ExpectRule } from '../experiment/experiment-plan';
import { ratioOf } from '../statistics/ratio';
import { type Baselines, matches } from './baseline';
import type { CellResult, Expectation, ResultMetric } from './experiment-results';
import { knownValues } from './figures';
import { atLeast, atMost, cellIncomplete, NO_BASELINE_CELL, noCell, noFigure, ONE_REPEAT, worseByAtMost, zeroFigure } from './messages';
import { quantityWith, ratio, stated } from './quantity';

/** One more than elsewhere: a figure may be close to its limit. */
const DIGITS = 4;

type Judged = Pick<Expectation, 'outcome' | 'got'>;

/** Checks what is expected of each cell. With several repeats, the whole 95 % interval must lie on one side of a limit. */
export function expectationsOf(
  cells: readonly CellResult[],
  rules: readonly ExpectRule[],
  metrics: readonly ResultMetric[],
  baselines: Baselines,
  baseline: AxisValues = {},
): Expectation[] {
  return rules.flatMap((rule): Expectation[] => {
    const metric = metrics.find(({ key }) => key === rule.of) ?? { key: rule.of, unit: '', better: 'more' };
    const text = expectationText(rule, metric, baseline);
    const isRelative = rule.worseThanBaselineByAtMost !== undefined;
    const meant = cells.filter(({ values }) => matches(values, rule.where) && !(isRelative && matches(values, baseline)));
    if (meant.length === 0) return [{ text, outcome: 'not decided', got: noCell(rule.where) }];
    return meant.map((cell) => ({ text, ...judged(rule, metric, cell, baselines), cell: cell.id }));
  });
}

/** What a rule expects of its figure. @param metric that of the figure */
export function expectationText(
  { of, atMost: most, atLeast: least, worseThanBaselineByAtMost: share }: ExpectRule,
  metric: ResultMetric,
  baseline: AxisValues,
): string {
  if (most !== undefined) return atMost(of, stated(metric, most));
  return least === undefined ? worseByAtMost(of, share ?? 0, baseline) : atLeast(of, stated(metric, least));
}

function judged(rule: ExpectRule, metric: ResultMetric, cell: CellResult, baselines: Baselines): Judged {
  const undecided = (got: string): Judged => ({ outcome: 'not decided', got });
  if (!cell.complete) return undecided(cellIncomplete(cell.values, cell.why[0] ?? ''));
  const figure = cell.figures[rule.of];
  if (figure?.mean === undefined) return undecided(noFigure(cell.values, rule.of));
  const { mean, high = mean } = figure;
  const { atMost: most, atLeast: least, worseThanBaselineByAtMost: share } = rule;
  if (share === undefined) {
    const got = quantityWith(metric, { ...figure, mean }, DIGITS);
    const isMost = most !== undefined;
    // Without an interval, a repeat is 0: a rate below its limit in that repeat is not met for certain.
    const { low = isMost ? mean : Math.min(...knownValues(figure)) } = figure;
    return { ...sided({ low, high }, isMost ? most : (least as number), isMost), got: figure.n === 1 ? `${got} (${ONE_REPEAT})` : got };
  }
  const base = baselines.of(cell);
  if (base === undefined) return undecided(NO_BASELINE_CELL);
  if (!base.complete) return undecided(cellIncomplete(base.values, base.why[0] ?? ''));
  const other = base.figures[rule.of];
  if (other === undefined) return undecided(noFigure(base.values, rule.of));
  const found = ratioOf(knownValues(figure), knownValues(other));
  if (!found) return withoutRatio(metric, cell, base);
  const got = ratio(found.ratio, found.low, found.high);
  if (found.low === undefined || found.high === undefined) return undecided(`${got} (${ONE_REPEAT})`);
  const isLess = metric.better === 'less';
  return { ...sided({ low: found.low, high: found.high }, isLess ? 1 + share : 1 - share, isLess), got };
}

/** A repeat of one of both cells is 0, which has no logarithm. A rate of 0 in every repeat is worse than any other. */
function withoutRatio({ key, better }: ResultMetric, cell: CellResult, base: CellResult): Judged {
  const isZero = ({ figures }: CellResult) => figures[key]?.values.includes(0);
  const isWorse = better === 'more' && !isZero(base) && cell.figures[key]?.mean === 0;
  return { outcome: isWorse ? 'not met' : 'not decided', got: zeroFigure((isZero(base) ? base : cell).values, key) };
}

/** @param isMost the limit is the largest value that is met; else the smallest */
function sided({ low, high }: { readonly low: number; readonly high: number }, limit: number, isMost: boolean): Pick<Judged, 'outcome'> {
  const isMet = isMost ? high <= limit : low >= limit;
  const isMissed = isMost ? low > limit : high < limit;
  return { outcome: isMet ? 'met' : isMissed ? 'not met' : 'not decided' };
}
