import type { AxisValues, ScoreRule } from '../experiment/experiment-plan';
import type { Random } from '../statistics/random';
import { rankIntervals, ranksOf, resampler } from '../statistics/ranks';
import { matches } from './baseline';
import type { CellResult, ResultMetric, Score } from './experiment-results';
import { knownValues } from './figures';
import { cellIncomplete, noCell, noFigure } from './messages';

/** What ranks: the cells with equal values of the axes that the score does not fix. */
interface Candidate {
  readonly values: AxisValues;
  /** The values of the repeats, by rule and cell. */
  readonly repeats: readonly (readonly (readonly number[])[])[];
}

/**
 * The score: for each rule 100 points for the best, and the others in proportion; then the mean by weight. What misses a figure of any rule
 * does not rank.
 * @returns undefined without rules
 */
export function scoreOf(
  cells: readonly CellResult[],
  rules: readonly ScoreRule[],
  metrics: readonly ResultMetric[],
  seed: number,
): Score | undefined {
  if (rules.length === 0) return undefined;
  const fixed = new Set(rules.flatMap(({ where }) => Object.keys(where)));
  const families = new Map<string, { readonly values: AxisValues; readonly cells: CellResult[] }>();
  for (const cell of cells) {
    const values = Object.fromEntries(Object.entries(cell.values).filter(([axis]) => !fixed.has(axis)));
    const key = JSON.stringify(values);
    const family = families.get(key) ?? { values, cells: [] };
    family.cells.push(cell);
    families.set(key, family);
  }
  const candidates: Candidate[] = [];
  const unranked: Score['unranked'][number][] = [];
  for (const { values, cells: own } of families.values()) {
    const found = rules.map((rule) => repeatsOf(own, rule));
    const why = [...new Set(found.flatMap((each) => each.why))];
    if (why.length > 0) unranked.push({ values, why });
    else candidates.push({ values, repeats: found.map((each) => each.repeats) });
  }
  return { entries: ranked(candidates, rules, metrics, seed), unranked };
}

function repeatsOf(cells: readonly CellResult[], { of, where }: ScoreRule) {
  const meant = cells.filter(({ values }) => matches(values, where));
  const why = meant.flatMap((cell) => {
    if (!cell.complete) return [cellIncomplete(cell.values, cell.why[0] ?? '')];
    return cell.figures[of] ? [] : [noFigure(cell.values, of)];
  });
  const repeats = meant.flatMap((cell) => (cell.figures[of] ? [knownValues(cell.figures[of])] : []));
  return { repeats, why: meant.length === 0 ? [noCell(where)] : why };
}

function ranked(
  candidates: readonly Candidate[],
  rules: readonly ScoreRule[],
  metrics: readonly ResultMetric[],
  seed: number,
): Score['entries'] {
  const lessIsBetter = rules.map(({ of }) => metrics.find(({ key }) => key === of)?.better === 'less');
  const weights = rules.map(({ weight }) => weight);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  /** Points by candidate and rule. @param means of each candidate and rule */
  const pointsOf = (means: readonly (readonly number[])[]) => {
    const best = rules.map((_, rule) => means.reduce((most, own) => better(most, own[rule] as number, lessIsBetter[rule]), Number.NaN));
    return means.map((own) => own.map((mean, rule) => shareOf(mean, best[rule] as number, lessIsBetter[rule])));
  };
  const total = (points: readonly number[]) => points.reduce((sum, each, rule) => sum + each * (weights[rule] as number), 0) / whole;
  const points = pointsOf(candidates.map(({ repeats }) => repeats.map((ofCells) => meanOver(ofCells.map(meanOver)))));
  const totals = points.map(total);
  const intervals = intervalsOf(candidates, (means) => pointsOf(means).map(total), seed);
  const order = ranksOf(totals);
  return candidates
    .map(({ values }, index) => ({
      values,
      points: totals[index] as number,
      rank: intervals[index] ?? ([1, candidates.length] as const),
      parts: rules.map(({ of }, rule) => ({ of, points: points[index]?.[rule] as number })),
      place: order[index]?.[0] as number,
    }))
    .sort((a, b) => a.place - b.place)
    .map(({ place: _, ...entry }) => entry);
}

/** @returns nothing if a cell has one repeat only: its spread is not known, and so is no rank */
function intervalsOf(candidates: readonly Candidate[], totals: (means: readonly (readonly number[])[]) => readonly number[], seed: number) {
  const all = candidates.flatMap(({ repeats }) => repeats.flat());
  if (candidates.length > 1 && all.some((values) => values.length < 2)) return [];
  const draws = candidates.map(({ repeats }) => repeats.map((ofCells) => ofCells.map(drawer)));
  const draw = (random: Random) => totals(draws.map((rules) => rules.map((ofCells) => meanOver(ofCells.map((each) => each(random))))));
  return candidates.length > 1 ? rankIntervals(draw, seed) : candidates.map(() => [1, 1] as const);
}

/** Draws a geometric mean; the arithmetic one if a value is 0. */
function drawer(values: readonly number[]): (random: Random) => number {
  if (values.some((value) => value <= 0)) {
    const draw = resampler(values);
    return (random) => Math.max(0, draw(random));
  }
  const draw = resampler(values.map(Math.log));
  return (random) => Math.exp(draw(random));
}

/** The geometric mean; the arithmetic one if a value is 0. */
function meanOver(values: readonly number[]): number {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0) / numbers.length;
  return values.some((value) => value <= 0) ? sum(values) : Math.exp(sum(values.map(Math.log)));
}

function better(most: number, value: number, isLess: boolean | undefined): number {
  if (Number.isNaN(most)) return value;
  return isLess ? Math.min(most, value) : Math.max(most, value);
}

/** 100 for the best; a value that is twice as bad has half of the points. */
function shareOf(value: number, best: number, isLess: boolean | undefined): number {
  if (value === best) return 100;
  return isLess ? (100 * best) / value : (100 * value) / best;
}
