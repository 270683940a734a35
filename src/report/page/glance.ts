import type { CellResult, Comparison, ExperimentResults, ResultMetric } from '../experiment-results';
import { type Html, html, type Part } from '../html';
import { comparisonsOf, drawnMetrics, type Layout, metricName, type Panel } from '../layout';
import { quantity } from '../quantity';
import { verdict } from './figures';

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
  const caption = `Bold is the best mean of a row.${results.comparisons.length > 0 ? ' Below a mean: the ratio to the baseline, its 95 % interval, and what it shows.' : ''}`;
  return html`<section id="glance"><h2>At a glance</h2>
<div class="card"><p class="caption">${caption}</p><div class="scroll" tabindex="0" role="region" aria-label="At a glance"><table class="glance" aria-label="${caption}"><thead><tr><th scope="col"></th>${subjects.map(
    ({ label, isBaseline }) => html`<th scope="col">${label}${isBaseline && ' (baseline)'}</th>`,
  )}</tr></thead>${groups.map(
    ({ label, cells, metrics }) =>
      html`<tbody>${label !== '' && html`<tr><th scope="rowgroup" colspan="${subjects.length + 1}">${label}</th></tr>`}${metrics.map(
        (metric) => {
          const best = bestOf(metric, present(cells));
          return html`<tr><th scope="row">${metricName(metric.key)}<br><small>${metric.better} is better</small></th>${cells.map(
            (cell) => html`<td>${figureOf(metric, cell, best, cell && compared(cell.id, metric.key))}</td>`,
          )}</tr>`;
        },
      )}</tbody>`,
  )}</table></div></div></section>
`;
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

/** The best mean of the complete cells. */
function bestOf({ key, better }: ResultMetric, cells: readonly CellResult[]): number | undefined {
  const means = cells.flatMap(({ complete, figures }) => (complete ? (figures[key]?.mean ?? []) : []));
  if (means.length === 0) return undefined;
  return better === 'more' ? Math.max(...means) : Math.min(...means);
}

function figureOf(metric: ResultMetric, cell: CellResult | undefined, best: number | undefined, comparison: Comparison | undefined): Part {
  const mean = cell?.figures[metric.key]?.mean;
  if (cell === undefined || mean === undefined) return html`<span class="dim">${cell ? 'not measured' : 'no such cell'}</span>`;
  return html`<span${mean === best && html` class="best"`}>${quantity(metric, mean)}</span>${!cell.complete && html` <small>(incomplete)</small>`}${
    comparison && html`<br>${verdict(comparison)}`
  }`;
}
