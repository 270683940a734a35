import type { Comparison, ExperimentResults } from '../experiment-results';
import { type Html, html, type Part } from '../html';
import { type Layout, labelOf, metricName } from '../layout';
import { comparedWith } from '../messages';
import { ratio as ratioText } from '../quantity';
import { list } from './parts';

/** Subjects that are named; the others are counted. */
const MOST_SUBJECTS = 6;
/** Conditions whose ratios fit on a line. With more, differences are counted. */
const MOST_CONDITIONS = 3;

interface Compared {
  readonly label: string;
  readonly comparisons: readonly Comparison[];
}

/** For the first box: the first figure that is compared, of each subject, as a ratio to the baseline. */
export function ratios(results: ExperimentResults, layout: Layout): Html | undefined {
  const metric = results.comparisons[0]?.metric;
  if (metric === undefined) return undefined;
  const subjects = comparedSubjects(results, layout).map((each) => ({
    ...each,
    own: each.comparisons.filter((comparison) => comparison.metric === metric),
  }));
  if (subjects.some(({ own }) => own.length > MOST_CONDITIONS)) {
    // Without a score, the sentences of the box have the same counts.
    return results.score && list(differences(results, layout));
  }
  const conditions = conditionsOf(results, layout);
  const items = subjects.slice(0, MOST_SUBJECTS).map(({ label, own }): Part => {
    const found = own.map(({ cell, ratio, low, high, verdict }) => {
      const condition = conditions.get(cell);
      return `${ratioText(ratio, low, high)}, ${verdict}${condition === undefined ? '' : ` (${condition})`}`;
    });
    return html`<strong>${label}</strong>: ${found.join('; ') || 'nothing to compare'}`;
  });
  const more = subjects.length - items.length;
  return html`<p>${metricName(metric)} as a ratio to ${baselineLabel(layout)}:</p>${list([...items, ...(more > 0 ? [`and ${more} more`] : [])])}`;
}

/** For each subject, the number of figures in which it differs from the baseline. */
export function differences(results: ExperimentResults, layout: Layout): readonly string[] {
  return comparedSubjects(results, layout)
    .slice(0, MOST_SUBJECTS)
    .map(({ label, comparisons }) => {
      const count = (verdict: string) => comparisons.filter((each) => each.verdict === verdict).length;
      const [better, worse] = [count('better'), count('worse')];
      return comparedWith(label, baselineLabel(layout), { better, worse, all: comparisons.length });
    });
}

function baselineLabel({ subjects }: Layout): string {
  return subjects.find(({ isBaseline }) => isBaseline)?.label ?? 'the baseline';
}

function comparedSubjects({ comparisons, cells }: ExperimentResults, { subjects, subjectAxes }: Layout): readonly Compared[] {
  const byId = new Map(cells.map(({ id, values }) => [id, values]));
  return subjects
    .filter(({ isBaseline }) => !isBaseline)
    .map(({ label, values }) => ({
      label,
      comparisons: comparisons.filter(({ cell }) => subjectAxes.every((axis) => byId.get(cell)?.[axis] === values[axis])),
    }));
}

/** The condition of each cell by its ID. Empty if there is one condition. */
function conditionsOf({ cells }: ExperimentResults, { subjectAxes }: Layout): ReadonlyMap<string, string> {
  const named = cells.map(({ id, values }): [string, string] => [
    id,
    labelOf(Object.fromEntries(Object.entries(values).filter(([axis]) => !subjectAxes.includes(axis)))),
  ]);
  return new Map(new Set(named.map(([, condition]) => condition)).size > 1 ? named : []);
}
