import type { CellResult, Comparison, ExperimentResults, ResultMetric } from '../experiment-results';
import { type Html, html, type Part } from '../html';
import { comparisonsOf, drawnMetrics, type Layout, metricName, type Panel, type Subject } from '../layout';
import { quantity } from '../quantity';
import { adjusted, verdict } from './figures';
import { columnLabel } from './parts';

/** The most rows of the table; an experiment with more has its figures in the sections. */
const MOST_ROWS = 60;

/** All figures that matter in one table: conditions as rows, subjects as columns. */
export function overview(results: ExperimentResults, { subjects, panels, curveAxis }: Layout): Html | undefined {
  // With a curve axis, the curves show the same in less space.
  if (subjects.length < 2 || panels.some(({ rows }) => rows.length > 1)) return undefined;
  const compared = comparisonsOf(results);
  const groups = panels.flatMap((panel) =>
    groupsOf(panel, curveAxis).map((group) => ({ ...group, metrics: drawnMetrics(results.metrics, present(group.cells)) })),
  );
  const rows = groups.reduce((sum, { metrics }) => sum + metrics.length, 0);
  if (rows === 0 || rows > MOST_ROWS) return undefined;
  const caption = captionOf(results);
  return html`<section id="glance"><h2>At a glance</h2>
<div class="card"><p class="caption">${caption}</p><div class="scroll" tabindex="0" role="region" aria-label="At a glance"><table class="glance stacked" aria-label="${caption}"><thead><tr><th scope="col"></th>${subjects.map(
    (subject) => html`<th scope="col">${nameOf(subject)}</th>`,
  )}</tr></thead>${groups.map(
    ({ label, cells, metrics }) =>
      html`<tbody>${label !== '' && html`<tr><th scope="rowgroup" colspan="${subjects.length + 1}">${label}</th></tr>`}${metrics.map(
        (metric) => {
          const best = bestOf(metric, present(cells), compared);
          return html`<tr><th scope="row">${metricName(metric.key)}<br><small>${metric.better} is better</small></th>${cells.map(
            (cell, index) =>
              html`<td${columnLabel(nameOf(subjects[index]))}>${figureOf(metric, cell, best, cell && compared(cell.id, metric.key))}</td>`,
          )}</tr>`;
        },
      )}</tbody>`,
  )}</table></div></div></section>
`;
}

function captionOf({ comparisons }: ExperimentResults): string {
  if (comparisons.length === 0) return 'Mean over the repeats.';
  const sentences = [
    'Mean, and below it the ratio to the baseline, its 95 % interval, and what it shows.',
    'Bold is the best mean of a row, if it is shown to differ from the baseline. The baseline is bold if all others are worse.',
    adjusted(comparisons),
  ];
  return sentences.filter((each) => each !== undefined).join(' ');
}

function nameOf(subject: Subject | undefined): string {
  return `${subject?.label}${subject?.isBaseline ? ' (baseline)' : ''}`;
}

function groupsOf(panel: Panel, curveAxis: string | undefined) {
  return panel.rows.map(({ value, cells }) => ({
    label: [panel.label, value === undefined ? '' : `${curveAxis} ${value}`].filter((part) => part !== '').join(', '),
    cells,
  }));
}

export function present(cells: readonly (CellResult | undefined)[]): readonly CellResult[] {
  return cells.filter((cell) => cell !== undefined);
}

/** The complete cell with the best mean, if it is better than its baseline. A baseline is the best if all others are worse. */
function bestOf(
  { key, better }: ResultMetric,
  cells: readonly CellResult[],
  compared: ReturnType<typeof comparisonsOf>,
): CellResult | undefined {
  const meanOf = ({ figures }: CellResult) => figures[key]?.mean ?? 0;
  const [best, ...others] = cells
    .filter(({ complete, figures }) => complete && figures[key]?.mean !== undefined)
    .sort((a, b) => (better === 'more' ? meanOf(b) - meanOf(a) : meanOf(a) - meanOf(b)));
  if (best === undefined || others.length === 0) return undefined;
  const own = compared(best.id, key);
  const isShown = own ? own.verdict === 'better' : others.every(({ id }) => compared(id, key)?.verdict === 'worse');
  return isShown ? best : undefined;
}

function figureOf(
  metric: ResultMetric,
  cell: CellResult | undefined,
  best: CellResult | undefined,
  comparison: Comparison | undefined,
): Part {
  const mean = cell?.figures[metric.key]?.mean;
  if (cell === undefined || mean === undefined) return html`<span class="dim">${cell ? 'not measured' : 'no such cell'}</span>`;
  return html`<span${cell === best && html` class="best"`}>${quantity(metric, mean)}</span>${!cell.complete && html` <small>(incomplete)</small>`}${
    comparison && html`<br>${verdict(comparison)}`
  }`;
}
