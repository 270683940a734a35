import type { AxisValues, ScoreRule } from '../experiment/experiment-plan';
import type { Random } from '../statistics/random';
import { rankIntervals, ranksOf, resampler } from '../statistics/ranks';
import { matches } from './baseline';
import type { CellResult, ResultMetric, Score } from './experiment-results';
import { knownValues } from './figures';
import { cellIncomplete, noCell, noFigure, noRecordHas } from './messages';

export interface ScoreProps {
  readonly rules: readonly ScoreRule[];
  /** Its axes are what ranks. @default all axes that no rule fixes */
  readonly baseline?: AxisValues;
  readonly metrics: readonly ResultMetric[];
  /** For the resampling. */
  readonly seed: number;
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

function entriesOf(ranked: readonly Ranked[], slots: readonly Slot[], { rules, metrics, seed }: ScoreProps): Score['entries'] {
  const isLess = slots.map(({ rule }) => metrics.find(({ key }) => key === rules[rule]?.of)?.better === 'less');
  const whole = rules.reduce((sum, { weight }) => sum + weight, 0);
  /** Points by candidate and rule. @param means by candidate and slot */
  const partsOf = (means: readonly (readonly number[])[]) => {
    const best = slots.map((_, slot) =>
      means.map((own) => own[slot] as number).reduce((a, b) => (isLess[slot] ? Math.min(a, b) : Math.max(a, b))),
    );
    return means.map((own) => {
      const points = own.map((mean, slot) => shareOf(mean, best[slot] as number, isLess[slot] as boolean));
      return rules.map((_, rule) => average(points.filter((_, slot) => slots[slot]?.rule === rule)));
    });
  };
  const total = (parts: readonly number[]) => parts.reduce((sum, each, rule) => sum + each * (rules[rule]?.weight as number), 0) / whole;
  const parts = ranked.length === 0 ? [] : partsOf(ranked.map(({ repeats }) => repeats.map(centerOf)));
  const totals = parts.map(total);
  const intervals = intervalsOf(ranked, (means) => partsOf(means).map(total), seed);
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

/** @returns undefined if a cell has one repeat only: its spread is not known, and so is no rank */
function intervalsOf(ranked: readonly Ranked[], totals: (means: readonly (readonly number[])[]) => readonly number[], seed: number) {
  if (ranked.length < 2 || ranked.some(({ repeats }) => repeats.some((values) => values.length < 2))) return undefined;
  const draws = ranked.map(({ repeats }) => repeats.map(drawerOf));
  return rankIntervals((random: Random) => totals(draws.map((own) => own.map((draw) => draw(random)))), seed);
}

/** Draws a geometric mean; the arithmetic one if a value is 0. */
function drawerOf(values: readonly number[]): (random: Random) => number {
  if (values.some((value) => value <= 0)) {
    const draw = resampler(values);
    return (random) => Math.max(0, draw(random));
  }
  const draw = resampler(values.map(Math.log));
  return (random) => Math.exp(draw(random));
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
