import type { AxisValues, ExperimentPlan, PlannedCell, PlannedRamp } from '../experiment/experiment-plan';
import type { CellResult, RampResult, RampVisit } from './experiment-results';
import { isBeyondLimit, isWithinLimit, RAMP_ENDED, RAMP_GOES_ON } from './messages';

/** How often a count at the limit is measured at most, each time with new VMs. */
export const MOST_ROUNDS = 5;

/** What is known of a count. */
export type Visit = Pick<RampVisit, 'outcome' | 'decided' | 'rounds'>;

/** The counts that were visited. */
export type Visits = ReadonlyMap<number, Visit>;

/** Each combination of the other axes has a ramp of its own: its cells by count, ascending. */
export function rampsOf({
  cells,
  ramp,
}: Pick<ExperimentPlan, 'cells' | 'ramp'>): { values: AxisValues; cells: Map<number, PlannedCell> }[] {
  if (!ramp) return [];
  const found = new Map<string, { values: AxisValues; cells: Map<number, PlannedCell> }>();
  for (const cell of cells) {
    const { [ramp.axis]: value, ...values } = cell.values;
    const count = Number(value);
    // Rows of `include` may have other counts, which are measured in any case.
    if (!ramp.counts.includes(count)) continue;
    const key = JSON.stringify(Object.entries(values));
    const own = found.get(key) ?? { values, cells: new Map() };
    found.set(key, own);
    own.cells.set(count, cell);
  }
  return [...found.values()].map(({ values, cells: own }) => ({ values, cells: new Map([...own].sort(([a], [b]) => a - b)) }));
}

/**
 * What a cell shows. VMs that do not answer, or do not reach their rate, are a breach: they are no proof that so many fit. Otherwise, the mean
 * decides, for certain if the whole interval is on its side of the limit.
 * @param rounds how often it was measured, each time with new VMs
 */
export function visitOf({ until: { of, above, below } }: PlannedRamp, { complete, flags, figures }: CellResult, rounds: number): Visit {
  if (!complete || flags.some(({ kind }) => kind === 'rate')) return { outcome: 'beyond', decided: true, rounds };
  const { mean, low, high } = figures[of] ?? {};
  if (mean === undefined) return { outcome: 'unknown', decided: false, rounds };
  const passes = (value: number) => (above !== undefined && value > above) || (below !== undefined && value < below);
  const decided = low !== undefined && high !== undefined && passes(low) === passes(high);
  return { outcome: passes(mean) ? 'beyond' : 'within', decided, rounds };
}

/** The largest count within the limit, and the smallest one beyond it. */
export function edgesOf(visits: Visits): { readonly within?: number; readonly beyond?: number } {
  const counts = (outcome: Visit['outcome']) => [...visits].flatMap(([count, visit]) => (visit.outcome === outcome ? [count] : []));
  const beyond = Math.min(...counts('beyond'));
  const within = Math.max(...counts('within').filter((count) => count < beyond));
  return { ...(Number.isFinite(within) ? { within } : {}), ...(Number.isFinite(beyond) ? { beyond } : {}) };
}

/**
 * The count to measure next for the first time: upward by the steps of the plan until the limit is passed, then between the largest count
 * within it and the smallest one beyond it.
 * @param counts that can be measured, ascending
 */
export function nextCount({ steps }: PlannedRamp, counts: readonly number[], visits: Visits): number | undefined {
  if ([...visits.values()].some(({ outcome }) => outcome === 'unknown')) return undefined;
  const { within = 0, beyond = Number.POSITIVE_INFINITY } = edgesOf(visits);
  const open = counts.filter((count) => count > within && count < beyond && !visits.has(count));
  if (beyond === Number.POSITIVE_INFINITY) return open.find((count) => steps.includes(count)) ?? open[0];
  return open[Math.floor((open.length - 1) / 2)];
}

/**
 * The count to measure again, when there is no further one: an edge whose interval includes the limit.
 * @returns undefined when both are decided, or have been measured {@link MOST_ROUNDS} times
 */
export function nextRepeat(visits: Visits): number | undefined {
  const { within, beyond } = edgesOf(visits);
  const open = [within, beyond].flatMap((count) => {
    const visit = count === undefined ? undefined : visits.get(count);
    return visit && !visit.decided && visit.rounds < MOST_ROUNDS ? [{ count: count as number, rounds: visit.rounds }] : [];
  });
  return open.sort((a, b) => a.rounds - b.rounds)[0]?.count;
}

/** Why a count is not needed, or is not measured yet. */
export function reasonFor(count: number, visits: Visits, next: number | undefined): string {
  const { within = 0, beyond = Number.POSITIVE_INFINITY } = edgesOf(visits);
  if (count > beyond) return isBeyondLimit(beyond);
  if (count < within) return isWithinLimit(within);
  return count === next ? RAMP_GOES_ON : RAMP_ENDED;
}

/** The ramps of an experiment. @param roundsOf how often the cell was measured; 0: not yet */
export function rampResults(
  plan: ExperimentPlan,
  cells: ReadonlyMap<string, CellResult>,
  roundsOf: (cell: PlannedCell) => number,
): readonly RampResult[] {
  const { ramp } = plan;
  if (!ramp) return [];
  return rampsOf(plan).map(({ values, cells: own }) => {
    const visits = new Map(
      [...own].flatMap(([count, cell]): [number, Visit][] => {
        const rounds = roundsOf(cell);
        return rounds === 0 ? [] : [[count, visitOf(ramp, cells.get(cell.id) as CellResult, rounds)]];
      }),
    );
    const next = nextCount(ramp, [...own.keys()], visits);
    const counts = [...own].map(([count, { id }]): RampVisit => {
      const visit = visits.get(count);
      if (visit) return { count, cell: id, ...visit };
      return { count, cell: id, outcome: 'not measured', decided: false, rounds: 0, why: reasonFor(count, visits, next) };
    });
    return { values, ...edgesOf(visits), ...(next === undefined ? {} : { next }), counts };
  });
}
