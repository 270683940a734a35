import { type Html, html, trusted } from '../../src/report/html';
import { chart, fitted, marks } from '../../src/report/page/draw';
import { STYLE } from '../../src/report/page/style';
import { digits } from '../../src/report/quantity';
import { type Answered, type Series, scaleOf, seriesNames, seriesOf } from './dashboard-series';
import type { Range, Times } from './recorded-rules';

/** Draws a dashboard of Grafana from answers of Prometheus: its rows, panels and queries at their positions, in the style of this project. */

const COLUMN = 46;
const UNIT = 28;
const GAP = 6;
const HEAD = 58;
const CHAR = 5.3;
const LEGEND_LINE = 13;
const MOST_LEGEND_LINES = 5;
const COLUMNS = 24;

const NOTE =
  'virtwork has drawn this picture from the definition of the dashboard and the answers of a Prometheus that has recorded a simulated run. Grafana draws the same panels, queries and positions in its own style.';

/** The dashboard as SVG, for light and dark screens. */
export function picture(title: string, all: readonly Answered[], times: Times): string {
  const [width, height] = [COLUMNS * COLUMN, HEAD + UNIT * Math.max(...all.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h))];
  const colors = STYLE.slice(0, STYLE.indexOf('@media print'));
  const style = `${colors}svg { background: var(--bg); font: 10px system-ui, sans-serif; color: var(--fg); } text { fill: var(--fg); } .dim { fill: var(--dim); } .card { fill: var(--card); stroke: var(--line); } .title { font-size: 11.5px; font-weight: 600; }`;
  const drawn = html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${title}</title>
<desc>${NOTE}</desc>
<style>${trusted(style)}</style>
<rect width="${width}" height="${height}" fill="var(--bg)"/>
<text x="10" y="24" font-size="17" font-weight="650">${title}</text>
<text x="10" y="44" class="dim">${NOTE}</text>
${all.map((each) => html`${framed(each, times)}\n`)}</svg>
`;
  return rounded(drawn.text);
}

/** With a digit after the point: smaller differences are not visible, and those of other versions of Prometheus are smaller. */
function rounded(svg: string): string {
  return svg.replace(/ (d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d+(e-\d+)?/g, (number) => String(Number(Number(number).toFixed(1)))),
  );
}

function framed(answered: Answered, times: Times): Html {
  const { type, title, gridPos } = answered.panel;
  const { x, y, w, h } = gridPos;
  const [left, top, width, height] = [x * COLUMN + GAP / 2, HEAD + y * UNIT + GAP / 2, w * COLUMN - GAP, h * UNIT - GAP];
  const start = html`<g data-panel="${title}" data-grid="${[x, y, w, h].join(' ')}" transform="translate(${left},${top})">`;
  if (type === 'row') return html`${start}<text x="4" y="17" class="title">${CLOSED.test(title) ? '▸' : '▾'} ${title}</text></g>`;
  const draw = DRAWN[type];
  if (!draw) throw new Error(`a panel of type ${type} cannot be drawn`);
  const names = seriesNames(answered, times);
  return html`${start}<desc>${names.length === 0 ? 'No data' : names.join(', ')}</desc><rect class="card" width="${width}" height="${height}" rx="4"/><text x="8" y="16" class="title">${title}</text>${draw(answered, { width, height }, times)}</g>`;
}

/** Grafana writes so behind the title of a row that does not show its panels. */
const CLOSED = / \(\d+ panels\)$/;

interface Size {
  readonly width: number;
  readonly height: number;
}

const DRAWN: { readonly [type: string]: (answered: Answered, size: Size, times: Times) => Html } = {
  stat: number,
  timeseries: lines,
  'state-timeline': lanes,
  table,
};

function number({ answers }: Answered, { width, height }: Size): Html {
  const value = Number(answers[0]?.[0]?.values.at(-1)?.[1]);
  return html`<text x="${width / 2}" y="${height / 2 + 22}" text-anchor="middle" font-size="44" font-weight="650">${digits(value, 1)}</text>`;
}

const AXIS = 18;
const TITLE = 24;

function lines(answered: Answered, { width, height }: Size, times: Times): Html {
  const series = seriesOf(answered, times);
  if (series.length === 0) return empty({ width, height });
  const legend = legendAt(series, { width, height });
  const values = series.flatMap(({ points }) => points.map(({ value }) => value).filter((value) => !Number.isNaN(value)));
  const most = Math.max(...values);
  const { divisor, symbol } = scaleOf(answered.panel.fieldConfig?.defaults.unit ?? '', most);
  const { line } = marks();
  const drawn = chart(answered.panel.title, {
    ...frame(times, { width, height: height - TITLE - legend.height }),
    marginLeft: 52,
    y: {
      domain: [0, most > 0 ? (most / divisor) * 1.05 : 1],
      ticks: 4,
      grid: true,
      tickFormat: (tick: number) => (tick === 0 ? '0' : tick + symbol),
      label: null,
    },
    marks: series.map(({ points, color: stroke, dash }) =>
      line(points, { x: 'time', y: ({ value }) => value / divisor, stroke, strokeWidth: 1.6, strokeDasharray: dash }),
    ),
  } as Parameters<typeof chart>[1]);
  return html`${placed(drawn, TITLE)}${legend.drawn}`;
}

const LEAST_LANES = 4;

/** A lane for each series, with a bar for each time in which it has values. */
function lanes(answered: Answered, { width, height }: Size, times: Times): Html {
  const series = seriesOf(answered, times);
  if (series.length === 0) return empty({ width, height });
  const bars = series.flatMap(({ points, color }, lane) => spans(points, times.step).map((span) => ({ ...span, lane, color })));
  const { rect, text } = marks();
  const longest = Math.max(...series.map(({ legend }) => legend.length));
  const drawn = chart(answered.panel.title, {
    ...frame(times, { width, height: height - TITLE }),
    marginLeft: Math.round(longest * CHAR) + 16,
    y: { axis: null, domain: [0, Math.max(series.length, LEAST_LANES)], reverse: true },
    marks: [
      rect(bars, { x1: 'from', x2: 'to', y1: ({ lane }) => lane + 0.15, y2: ({ lane }) => lane + 0.85, fill: ({ color }) => color }),
      text(series, {
        y: (_: unknown, lane: number) => lane + 0.5,
        text: 'legend',
        frameAnchor: 'left',
        textAnchor: 'end',
        dx: -6,
        fill: 'var(--fg)',
      }),
    ],
  } as Parameters<typeof chart>[1]);
  return placed(drawn, TITLE);
}

function spans(points: Series['points'], step: number): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const { time, value } of points) {
    if (Number.isNaN(value)) continue;
    const last = found.at(-1);
    if (last && last.to >= time - step) last.to = time;
    else found.push({ from: time, to: time });
  }
  return found;
}

/** Seconds between the times that are named. */
const TICK = 900;

function frame({ from, to }: Times, { width, height }: Size) {
  return {
    width,
    height,
    marginRight: 14,
    marginTop: 6,
    marginBottom: AXIS,
    style: { fontSize: '10px' },
    x: {
      domain: [from, to],
      ticks: Array.from({ length: 6 }, (_, index) => (Math.ceil(from / TICK) + index) * TICK).filter((time) => time < to),
      tickFormat: (time: number) => new Date(time * 1000).toISOString().slice(11, 16),
      grid: true,
      label: null,
    },
  };
}

function placed(drawn: Html, y: number): Html {
  return trusted(drawn.text.replace('<svg ', `<svg y="${y}" `));
}

/** The names of series below a chart, in columns. Grafana scrolls what does not fit. */
function legendAt(series: readonly Series[], { width, height }: Size): { readonly drawn: Html; readonly height: number } {
  const column = Math.max(...series.map(({ legend }) => legend.length)) * CHAR + 28;
  const columns = Math.max(1, Math.floor((width - 16) / column));
  const count = Math.min(MOST_LEGEND_LINES, Math.ceil(series.length / columns));
  const fits = series.length <= count * columns;
  const shown = fits ? series : series.slice(0, count * columns - 1);
  const top = height - count * LEGEND_LINE - 4;
  const entry = (index: number, inside: Html) =>
    html`<g transform="translate(${8 + (index % columns) * column},${top + Math.floor(index / columns) * LEGEND_LINE})">${inside}</g>`;
  const drawn = shown.map(({ legend, color, dash }, index) =>
    entry(
      index,
      html`<path d="M0,6H16" stroke="${color}" stroke-width="2"${dash ? trusted(` stroke-dasharray="${dash}"`) : ''}/><text x="21" y="10">${fitted(legend, Math.floor((width - 29) / CHAR))}</text>`,
    ),
  );
  const rest = fits ? '' : entry(shown.length, html`<text x="21" y="10" class="dim">… ${series.length - shown.length} more</text>`);
  return { drawn: html`${drawn}${rest}`, height: count * LEGEND_LINE + 6 };
}

const LABELS = ['namespace', 'name', 'workload', 'role', 'signal'];
const LINE = 19;

/** A row for each set of labels, with the last value of each target. Grafana scrolls what does not fit. */
function table({ panel, answers }: Answered, { width, height }: Size): Html {
  const rows = new Map<string, { readonly labels: Range['metric']; readonly values: (number | undefined)[] }>();
  for (const [at, answer] of answers.entries()) {
    for (const { metric, values } of answer) {
      const labels = Object.fromEntries(LABELS.map((label) => [label, metric[label] ?? '']));
      const key = JSON.stringify(labels);
      const row = rows.get(key) ?? { labels, values: [] };
      row.values[at] = Number(values.at(-1)?.[1]);
      rows.set(key, row);
    }
  }
  const columns = [...LABELS, ...(panel.targets ?? []).map(({ legendFormat }) => legendFormat)];
  const column = width / columns.length;
  const cell = (text: string, index: number, line: number, kind: string) =>
    html`<text x="${8 + index * column}" y="${TITLE + 12 + line * LINE}" class="${kind}">${text}</text>`;
  const most = Math.floor((height - TITLE - 2 * LINE) / LINE);
  const shown = [...rows.values()].slice(0, most).map(({ labels, values }, index) => {
    const texts = [...LABELS.map((label) => labels[label] ?? ''), ...(panel.targets ?? []).map((_, at) => shortened(values[at]))];
    return texts.map((text, at) => cell(text, at, index + 1, 'cell'));
  });
  const rest = rows.size > most ? cell(`… ${rows.size - most} more rows`, 0, most + 1, 'dim') : '';
  return html`${columns.map((text, at) => cell(text, at, 0, 'dim'))}${shown}${rest}`;
}

function shortened(value: number | undefined): string {
  if (value === undefined) return '';
  const { divisor, symbol } = scaleOf('short', value);
  return digits(value / divisor) + symbol;
}

function empty({ width, height }: Size): Html {
  return html`<text x="${width / 2}" y="${height / 2 + 8}" text-anchor="middle" class="dim" font-size="12">No data</text>`;
}
