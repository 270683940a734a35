import type { AxisValues } from '../experiment/experiment-plan';
import { matchesGlob } from '../text/glob';
import { comparedPairs, type Pair } from './compare';
import type { CellResult, Comparison, ResultMetric } from './experiment-results';

/** Whether values of axes match globs. */
export function matches(values: AxisValues, where: AxisValues): boolean {
  return Object.entries(where).every(([axis, glob]) => matchesGlob(glob, values[axis] ?? ''));
}

/** Finds the cell that another one is compared with: it differs only in the axes of the baseline, whose values it has. */
export class Baselines {
  private readonly known = new Map<string, CellResult>();

  /** @param baseline values or globs by axis. @default nothing is compared */
  constructor(
    cells: readonly CellResult[],
    private readonly baseline: AxisValues | undefined,
  ) {
    for (const cell of cells) {
      const key = this.keyOf(cell);
      if (baseline && matches(cell.values, baseline) && !this.known.has(key)) this.known.set(key, cell);
    }
  }

  /** @returns undefined for a cell that has no baseline, or that is one itself */
  of(cell: CellResult): CellResult | undefined {
    const found = this.baseline && this.known.get(this.keyOf(cell));
    return found === undefined || matches(cell.values, this.baseline ?? {}) ? undefined : found;
  }

  private keyOf({ values }: CellResult): string {
    return JSON.stringify(Object.entries(values).filter(([axis]) => !Object.hasOwn(this.baseline ?? {}, axis)));
  }
}

/** Every cell against its baseline, by its main metrics. */
export function comparisonsOf(cells: readonly CellResult[], baselines: Baselines, metrics: readonly ResultMetric[]): Comparison[] {
  const pairs = cells.flatMap((cell): Pair<undefined>[] => {
    const base = baselines.of(cell);
    return base ? cell.main.map((metric) => ({ cell, base, metric, about: undefined })) : [];
  });
  return comparedPairs(pairs, metrics).map(({ pair, verdict, ...ratio }) => ({
    cell: pair.cell.id,
    baseline: pair.base.id,
    metric: pair.metric,
    ...ratio,
    verdict,
  }));
}
