import type { AxisValues } from '../experiment/experiment-plan';
import { comparedPairs, type Pair } from './compare';
import type { CellResult, Comparison, ExperimentResults, ResultMetric } from './experiment-results';
import { notIn, onlyIn, otherPlanOfRun } from './messages';

/** A run by the name under which the user knows it. */
export interface NamedRun {
  readonly name: string;
  readonly results: ExperimentResults;
}

/** Runs compared with the first one: `virtwork.comparison/1`. */
export interface RunComparison {
  readonly schema: 'virtwork.comparison/1';
  /** The first one is the base of all comparisons. */
  readonly runs: readonly {
    readonly name: string;
    readonly experiment: string;
    readonly plan: string;
    readonly tuning?: string;
    readonly cells: number;
    readonly complete: number;
  }[];
  readonly metrics: readonly ResultMetric[];
  /** What a reader must know before comparing. */
  readonly notes: readonly string[];
  readonly rows: readonly RunRow[];
}

export interface RunRow extends Omit<Comparison, 'cell' | 'baseline'> {
  readonly run: string;
  readonly values: AxisValues;
}

/**
 * Compares the cells of runs with those of the first run that have the same values of all axes. The p-values are adjusted by Holm's method over
 * all rows.
 * @param runs two or more
 */
export function compareRuns(runs: readonly NamedRun[]): RunComparison {
  const [first, ...others] = runs as [NamedRun, ...NamedRun[]];
  const metrics = new Map(runs.flatMap(({ results }) => results.metrics).map((metric) => [metric.key, metric]));
  const base = byValues(first.results.cells);
  const pairs = others.flatMap(({ name, results }) =>
    results.cells.flatMap((cell): Pair<string>[] => {
      const other = base.get(keyOf(cell));
      const figures = other ? [...new Set([...other.main, ...cell.main])] : [];
      return other ? figures.map((metric) => ({ cell, base: other, metric, about: name })) : [];
    }),
  );
  return {
    schema: 'virtwork.comparison/1',
    runs: runs.map(({ name, results: { name: experiment, plan, tuning, cells } }) => ({
      name,
      experiment,
      plan,
      ...(tuning === undefined ? {} : { tuning }),
      cells: cells.length,
      complete: cells.filter(({ complete }) => complete).length,
    })),
    metrics: [...metrics.values()],
    notes: others.flatMap((run) => notesOf(run, first, base)),
    rows: comparedPairs(pairs, [...metrics.values()]).map(({ pair, verdict, ...ratio }) => ({
      run: pair.about,
      values: pair.cell.values,
      metric: pair.metric,
      ...ratio,
      verdict,
    })),
  };
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
