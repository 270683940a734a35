import type { CellResult, ExperimentResults, ResultMetric } from '../experiment-results';
import { shownFlags } from '../gaps';
import { type Html, html, type Part } from '../html';
import { comparisonsOf, drawnMetrics, type Layout, metricName, type Panel, type PanelRow, type Subject, workMetric } from '../layout';
import { digits, inScale, type Measure, quantity, scaleOf } from '../quantity';
import { isNotVisited, isRamp, rampEnd } from '../ramp';
import { curveChart, type Drawn, intervalChart, type Line, percentileChart, percentiles, rampChart, timeChart, vmChart } from './charts';
import { adjusted, interval, verdict } from './figures';
import { present } from './glance';
import { card, grid, legend, table } from './parts';

/** Sections that have charts. Those after them have tables only, so that the page of a large experiment stays small. */
const DRAWN_SECTIONS = 60;
/** VMs that a table lists. */
const LISTED_VMS = 16;

/** One section for each condition: figures against the baseline, then curves, percentiles, VMs and seconds. */
export function panels(results: ExperimentResults, layout: Layout): Html {
  let drawn = 0;
  const isDrawn = () => ++drawn <= DRAWN_SECTIONS;
  const sections = layout.panels
    .filter(({ rows }) => rows.some(isMeasured))
    .map(
      (panel, index) => html`<section id="part-${index + 1}"><h3>${panel.label || 'All'}</h3>
${curves(results, layout, panel)}${panel.rows.filter(isMeasured).map((row) => rowSection(results, layout, row, isDrawn()))}</section>
`,
    );
  if (sections.length === 0) return html``;
  return html`<section id="figures"><h2>Figures</h2>
<p class="dim">A large mark is the mean, a thick line its 95 % interval, a ring one repeat.${
    results.comparisons.length > 0 && ` The dashed line is the baseline. ${adjusted(results.comparisons) ?? ''}`
  }</p>
${sections}${
  drawn > DRAWN_SECTIONS &&
  html`<p>Only the first ${DRAWN_SECTIONS} parts have charts. The tables and the CSV file have the figures of all ${drawn} parts.</p>`
}</section>
`;
}

function isMeasured({ cells }: PanelRow): boolean {
  return present(cells).some(({ figures }) => Object.keys(figures).length > 0);
}

function rowSection(results: ExperimentResults, layout: Layout, row: PanelRow, isDrawn: boolean): Html {
  const drawn = drawnOf(layout.subjects, row);
  const cells = present(row.cells);
  const metrics = drawnMetrics(results.metrics, cells);
  const compared = comparisonsOf(results);
  const cards = metrics.map((metric) =>
    card(
      metricName(metric.key),
      `${metric.better} is better`,
      isDrawn && intervalChart(metric, drawn),
      table(
        results.comparisons.length > 0 ? 'Mean with its 95 % interval, and the ratio to the baseline' : 'Mean with its 95 % interval',
        [{ name: '' }, { name: 'Mean' }, ...(results.comparisons.length > 0 ? [{ name: 'Against baseline' }] : [])],
        drawn.map(({ cell, label, isBaseline }) => {
          const figure = cell.figures[metric.key];
          const comparison = compared(cell.id, metric.key);
          return {
            cells: [
              html`${label}${!cell.complete && html`<br><small>incomplete</small>`}`,
              figure?.mean === undefined ? 'not measured' : html`${quantity(metric, figure.mean)}${interval(metric, figure)}`,
              ...(results.comparisons.length > 0
                ? [comparison ? verdict(comparison) : html`<small>${isBaseline ? 'baseline' : '–'}</small>`]
                : []),
            ],
          };
        }),
      ),
    ),
  );
  const body = html`${grid(cards)}<details><summary>Percentiles, VMs, time and all figures${cardsAreFew(cells)}</summary>
${grid([...distribution(results, layout, drawn, isDrawn), ...vms(results, drawn, isDrawn), ...overTime(results, drawn, isDrawn)])}${allFigures(results, drawn)}</details>
`;
  if (row.value === undefined) return body;
  return html`<details><summary>${layout.curveAxis} ${row.value}</summary>
${body}</details>
`;
}

function cardsAreFew(cells: readonly CellResult[]): Part {
  const flags = cells.flatMap(shownFlags);
  return flags.length > 0 && ` (${flags.length} ${flags.length === 1 ? 'flag' : 'flags'})`;
}

function drawnOf(subjects: readonly Subject[], { cells }: PanelRow): readonly Drawn[] {
  return subjects.flatMap(({ label, isBaseline }, index) => {
    const cell = cells[index];
    return cell ? [{ cell, label, index, isBaseline }] : [];
  });
}

function distribution(results: ExperimentResults, layout: Layout, drawn: readonly Drawn[], isDrawn: boolean): readonly Html[] {
  const keys = [...new Set(drawn.flatMap(({ cell }) => Object.keys(cell.histograms)))];
  return keys.map((key) => {
    const own = drawn.filter(({ cell }) => cell.histograms[key]);
    const unit = own[0]?.cell.histograms[key]?.unit ?? '';
    const lines = own.map(({ cell, label, index }) => ({ label, index, points: percentiles(cell.histograms[key]?.bins ?? []) }));
    const named = results.metrics.filter((metric) => metric.key.startsWith(`${key}.p`));
    const scale = scaleOf(
      { key, unit },
      own.flatMap(({ cell }) => cell.figures[`${key}.p99`]?.mean ?? cell.figures[`${key}.p50`]?.mean ?? []),
    );
    const scaled = (figure: number | undefined) => (figure === undefined ? '–' : inScale(figure, scale));
    return card(
      `Percentiles of ${metricName(key)}`,
      'of all VMs and repeats together',
      isDrawn &&
        legend(
          layout.subjects,
          own.map(({ index }) => index),
        ),
      isDrawn && percentileChart({ key, unit, better: 'less' }, lines),
      table(
        `Mean of the repeats in ${scale.symbol}. A percentile needs ten samples beyond it.`,
        [{ name: '' }, ...named.map((metric) => ({ name: metric.key.slice(key.length + 1), isNumber: true }))],
        own.map(({ cell, label }) => ({ cells: [label, ...named.map((metric) => scaled(cell.figures[metric.key]?.mean))] })),
      ),
    );
  });
}

function vms(results: ExperimentResults, drawn: readonly Drawn[], isDrawn: boolean): readonly Html[] {
  const own = drawn.filter(({ cell }) => cell.vms.length > 1);
  const metric = workMetric(
    results.metrics.filter(({ key }) => own.some(({ cell }) => cell.vms.some(({ figures }) => figures[key] !== undefined))),
    own.map(({ cell }) => cell),
  );
  if (!metric) return [];
  return [
    card(
      `${metricName(metric.key)} of each VM`,
      "Jain's index is 1 if all VMs got the same",
      isDrawn && vmChart(metric, own),
      table(
        'Mean of the repeats',
        [{ name: '' }, { name: 'Jain', isNumber: true }, { name: 'VMs' }],
        own.map(({ cell, label }) => ({
          cells: [
            label,
            cell.fairness === undefined ? '–' : digits(cell.fairness),
            html`${cell.vms.slice(0, LISTED_VMS).map(({ vm, figures }) => html`${vm}: ${shown(metric, figures[metric.key])}<br>`)}${
              cell.vms.length > LISTED_VMS && `${cell.vms.length - LISTED_VMS} more, see the CSV file`
            }`,
          ],
        })),
      ),
    ),
  ];
}

function overTime(results: ExperimentResults, drawn: readonly Drawn[], isDrawn: boolean): readonly Html[] {
  const keys = [...new Set(drawn.flatMap(({ cell }) => Object.keys(cell.series)))];
  return keys.map((key) => {
    const metric = results.metrics.find((each) => each.key === key) ?? { key, unit: '', better: 'more' as const };
    const own = drawn.filter(({ cell }) => cell.series[key]);
    return card(
      `${metricName(key)} over time`,
      `${
        scaleOf(
          metric,
          own.flatMap(({ cell }) => extremes(cell.series[key]?.values ?? []).most ?? []),
        ).symbol
      }; VMs thin, their median thick`,
      isDrawn && timeChart(metric, own),
      table(
        'Of one second of one VM, in the median repeat',
        [{ name: '' }, { name: 'Lowest', isNumber: true }, { name: 'Highest', isNumber: true }],
        own.map(({ cell, label }) => {
          const { least, most } = extremes(cell.series[key]?.values ?? []);
          return { cells: [label, shown(metric, least), shown(metric, most)] };
        }),
      ),
    );
  });
}

function extremes(values: readonly (readonly number[])[]): { readonly least?: number; readonly most?: number } {
  let least: number | undefined;
  let most: number | undefined;
  for (const value of values.flat()) {
    least = Math.min(least ?? value, value);
    most = Math.max(most ?? value, value);
  }
  return { ...(least === undefined ? {} : { least }), ...(most === undefined ? {} : { most }) };
}

function allFigures(results: ExperimentResults, drawn: readonly Drawn[]): Html {
  const metrics = results.metrics.filter(({ key }) => drawn.some(({ cell }) => cell.figures[key]?.mean !== undefined));
  return html`<div class="card">${table(
    'All figures: mean and 95 % interval over the repeats',
    [{ name: '' }, ...drawn.map(({ label }) => ({ name: label }))],
    metrics.map((metric) => ({
      cells: [
        metricName(metric.key),
        ...drawn.map(({ cell }) => {
          const figure = cell.figures[metric.key];
          return figure?.mean === undefined ? '–' : html`${quantity(metric, figure.mean)}${interval(metric, figure)}`;
        }),
      ],
    })),
  )}</div>`;
}

function shown(metric: Measure, figure: number | undefined): string {
  return figure === undefined ? '–' : quantity(metric, figure);
}

/** What the values of the curve axis change: latency over throughput for a param, both over the count for a setting. */
function curves(results: ExperimentResults, layout: Layout, panel: Panel): Html | undefined {
  const { curveAxis, subjects } = layout;
  if (curveAxis === undefined) return undefined;
  const own = new Set(panel.rows.flatMap(({ cells }) => present(cells).map(({ id }) => id)));
  const found = results.curves.filter(({ axis, cells }) => axis === curveAxis && cells.some((cell) => own.has(cell)));
  const subjectOf = new Map(panel.rows.flatMap(({ cells }) => cells.map((cell, index) => [cell?.id, index])));
  const pointOf = new Map(panel.rows.flatMap(({ value, cells }) => present(cells).map((cell) => [cell.id, { value: value ?? '', cell }])));
  const lines = found.flatMap((curve) => {
    const index = subjectOf.get(curve.cells[0]);
    if (index === undefined) return [];
    const points = curve.cells.flatMap((id) => {
      const at = pointOf.get(id);
      const [throughput, latency] = [at?.cell.figures[curve.throughput]?.mean, at?.cell.figures[curve.latency]?.mean];
      return at && throughput && latency ? [{ value: at.value, throughput, latency, isKnee: id === curve.knee }] : [];
    });
    return [{ label: subjects[index]?.label ?? '', index, points, curve }];
  });
  const cards = [
    ...(isRamp(results, layout) ? ramps(results, layout, panel) : []),
    ...(lines.length > 0 && !isRamp(results, layout) ? [loadCurve(results, layout, lines)] : []),
  ];
  return cards.length > 0 ? grid(cards) : undefined;
}

interface LoadLine
  extends Line<{ readonly value: string; readonly throughput: number; readonly latency: number; readonly isKnee: boolean }> {
  readonly curve: { readonly throughput: string; readonly latency: string };
}

function loadCurve(results: ExperimentResults, { curveAxis = '', subjects }: Layout, lines: readonly LoadLine[]): Html {
  const metric = (key: string | undefined): ResultMetric =>
    results.metrics.find((each) => each.key === key) ?? { key: key ?? '', unit: '', better: 'less' };
  const throughput = metric(lines[0]?.curve.throughput);
  const latency = metric(lines[0]?.curve.latency);
  const alike = lines.filter(({ curve }) => curve.throughput === throughput.key && curve.latency === latency.key);
  return card(
    `${metricName(latency.key)} over ${metricName(throughput.key)}`,
    `numbers are values of ${curveAxis}; a ring is the knee`,
    legend(
      subjects,
      alike.map(({ index }) => index),
    ),
    curveChart(curveAxis, throughput, latency, alike),
    table(
      'The knee has the most throughput for its latency. Beyond it, latency grows faster than throughput.',
      [
        { name: '' },
        { name: `Knee at ${curveAxis}`, isNumber: true },
        { name: metricName(throughput.key), isNumber: true },
        { name: metricName(latency.key), isNumber: true },
      ],
      alike.map(({ label, points }) => {
        const knee = points.find(({ isKnee }) => isKnee);
        return { cells: [label, knee?.value ?? '–', shown(throughput, knee?.throughput), shown(latency, knee?.latency)] };
      }),
    ),
  );
}

/** Figures over a count, such as VMs, with the band in which the expectations change from met to not met. */
function ramps(results: ExperimentResults, { curveAxis = '', subjects }: Layout, panel: Panel): readonly Html[] {
  const rows = panel.rows.filter((row) => present(row.cells).some((cell) => !isNotVisited(cell)));
  const bands = subjects.flatMap((_, index) => {
    const { met, missed } = rampEnd(results, panel, index);
    return met === undefined || missed === undefined ? [] : [{ from: met, to: missed, index }];
  });
  const { of, above, below } = results.ramp?.until ?? {};
  const limit = above ?? below;
  return drawnMetrics(
    results.metrics,
    rows.flatMap((row) => present(row.cells)),
  ).map((metric) => {
    const lines = subjects.map(({ label }, index) => ({
      label,
      index,
      points: rows.flatMap(({ value, cells }) => {
        const figure = cells[index]?.figures[metric.key];
        return figure?.mean === undefined ? [] : [{ ...figure, count: Number(value), figure: figure.mean }];
      }),
    }));
    const shownLines = lines.filter(({ points }) => points.length > 0);
    return card(
      `${metricName(metric.key)} by ${curveAxis}`,
      `${metric.better} is better`,
      legend(
        subjects,
        shownLines.map(({ index }) => index),
      ),
      rampChart(curveAxis, metric, shownLines, bands, metric.key === of ? limit : undefined),
      table(
        bands.length > 0 ? 'In the shaded range, the limit is neither known to be kept nor known to be passed.' : 'Mean of the repeats',
        [{ name: curveAxis }, ...shownLines.map(({ label }) => ({ name: label, isNumber: true }))],
        rows.map(({ value, cells }) => ({
          cells: [value, ...shownLines.map(({ index }) => shown(metric, cells[index]?.figures[metric.key]?.mean))],
        })),
      ),
    );
  });
}
