import type { AxisValues } from '../experiment/experiment-plan';
import { comparedPairs, type Pair } from './compare';
import type { CellResult, Comparison, ExperimentResults, Figure, ResultMetric } from './experiment-results';
import { notIn, onlyIn, otherPlanOfRun } from './messages';
import { beginning } from './ready';

/** A run by the name under which the user knows it. */
export interface NamedRun {
  readonly name: string;
  readonly results: ExperimentResults;
}

/** Runs compared with one of them: `virtwork.comparison/1`. */
export interface RunComparison {
  readonly schema: 'virtwork.comparison/1';
  /** Name of the run with which the others are compared. */
  readonly baseline: string;
  /** In the order in which they were given. */
  readonly runs: readonly ComparedRun[];
  readonly metrics: readonly ResultMetric[];
  /** What a reader must know before comparing. */
  readonly notes: readonly string[];
  /** By cell and metric. The cells of the baseline come first. */
  readonly figures: readonly RunFigures[];
  readonly rows: readonly RunRow[];
}

export interface ComparedRun {
  readonly name: string;
  readonly experiment: string;
  readonly plan: string;
  readonly tuning?: string;
  /** When the first group was started, in ISO 8601. @default the run has no facts */
  readonly began?: string;
  readonly cells: number;
  readonly complete: number;
}

/** A figure of a cell in all runs. */
export interface RunFigures {
  readonly values: AxisValues;
  readonly metric: string;
  /** In the order of the runs. null: the run has no such cell, or the cell has no such figure. */
  readonly runs: readonly (RunFigure | null)[];
}

export interface RunFigure extends Omit<Figure, 'values' | 'mean'> {
  readonly mean: number;
  readonly complete: boolean;
}

export interface RunRow extends Omit<Comparison, 'cell' | 'baseline'> {
  readonly run: string;
  readonly values: AxisValues;
}

/**
 * Compares the cells of runs with those of one run that have the same values of all axes. The p-values are adjusted by Holm's method over all
 * rows.
 * @param runs two or more
 * @param baseline one of them. @default the first
 */
export function compareRuns(runs: readonly NamedRun[], baseline: NamedRun = runs[0] as NamedRun): RunComparison {
  const others = runs.filter((run) => run !== baseline);
  const metrics = new Map(runs.flatMap(({ results }) => results.metrics).map((metric) => [metric.key, metric]));
  const base = byValues(baseline.results.cells);
  const pairs = others.flatMap(({ name, results }) =>
    results.cells.flatMap((cell): Pair<string>[] => {
      const other = base.get(keyOf(cell));
      const figures = other ? [...new Set([...other.main, ...cell.main])] : [];
      return other ? figures.map((metric) => ({ cell, base: other, metric, about: name })) : [];
    }),
  );
  return {
    schema: 'virtwork.comparison/1',
    baseline: baseline.name,
    runs: runs.map(comparedRun),
    metrics: [...metrics.values()],
    notes: others.flatMap((run) => notesOf(run, baseline, base)),
    figures: figuresOf(runs, baseline, [...metrics.keys()]),
    rows: comparedPairs(pairs, [...metrics.values()]).map(({ pair, verdict, ...ratio }) => ({
      run: pair.about,
      values: pair.cell.values,
      metric: pair.metric,
      ...ratio,
      verdict,
    })),
  };
}

function comparedRun({ name, results: { name: experiment, plan, tuning, facts, cells } }: NamedRun): ComparedRun {
  const began = beginning(facts);
  return {
    name,
    experiment,
    plan,
    ...(tuning === undefined ? {} : { tuning }),
    ...(began === undefined ? {} : { began }),
    cells: cells.length,
    complete: cells.filter(({ complete }) => complete).length,
  };
}

function figuresOf(runs: readonly NamedRun[], baseline: NamedRun, metrics: readonly string[]): RunFigures[] {
  const cells = runs.map(({ results }) => byValues(results.cells));
  const all = new Map<string, AxisValues>();
  for (const cell of [baseline, ...runs].flatMap(({ results }) => results.cells)) {
    if (!all.has(keyOf(cell))) all.set(keyOf(cell), cell.values);
  }
  return [...all].flatMap(([key, values]) => {
    const own = cells.map((each) => each.get(key));
    const main = metrics.filter((metric) => own.some((cell) => cell?.main.includes(metric)));
    return main.map((metric) => ({ values, metric, runs: own.map((cell) => runFigure(cell, metric)) }));
  });
}

function runFigure(cell: CellResult | undefined, metric: string): RunFigure | null {
  const { n, mean, low, high } = cell?.figures[metric] ?? {};
  if (cell === undefined || n === undefined || mean === undefined) return null;
  return { n, mean, ...(low === undefined || high === undefined ? {} : { low, high }), complete: cell.complete };
}

function notesOf({ name, results }: NamedRun, first: NamedRun, base: ReadonlyMap<string, CellResult>): string[] {
  const own = byValues(results.cells);
  const extra = [...own.keys()].filter((key) => !base.has(key)).length;
  const lost = [...base.keys()].filter((key) => !own.has(key)).length;
  return [
    ...(results.plan === first.results.plan ? [] : [otherPlanOfRun(name, first.name)]),
    ...(extra > 0 ? [onlyIn(name, extra, first.name)] : []),
    ...(lost > 0 ? [notIn(name, lost, first.name)] : []),
  ];
}

function byValues(cells: readonly CellResult[]): Map<string, CellResult> {
  return new Map(cells.map((cell) => [keyOf(cell), cell]));
}

/** Equal for equal values, in whatever order the axes are listed. */
function keyOf({ values }: CellResult): string {
  return JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
