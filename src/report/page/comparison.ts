import { comparisonSentences } from '../answer';
import type { RunComparison, RunFigure, RunFigures, RunRow } from '../compare-runs';
import type { ResultMetric } from '../experiment-results';
import { type Html, html, type Part } from '../html';
import { labelOf, metricName } from '../layout';
import { THE_ONLY_CELL } from '../messages';
import { quantity } from '../quantity';
import { trendChart } from './charts';
import { documentOf } from './document';
import { adjusted, interval, verdict } from './figures';
import { card, grid, list, table } from './parts';

/** Rows of the first table. With more, it has only those that differ. */
const MOST_ROWS = 60;
/** Sections that have charts. */
const DRAWN_SECTIONS = 60;

/** A figure of a cell in all runs, with what is shown of it. */
interface Compared extends RunFigures {
  readonly label: string;
  readonly of: ResultMetric;
  /** In the order of the runs. undefined: it is the baseline, or there is nothing to compare. */
  readonly rows: readonly (RunRow | undefined)[];
}

/** A comparison of runs as one HTML file: side by side, and over time in the order in which they were given. */
export function comparisonPage(comparison: RunComparison): string {
  const { runs, notes, baseline } = comparison;
  const [answer = '', ...more] = comparisonSentences(comparison);
  const experiments = [...new Set(runs.map(({ experiment }) => experiment))].join(', ');
  const compared = comparedOf(comparison);
  return documentOf(
    `${experiments}: ${runs.length} runs`,
    html`<header>
<h1>${experiments}: ${runs.length} runs compared</h1>
<div class="answer"><p>${answer}</p>${more.map((each) => html`<p>${each}</p>`)}</div>
<p class="dim">Ratios are to ${baseline}. Ranges are 95 % confidence intervals over the repeats. ${adjusted(comparison.rows)}</p>
${notes.length > 0 && list(notes)}</header>
${runTable(comparison)}
${overview(comparison, compared)}
${sections(comparison, compared)}
`,
  );
}

function comparedOf({ runs, metrics, figures, rows }: RunComparison): readonly Compared[] {
  const byKey = new Map(metrics.map((metric) => [metric.key, metric]));
  const found = new Map(rows.map((row) => [keyOf(row.run, row), row]));
  return figures.map((each) => ({
    ...each,
    label: labelOf(each.values) || THE_ONLY_CELL,
    of: byKey.get(each.metric) ?? { key: each.metric, unit: '', better: 'more' },
    rows: runs.map(({ name }) => found.get(keyOf(name, each))),
  }));
}

/** The axes of another run may be listed in another order. */
function keyOf(run: string, { values, metric }: { readonly values: RunFigures['values']; readonly metric: string }): string {
  return JSON.stringify([run, metric, Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function runTable({ runs, baseline }: RunComparison): Html {
  const isTuned = runs.some(({ tuning }) => tuning !== undefined);
  const isTimed = runs.some(({ began }) => began !== undefined);
  return html`<section id="runs"><h2>Runs</h2>
<div class="card">${table(
    'In the order in which they were given',
    [
      { name: 'Run' },
      { name: 'Experiment' },
      ...(isTuned ? [{ name: 'Tuning' }] : []),
      ...(isTimed ? [{ name: 'Began' }] : []),
      { name: 'Complete cells' },
    ],
    runs.map(({ name, experiment, tuning, began, complete, cells }, index) => ({
      cells: [
        nameOf(name, index, baseline),
        experiment,
        ...(isTuned ? [tuning ?? '–'] : []),
        ...(isTimed ? [began === undefined ? '–' : `${new Date(began).toISOString().slice(0, 16).replace('T', ' ')} UTC`] : []),
        `${complete} of ${cells}`,
      ],
    })),
  )}</div></section>
`;
}

function nameOf(name: string, index: number, baseline: string): string {
  return `${index + 1}. ${name}${name === baseline ? ' (baseline)' : ''}`;
}

function overview({ runs, baseline }: RunComparison, all: readonly Compared[]): Html | undefined {
  if (all.length === 0) return undefined;
  const isDifferent = ({ rows }: Compared) => rows.some((row) => row?.verdict === 'better' || row?.verdict === 'worse');
  const shown = all.length <= MOST_ROWS ? all : all.filter(isDifferent).slice(0, MOST_ROWS);
  const caption =
    shown.length === all.length
      ? 'All figures'
      : `The first ${shown.length} of ${all.length} figures in which a run differs from the baseline`;
  return html`<section id="glance"><h2>At a glance</h2>
<div class="card">${table(
    `${caption}: mean, and the ratio to the baseline with its interval`,
    [{ name: '' }, ...runs.map(({ name }, index) => ({ name: nameOf(name, index, baseline) }))],
    shown.map(({ label, of, runs: figures, rows }) => ({
      cells: [
        html`${label}<br><small>${metricName(of.key)}, ${of.better} is better</small>`,
        ...figures.map((figure, index) => html`${meanOf(of, figure)}${rows[index] && html`<br>${verdict(rows[index])}`}`),
      ],
    })),
    'glance stacked',
  )}</div></section>
`;
}

function meanOf(metric: ResultMetric, figure: RunFigure | null): Part {
  if (figure === null) return html`<span class="dim">not measured</span>`;
  return html`${quantity(metric, figure.mean)}${!figure.complete && html` <small>(incomplete)</small>`}`;
}

function sections(comparison: RunComparison, all: readonly Compared[]): Html {
  const labels = [...new Set(all.map(({ label }) => label))];
  const byLabel = new Map(labels.map((label): [string, Compared[]] => [label, []]));
  for (const each of all) byLabel.get(each.label)?.push(each);
  return html`<section id="figures"><h2>Over time</h2>
<p class="dim">A mark is the mean of a run, a thick line its 95 % interval, numbers are the runs. The dashed line is the baseline.</p>
${labels.map(
  (label, index) => html`<section id="part-${index + 1}"><h3>${label}</h3>
${grid((byLabel.get(label) ?? []).map((each) => figureCard(comparison, each, index < DRAWN_SECTIONS)))}</section>
`,
)}${labels.length > DRAWN_SECTIONS && html`<p>Only the first ${DRAWN_SECTIONS} parts have charts. The tables have the figures of all ${labels.length} parts.</p>`}</section>
`;
}

function figureCard({ runs, baseline }: RunComparison, { of, runs: figures, rows }: Compared, isDrawn: boolean): Html {
  const points = figures.flatMap((figure, index) =>
    figure ? [{ ...figure, run: index + 1, isBaseline: runs[index]?.name === baseline }] : [],
  );
  return card(
    metricName(of.key),
    `${of.better} is better`,
    isDrawn && trendChart(of, points, runs.length),
    table(
      'Mean with its 95 % interval, and the ratio to the baseline',
      [{ name: 'Run' }, { name: 'Mean' }, { name: 'Against baseline' }],
      runs.map(({ name }, index) => ({
        cells: [
          nameOf(name, index, baseline),
          html`${meanOf(of, figures[index] ?? null)}${figures[index] ? interval(of, figures[index]) : ''}`,
          rows[index] ? verdict(rows[index]) : html`<small>${name === baseline ? 'baseline' : '–'}</small>`,
        ],
      })),
    ),
  );
}
