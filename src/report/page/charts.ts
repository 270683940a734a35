import { percentileOf } from '../../statistics/histogram';
import type { CellResult, ResultMetric } from '../experiment-results';
import type { Html } from '../html';
import { metricName } from '../layout';
import { digits, inScale, type Scale, scaleOf } from '../quantity';
import { chart, colorOf, dashOf, fitted, marks, symbolOf } from './draw';

/** A cell, and how its subject is named and drawn. */
export interface Drawn {
  readonly cell: CellResult;
  readonly label: string;
  /** Of the subject, in the whole report. */
  readonly index: number;
  readonly isBaseline: boolean;
}

const color = ({ index }: { readonly index: number }) => colorOf(index);
const symbol = ({ index }: { readonly index: number }) => symbolOf(index);

const ROW = 34;
/** An axis starts at 0, unless all figures are above this share of the largest one. */
const CLOSE = 0.75;

/** For each subject its mean with the 95 % interval, and its repeats; a line at the mean of the baseline. */
export function intervalChart(metric: ResultMetric, all: readonly Drawn[]): Html | undefined {
  const rows = all.flatMap((each) => {
    const figure = each.cell.figures[metric.key];
    return figure?.mean === undefined ? [] : [{ ...each, ...figure, mean: figure.mean }];
  });
  if (rows.length === 0) return undefined;
  const figures = rows
    .flatMap(({ values, mean, low, high }) => [...values, mean, low, high])
    .filter((each) => each !== undefined && each !== null);
  const scale = scaleOf(metric, figures);
  const placed = rows.map((row, y) => ({ ...row, y }));
  const repeats = placed.flatMap(({ values, y, index }) => values.flatMap((x) => (x === null ? [] : [{ x: x / scale.divisor, y, index }])));
  const { dot, ruleX, ruleY, text } = marks();
  const baseline = placed.filter(({ isBaseline }) => isBaseline);
  return chart(`${metricName(metric.key)} of ${rows.length} rows, with 95 % intervals. The table has the figures.`, {
    height: 20 + rows.length * ROW + 36,
    marginLeft: 12,
    marginTop: 6,
    x: figureAxis(figures, scale),
    y: { axis: null, domain: [-0.75, rows.length - 0.25], reverse: true },
    marks: [
      ruleX(baseline, { x: ({ mean }) => mean / scale.divisor, stroke: 'currentColor', strokeDasharray: '3 3', className: 'baseline' }),
      dot(repeats, { x: 'x', y: 'y', r: 2.5, stroke: color, strokeOpacity: 0.6, className: 'repeats' }),
      ruleY(
        placed.filter(({ low, high }) => low !== undefined && high !== undefined),
        {
          y: 'y',
          x1: ({ low }) => (low as number) / scale.divisor,
          x2: ({ high }) => (high as number) / scale.divisor,
          stroke: color,
          strokeWidth: 3,
          strokeLinecap: 'round',
          className: 'intervals',
        },
      ),
      dot(placed, {
        x: ({ mean }) => mean / scale.divisor,
        y: 'y',
        r: 5,
        fill: color,
        symbol,
        className: 'means',
      }),
      text(placed, {
        y: ({ y }) => y - 0.42,
        text: ({ cell, label, isBaseline }) => fitted(`${label}${isBaseline ? ' (baseline)' : ''}${cell.complete ? '' : ' (incomplete)'}`),
        frameAnchor: 'left',
        ...halo(),
        className: 'labels',
      }),
      text(placed, {
        y: ({ y }) => y - 0.42,
        text: ({ mean }) => inScale(mean, scale),
        frameAnchor: 'right',
        fontWeight: 'bold',
        ...halo(),
        className: 'figures',
      }),
    ],
    symbol: { type: 'identity' },
  } as Parameters<typeof chart>[1]);
}

export interface TrendPoint {
  /** Position of the run, from 1. */
  readonly run: number;
  readonly mean: number;
  readonly low?: number;
  readonly high?: number;
  readonly isBaseline: boolean;
}

/** A figure over the runs, in their order; a line at the mean of the baseline. */
export function trendChart(metric: ResultMetric, points: readonly TrendPoint[], runs: number): Html | undefined {
  const figures = points.flatMap(({ mean, low = mean, high = mean }) => [mean, low, high]);
  if (figures.length === 0) return undefined;
  const scale = scaleOf(metric, figures);
  const at = (figure: number | undefined) => (figure ?? 0) / scale.divisor;
  const numbers = Array.from({ length: runs }, (_, index) => index + 1);
  const { dot, line, ruleX, ruleY } = marks();
  const stroke = colorOf(0);
  return chart(`${metricName(metric.key)} of ${runs} runs in their order, with 95 % intervals. The table has the figures.`, {
    height: 200,
    x: {
      domain: [0.5, runs + 0.5],
      ticks: runs > MOST_TICKS ? undefined : numbers,
      tickFormat: (run: number) => (Number.isInteger(run) ? String(run) : ''),
      label: 'run',
    },
    y: figureAxis(figures, scale),
    marks: [
      ruleY(
        points.filter(({ isBaseline }) => isBaseline),
        { y: ({ mean }) => at(mean), stroke: 'currentColor', strokeDasharray: '3 3', className: 'baseline' },
      ),
      line(points, { x: 'run', y: ({ mean }) => at(mean), stroke, strokeWidth: 1, strokeOpacity: 0.6, className: 'trend' }),
      ruleX(
        points.filter(({ low, high }) => low !== undefined && high !== undefined),
        {
          x: 'run',
          y1: ({ low }) => at(low),
          y2: ({ high }) => at(high),
          stroke,
          strokeWidth: 3,
          strokeLinecap: 'round',
          className: 'intervals',
        },
      ),
      dot(points, { x: 'run', y: ({ mean }) => at(mean), r: 5, fill: stroke, className: 'means' }),
    ],
  } as Parameters<typeof chart>[1]);
}

/** Runs that an axis names one by one. */
const MOST_TICKS = 15;

function figureAxis(figures: readonly number[], scale: Scale) {
  const most = Math.max(...figures) / scale.divisor;
  const least = Math.min(...figures) / scale.divisor;
  const from = least > CLOSE * most ? least - (most - least) * 0.15 : Math.min(0, least);
  const to = most + (most - from) * 0.04;
  return {
    domain: from === to ? [from - 1, to + 1] : [from, to],
    nice: true,
    ticks: 5,
    grid: true,
    tickFormat: tick,
    label: scale.symbol || null,
  };
}

function tick(value: number): string {
  return String(Number(value.toPrecision(6)));
}

export interface CurvePoint {
  readonly value: string;
  readonly throughput: number;
  readonly latency: number;
  readonly isKnee: boolean;
}

export interface Line<Point> {
  readonly label: string;
  readonly index: number;
  readonly points: readonly Point[];
}

/** Latency over throughput, both logarithmic. Each point is named by the value of the axis, and the knee has a ring. */
export function curveChart(axis: string, throughput: ResultMetric, latency: ResultMetric, lines: readonly Line<CurvePoint>[]): Html {
  const all = lines.flatMap(({ points, index }) => points.map((point) => ({ ...point, index })));
  const x = scaleOf(
    throughput,
    all.map((point) => point.throughput),
  );
  const y = scaleOf(
    latency,
    all.map((point) => point.latency),
  );
  const placed = all.map((point) => ({ ...point, x: point.throughput / x.divisor, y: point.latency / y.divisor }));
  const { dot, line, text } = marks();
  return chart(`${metricName(latency.key)} over ${metricName(throughput.key)} by ${axis}. The table has the figures.`, {
    height: 260,
    x: { type: 'log', grid: true, label: x.symbol, tickFormat: logTick, ...padded(placed.map((each) => each.x)) },
    y: { type: 'log', grid: true, label: y.symbol, tickFormat: logTick, ...padded(placed.map((each) => each.y)) },
    marks: [
      line(placed, { x: 'x', y: 'y', z: 'index', stroke: color, strokeWidth: 2, className: 'curves' }),
      dot(placed, { x: 'x', y: 'y', r: 4, fill: color, symbol, className: 'points' }),
      dot(
        placed.filter(({ isKnee }) => isKnee),
        { x: 'x', y: 'y', r: 9, stroke: 'currentColor', strokeWidth: 1.5, className: 'knees' },
      ),
      text(placed, { x: 'x', y: 'y', text: 'value', dy: -15, fontSize: 11, ...halo(), className: 'values' }),
    ],
    symbol: { type: 'identity' },
  } as Parameters<typeof chart>[1]);
}

/** Room around the points of a logarithmic axis. */
function padded(figures: readonly number[]) {
  return { domain: [Math.min(...figures) / 1.25, Math.max(...figures) * 1.35], nice: false };
}

/** Of a logarithmic axis, 1, 2 and 5 of each power of ten. */
function logTick(value: number): string {
  return /^[125]/.test(value.toExponential(0)) && Math.abs(Number(value.toPrecision(1)) - value) < value * 1e-9 ? tick(value) : '';
}

function halo() {
  return { stroke: 'var(--card)', strokeWidth: 3, fill: 'currentColor' };
}

const DECADE = 8;
/** The percentiles that the axis names. */
const NINES = [
  [50, Math.log10(2)],
  [90, 1],
  [99, 2],
  [99.9, 3],
  [99.99, 4],
  [99.999, 5],
] as const;

export interface NinesPoint {
  readonly nines: number;
  readonly figure: number;
}

/** Percentiles up to the last one with ten samples beyond it, evenly spaced in nines. */
export function percentiles(bins: CellResult['histograms'][string]['bins']): readonly NinesPoint[] {
  const sorted = { values: Float64Array.from(bins, ([value]) => value), counts: Float64Array.from(bins, ([, count]) => count) };
  const points: NinesPoint[] = [];
  for (let step = 1; step <= DECADE * 5; step++) {
    const nines = step / DECADE;
    const figure = percentileOf(sorted, (100 - 100 / 10 ** nines).toFixed(6));
    if (figure === undefined) break;
    points.push({ nines, figure });
  }
  return points;
}

/** Latency by percentile: the axis has as much room for 99 to 99.9 as for 90 to 99. */
export function percentileChart(metric: ResultMetric, lines: readonly Line<NinesPoint>[]): Html | undefined {
  const all = lines.flatMap(({ points, index }) => points.filter(({ figure }) => figure > 0).map((point) => ({ ...point, index })));
  if (all.length === 0) return undefined;
  const scale = scaleOf(
    metric,
    all.map(({ figure }) => figure),
  );
  const placed = all.map(({ nines, figure, index }) => ({ x: nines, y: figure / scale.divisor, index }));
  const most = Math.max(...placed.map(({ x }) => x));
  const { line } = marks();
  const ticks = NINES.filter(([, x]) => x <= most + 0.05);
  return chart(`Percentiles of ${metricName(metric.key)}, one line for each row of the table.`, {
    height: 220,
    x: {
      domain: [0.1, Math.max(most, 1)],
      ticks: ticks.map(([, x]) => x),
      tickFormat: (x: number) => String(ticks.find(([, at]) => at === x)?.[0] ?? ''),
      grid: true,
      label: 'percentile',
    },
    y: { type: 'log', grid: true, label: scale.symbol, tickFormat: logTick, ...padded(placed.map(({ y }) => y)) },
    marks: lines.map(({ index }) =>
      line(
        placed.filter((each) => each.index === index),
        { x: 'x', y: 'y', stroke: color, strokeWidth: 2, strokeDasharray: dashOf(index), className: 'percentiles' },
      ),
    ),
  } as Parameters<typeof chart>[1]);
}

/** The most points that a line over time has; more are averaged. */
const TIME_POINTS = 240;

/** A figure over time: for each subject the median of its VMs, and each VM as a thin line. All have one scale. */
export function timeChart(metric: ResultMetric, all: readonly Drawn[]): Html | undefined {
  const lines = all.flatMap(({ cell, label, index }) => {
    const series = cell.series[metric.key];
    if (!series) return [];
    const vms = series.values.map((values) => thinned(values, series.every));
    return [{ label, index, vms, median: medianOf(vms) }];
  });
  const figures = lines.flatMap(({ vms }) => vms.flatMap((points) => points.map(({ figure }) => figure)));
  if (figures.length === 0) return undefined;
  const scale = scaleOf(metric, figures);
  const place = (points: readonly TimePoint[], fy: number, z: string, index: number) =>
    points.map(({ seconds, figure }) => ({ x: seconds, y: figure / scale.divisor, fy, z, index }));
  const { frame, line, text } = marks();
  const thin = lines.flatMap(({ vms, index }, fy) =>
    vms.length > 1 ? vms.flatMap((points, vm) => place(points, fy, `${fy} ${vm}`, index)) : [],
  );
  const thick = lines.flatMap(({ median, index }, fy) => place(median, fy, String(fy), index));
  return chart(`${metricName(metric.key)} over the seconds of the median repeat, in ${scale.symbol}: VMs thin, their median thick.`, {
    height: 50 + 74 * lines.length,
    x: { label: 'seconds', grid: true, ticks: 6, insetRight: 1 },
    y: { domain: [0, Math.max(...figures) / scale.divisor], ticks: 2, grid: true, tickFormat: tick, label: null },
    fy: { axis: null, padding: 0.28, domain: lines.map((_, fy) => fy) },
    marks: [
      frame({ stroke: 'currentColor', strokeOpacity: 0.2 }),
      line(thin, { x: 'x', y: 'y', fy: 'fy', z: 'z', stroke: color, strokeOpacity: 0.45, strokeWidth: 1, className: 'vms' }),
      line(thick, { x: 'x', y: 'y', fy: 'fy', z: 'z', stroke: color, strokeWidth: 2, className: 'medians' }),
      text(lines, {
        fy: (_: unknown, fy: number) => fy,
        text: ({ label }) => fitted(label),
        frameAnchor: 'top-left',
        dy: -14,
        className: 'labels',
      }),
    ],
  } as Parameters<typeof chart>[1]);
}

interface TimePoint {
  readonly seconds: number;
  readonly figure: number;
}

function thinned(values: readonly number[], every: number): readonly TimePoint[] {
  const size = Math.ceil(values.length / TIME_POINTS);
  const points: TimePoint[] = [];
  for (let from = 0; from < values.length; from += size) {
    const part = values.slice(from, from + size);
    points.push({ seconds: from * every, figure: part.reduce((sum, each) => sum + each, 0) / part.length });
  }
  return points;
}

function medianOf(vms: readonly (readonly TimePoint[])[]): readonly TimePoint[] {
  const longest = vms.reduce((most, points) => (points.length > most.length ? points : most), []);
  return longest.map(({ seconds }, index) => {
    const figures = vms.flatMap((points) => points[index]?.figure ?? []).sort((a, b) => a - b);
    const middle = figures.length >> 1;
    const upper = figures[middle] as number;
    return { seconds, figure: figures.length % 2 === 1 ? upper : ((figures[middle - 1] as number) + upper) / 2 };
  });
}

/** For each subject the mean of each of its VMs, and Jain's index. */
export function vmChart(metric: ResultMetric, all: readonly Drawn[]): Html | undefined {
  const rows = all
    .map((each) => ({ ...each, figures: each.cell.vms.flatMap(({ figures }) => figures[metric.key] ?? []) }))
    .filter(({ figures }) => figures.length > 1)
    .map((row, y) => ({ ...row, y }));
  if (rows.length === 0) return undefined;
  const figures = rows.flatMap((row) => row.figures);
  const scale = scaleOf(metric, figures);
  const dots = rows.flatMap(({ figures, y, index }) => figures.map((figure) => ({ x: figure / scale.divisor, y, index })));
  const { dot, text } = marks();
  return chart(`${metricName(metric.key)} of each VM. The table has the figures.`, {
    height: 20 + rows.length * ROW + 36,
    marginLeft: 12,
    marginTop: 6,
    x: figureAxis([0, ...figures], scale),
    y: { axis: null, domain: [-0.75, rows.length - 0.25], reverse: true },
    marks: [
      dot(dots, { x: 'x', y: 'y', r: 4, fill: color, fillOpacity: 0.65, className: 'vms' }),
      text(rows, { y: ({ y }) => y - 0.42, text: ({ label }) => fitted(label), frameAnchor: 'left', className: 'labels' }),
      text(rows, {
        y: ({ y }) => y - 0.42,
        text: ({ cell }) => (cell.fairness === undefined ? '' : `Jain ${digits(cell.fairness)}`),
        frameAnchor: 'right',
        className: 'fairness',
      }),
    ],
  } as Parameters<typeof chart>[1]);
}

export interface RampPoint {
  readonly count: number;
  readonly figure: number;
  readonly low?: number;
  readonly high?: number;
}

/**
 * A figure over the values of an axis, such as the number of VMs.
 * @param undecided for a subject the last value that is known to keep its limits, and the first one that is known to pass one
 * @param limit of the figure
 */
export function rampChart(
  axis: string,
  metric: ResultMetric,
  lines: readonly Line<RampPoint>[],
  undecided: readonly { readonly from: number; readonly to: number; readonly index: number }[],
  limit?: number,
): Html | undefined {
  const all = lines.flatMap(({ points, index }) => points.map((point) => ({ ...point, index })));
  if (all.length === 0) return undefined;
  const figures = [...all.flatMap(({ figure, high }) => [figure, high ?? figure]), ...(limit === undefined ? [] : [limit])];
  const scale = scaleOf(metric, figures);
  const at = (figure: number | undefined) => (figure ?? 0) / scale.divisor;
  const { dot, line, rectY, ruleX, ruleY } = marks();
  const counts = [...new Set(all.map(({ count }) => count))].sort((a, b) => a - b);
  return chart(`${metricName(metric.key)} by ${axis}. The table has the figures.`, {
    height: 220,
    x: { type: counts[0] === 0 ? 'linear' : 'log', ticks: counts, tickFormat: tick, label: axis },
    y: { domain: [0, Math.max(...figures) / scale.divisor], nice: true, grid: true, ticks: 5, tickFormat: tick, label: scale.symbol },
    marks: [
      rectY(undecided, {
        x1: 'from',
        x2: 'to',
        y1: 0,
        y2: Math.max(...figures) / scale.divisor,
        fill: color,
        fillOpacity: 0.16,
        className: 'undecided',
      }),
      ruleY(limit === undefined ? [] : [limit], { y: at, stroke: 'currentColor', strokeDasharray: '3 3', className: 'limit' }),
      ruleX(
        all.filter(({ low, high }) => low !== undefined && high !== undefined),
        { x: 'count', y1: ({ low }) => at(low), y2: ({ high }) => at(high), stroke: color, strokeWidth: 2, className: 'intervals' },
      ),
      line(all, { x: 'count', y: ({ figure }) => at(figure), z: 'index', stroke: color, strokeWidth: 2, className: 'curves' }),
      dot(all, { x: 'count', y: ({ figure }) => at(figure), r: 4, fill: color, symbol, className: 'points' }),
    ],
    symbol: { type: 'identity' },
  } as Parameters<typeof chart>[1]);
}
