import type { CellResult, ExperimentResults } from './experiment-results';
import { type Layout, labelOf, type Panel } from './layout';
import { NOT_MEASURED } from './messages';
import { visitOf } from './ramp-visits';

/** Where a subject reaches its limit on an axis of numbers, such as the number of VMs. */
export interface RampEnd {
  /** The largest value up to which everything is known to be met. */
  readonly met?: number;
  /** The smallest value at which something is known to be missed. */
  readonly missed?: number;
}

type Outcome = 'met' | 'not met' | 'not decided';

/** Whether the values of the curve axis are settings, which make other VMs, such as their number. */
export function isRamp({ axes }: ExperimentResults, { curveAxis }: Layout): boolean {
  return axes.find(({ name }) => name === curveAxis)?.kind === 'settings';
}

/** Whether a ramp ended before it came to the cell. */
export function isNotVisited({ why }: CellResult): boolean {
  return why.length === 1 && why[0]?.startsWith(NOT_MEASURED) === true;
}

/**
 * The limits of a subject in a panel: that of the ramp, and the expectations. Between `met` and `missed` nothing is decided, because an interval
 * includes the limit.
 * @param index of the subject
 */
export function rampEnd(results: ExperimentResults, panel: Panel, index: number): RampEnd {
  const outcomes = panel.rows.flatMap(({ value, cells }) => {
    const cell = cells[index];
    const own = cell && !isNotVisited(cell) ? outcomesOf(results, cell) : [];
    return own.length > 0 ? [{ count: Number(value), own }] : [];
  });
  const missed = outcomes.find(({ own }) => own.includes('not met'))?.count;
  const below = outcomes.filter(({ count }) => missed === undefined || count < missed);
  const met = below.findLast(({ own }) => own.every((outcome) => outcome === 'met'))?.count;
  return { ...(met === undefined ? {} : { met }), ...(missed === undefined ? {} : { missed }) };
}

/** Sentences that are shown. */
const MOST_SENTENCES = 6;

/** How far each subject could go on an axis such as the number of VMs. */
export function rampSentences(results: ExperimentResults, layout: Layout): readonly string[] {
  if (!isRamp(results, layout)) return [];
  const ends = layout.panels.flatMap((panel) =>
    layout.subjects.flatMap(({ label }, index) => {
      const { met, missed } = rampEnd(results, panel, index);
      const name = [label, panel.label].filter((part) => part !== '').join(', ') || results.name;
      if (met === undefined) return missed === undefined ? [] : [`${name} passes a limit at ${layout.curveAxis} ${missed}.`];
      const kept = `${name} keeps its limits up to ${layout.curveAxis} ${met}`;
      return [missed === undefined ? `${kept}.` : `${kept}, and passes one at ${missed}.`];
    }),
  );
  return ends.slice(0, MOST_SENTENCES);
}

/** Counts that a sentence lists. */
const MOST_COUNTS = 12;

/** Which counts each ramp measured, and why it did not measure the others. */
export function visitSentences({ name, ramp, ramps = [] }: ExperimentResults): readonly string[] {
  return ramps.slice(0, MOST_SENTENCES).map(({ values, counts }) => {
    const measured = counts
      .filter(({ rounds }) => rounds > 0)
      .map(({ count, rounds }) => (rounds > 1 ? `${count} (${rounds} times)` : `${count}`));
    const reasons = new Map<string, string[]>();
    for (const { count, why } of counts) if (why !== undefined) reasons.set(why, [...(reasons.get(why) ?? []), `${count}`]);
    const others = [...reasons].map(([why, all]) => `${listed(all)} (${why})`);
    const of = `${labelOf(values) || name}: measured at ${ramp?.axis} ${listed(measured) || 'none'}.`;
    return others.length === 0 ? of : `${of} Not measured: ${others.join('; ')}.`;
  });
}

function listed(counts: readonly string[]): string {
  const more = counts.length - MOST_COUNTS;
  return `${counts.slice(0, MOST_COUNTS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function outcomesOf(results: ExperimentResults, cell: CellResult): readonly Outcome[] {
  const expected = results.expect.filter((each) => each.cell === cell.id).map(({ outcome }) => outcome);
  return results.ramp ? [...expected, withinLimit(results.ramp, cell)] : expected;
}

function withinLimit(ramp: NonNullable<ExperimentResults['ramp']>, cell: CellResult): Outcome {
  const { outcome, decided } = visitOf(ramp, cell, 1);
  if (!decided) return 'not decided';
  return outcome === 'within' ? 'met' : 'not met';
}
