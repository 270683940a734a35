import type { AxisValues, ScoreRule } from '../experiment/experiment-plan';
import { type ErrorPart, pOfDifference } from '../statistics/difference';
import { simpleStatistics } from '../statistics/libraries';
import { type RankInterval, rankIntervals, ranksOf } from '../statistics/ranks';
import { matches } from './baseline';
import type { CellResult, ResultMetric, Score } from './experiment-results';
import { knownValues } from './figures';
import { cellIncomplete, noCell, noFigure, noRecordHas } from './messages';

export interface ScoreProps {
  readonly rules: readonly ScoreRule[];
  /** Its axes are what ranks. @default all axes that no rule fixes */
  readonly baseline?: AxisValues;
  readonly metrics: readonly ResultMetric[];
}

/** What candidates are compared by: a rule, and the values of the axes that do not rank. */
interface Slot {
  readonly rule: number;
  readonly context: string;
}

interface Candidate {
  readonly values: AxisValues;
  /** By context. */
  readonly cells: ReadonlyMap<string, CellResult>;
}

/** A candidate with the values of the repeats by slot. */
interface Ranked {
  readonly values: AxisValues;
  readonly repeats: readonly (readonly number[])[];
}

/**
 * The score: in each context 100 points for the best, and the others in proportion; for each rule the mean over the contexts; then the mean of
 * the rules by weight. What misses a figure of any rule does not rank.
 * @returns undefined without rules
 */
export function scoreOf(cells: readonly CellResult[], props: ScoreProps): Score | undefined {
  const { rules } = props;
  if (rules.length === 0) return undefined;
  const candidates = candidatesOf(cells, props);
  const slots = rules.flatMap((rule, index) => contextsOf(candidates, rule).map((context): Slot => ({ rule: index, context })));
  const ranked: Ranked[] = [];
  const unranked: Score['unranked'][number][] = [];
  for (const { values, cells: own } of candidates) {
    const why = new Set([...rules.filter((_, rule) => slots.every((slot) => slot.rule !== rule)).map(({ where }) => noCell(where))]);
    const repeats = slots.flatMap(({ rule, context }) => {
      const { of, where } = rules[rule] as ScoreRule;
      const cell = own.get(context);
      const figure = cell?.figures[of];
      if (cell === undefined) why.add(noCell(where));
      else if (!cell.complete) why.add(cellIncomplete(cell.values, cell.why[0] ?? ''));
      else if (figure === undefined) why.add(cells.some(({ figures }) => figures[of]) ? noFigure(cell.values, of) : noRecordHas(of));
      return figure ? [knownValues(figure)] : [];
    });
    if (why.size > 0) unranked.push({ values, why: [...why] });
    else ranked.push({ values, repeats });
  }
  return { entries: entriesOf(ranked, slots, props), unranked };
}

function candidatesOf(cells: readonly CellResult[], { rules, baseline = {} }: ScoreProps): Candidate[] {
  const fixed = new Set(rules.flatMap(({ where }) => Object.keys(where)));
  const compared = Object.keys(baseline).filter((axis) => !fixed.has(axis));
  const isRanking = (axis: string) => (compared.length > 0 ? compared.includes(axis) : !fixed.has(axis));
  const candidates = new Map<string, { readonly values: AxisValues; readonly cells: Map<string, CellResult> }>();
  for (const cell of cells) {
    const entries = Object.entries(cell.values);
    const values = Object.fromEntries(entries.filter(([axis]) => isRanking(axis)));
    const key = JSON.stringify(values);
    const candidate = candidates.get(key) ?? { values, cells: new Map() };
    candidate.cells.set(JSON.stringify(entries.filter(([axis]) => !isRanking(axis))), cell);
    candidates.set(key, candidate);
  }
  return [...candidates.values()];
}

/** The contexts of a rule in which all candidates are measured; if there are none, all of its contexts. */
function contextsOf(candidates: readonly Candidate[], { where }: ScoreRule): string[] {
  const counts = new Map<string, number>();
  for (const { cells } of candidates) {
    for (const [context, { values }] of cells) if (matches(values, where)) counts.set(context, (counts.get(context) ?? 0) + 1);
  }
  const common = [...counts].filter(([, count]) => count === candidates.length);
  return (common.length > 0 ? common : [...counts]).map(([context]) => context);
}

/** Points by rule and in total, and what decides about the order. */
function entriesOf(ranked: readonly Ranked[], slots: readonly Slot[], { rules, metrics }: ScoreProps): Score['entries'] {
  const isLess = slots.map(({ rule }) => metrics.find(({ key }) => key === rules[rule]?.of)?.better === 'less');
  const whole = rules.reduce((sum, { weight }) => sum + weight, 0);
  const means = ranked.map(({ repeats }) => repeats.map(centerOf));
  const best = slots.map((_, slot) => bestOf(means, slot, isLess[slot] as boolean));
  const points = means.map((own) =>
    own.map((mean, slot) => shareOf(mean, means[best[slot] as number]?.[slot] as number, isLess[slot] as boolean)),
  );
  const partsOf = (own: readonly number[]) => rules.map((_, rule) => average(own.filter((_, slot) => slots[slot]?.rule === rule)));
  const parts = points.map(partsOf);
  const totals = parts.map((own) => own.reduce((sum, each, rule) => sum + each * (rules[rule]?.weight as number), 0) / whole);
  const contexts = rules.map((_, rule) => slots.filter((slot) => slot.rule === rule).length);
  const weights = slots.map(({ rule }) => (rules[rule]?.weight as number) / whole / (contexts[rule] as number));
  const intervals = intervalsOf({ ranked, means, best, points, totals, weights });
  const order = ranksOf(totals);
  return ranked
    .map(({ values }, index) => ({
      values,
      points: totals[index] as number,
      rank: intervals?.[index] ?? ([1, ranked.length] as const),
      parts: rules.map(({ of }, rule) => ({ of, points: parts[index]?.[rule] as number })),
      place: order[index]?.[0] as number,
    }))
    .sort((a, b) => a.place - b.place)
    .map(({ place: _, ...entry }) => entry);
}

/** Index of the candidate with the best mean. */
function bestOf(means: readonly (readonly number[])[], slot: number, isLess: boolean): number {
  const of = (index: number) => (means[index]?.[slot] as number) * (isLess ? -1 : 1);
  return means.reduce((best, _, index) => (of(index) > of(best) ? index : best), 0);
}

/** What the points of candidates follow from: by candidate, slot, or both. */
interface Points {
  readonly ranked: readonly Ranked[];
  readonly means: readonly (readonly number[])[];
  /** Index of the best candidate by slot. */
  readonly best: readonly number[];
  readonly points: readonly (readonly number[])[];
  readonly totals: readonly number[];
  /** Shares of the slots in the total. */
  readonly weights: readonly number[];
}

/**
 * Compares the totals of all pairs by the logarithm of their ratio. Its error follows from those of the means: those of both candidates, and of
 * the best ones, which both are measured by.
 * @returns undefined if a cell has one repeat only: its spread is not known, and so is no rank
 */
function intervalsOf({ ranked, means, best, points, totals, weights }: Points): readonly RankInterval[] | undefined {
  if (ranked.length < 2 || ranked.some(({ repeats }) => repeats.some((values) => values.length < 2))) return undefined;
  const errors = ranked.map(({ repeats }, index) => repeats.map((values, slot) => errorOf(values, means[index]?.[slot] as number)));
  /** The part of a total that a slot has. */
  const shares = points.map((own, index) =>
    own.map((each, slot) => (each === 0 ? 0 : ((weights[slot] as number) * each) / (totals[index] as number))),
  );
  return rankIntervals(ranked.length, (entry, other) => {
    const found = weights.flatMap((_, slot) => {
      const [own, others] = [shares[entry]?.[slot] as number, shares[other]?.[slot] as number];
      const leader = best[slot] as number;
      const factors = new Map([
        [entry, own],
        [other, -others],
      ]);
      factors.set(leader, (factors.get(leader) ?? 0) - (own - others));
      return [...factors].map(([index, factor]) => scaled(errors[index]?.[slot] as ErrorPart, factor));
    });
    const [mine, theirs] = [totals[entry] as number, totals[other] as number];
    const difference = mine === theirs ? 0 : Math.log(mine / theirs);
    return { difference, p: pOfDifference(difference, found) };
  });
}

function scaled({ variance, freedom }: ErrorPart, factor: number): ErrorPart {
  return { variance: variance * factor ** 2, freedom };
}

/** The relative error of a mean. @param values two or more */
function errorOf(values: readonly number[], mean: number): ErrorPart {
  const { sampleVariance } = simpleStatistics();
  const freedom = values.length - 1;
  if (values.every((value) => value > 0)) return { variance: sampleVariance(values.map(Math.log)) / values.length, freedom };
  return { variance: mean === 0 ? 0 : sampleVariance([...values]) / values.length / mean ** 2, freedom };
}

/** The geometric mean; the arithmetic one if a value is 0. */
function centerOf(values: readonly number[]): number {
  return values.some((value) => value <= 0) ? average(values) : Math.exp(average(values.map(Math.log)));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** 100 for the best; a value that is twice as bad has half of the points. */
function shareOf(value: number, best: number, isLess: boolean): number {
  if (value === best) return 100;
  return isLess ? (100 * best) / value : (100 * value) / best;
}
