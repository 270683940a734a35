import type { AxisValues } from '../experiment/experiment-plan';
import type { CellResult, Comparison, ExperimentResults, ResultMetric } from './experiment-results';

/** What a report compares, and where: the parts of a page, of a Markdown file and of a summary. */
export interface Layout {
  /** What is compared, such as storage classes. */
  readonly subjects: readonly Subject[];
  /** Names of the axes of the subjects. */
  readonly subjectAxes: readonly string[];
  /** An axis of at least three numbers, such as queue depths. */
  readonly curveAxis?: string;
  /** The conditions under which subjects are compared, such as jobs. */
  readonly panels: readonly Panel[];
}

export interface Subject {
  readonly values: AxisValues;
  readonly label: string;
  /** Whether others are compared with it. */
  readonly isBaseline: boolean;
}

/** The cells of one condition. */
export interface Panel {
  readonly values: AxisValues;
  readonly label: string;
  /** By value of the curve axis, ascending. One row without a value if there is no curve axis. */
  readonly rows: readonly PanelRow[];
}

export interface PanelRow {
  readonly value?: string;
  /** In the order of the subjects. Absent: the experiment has no such cell. */
  readonly cells: readonly (CellResult | undefined)[];
}

const CURVE_VALUES = 3;

export function layoutOf(results: ExperimentResults): Layout {
  const subjectAxes = subjectAxesOf(results);
  const curveAxis = curveAxisOf(results, subjectAxes);
  const panelAxes = results.axes.map(({ name }) => name).filter((name) => !subjectAxes.includes(name) && name !== curveAxis);
  const baselines = new Set(results.comparisons.map(({ baseline }) => baseline));
  const subjects = distinct(results, subjectAxes).map(({ values, cells }) => ({
    values,
    label: labelOf(values),
    isBaseline: cells.some(({ id }) => baselines.has(id)),
  }));
  const panels = distinct(results, panelAxes).map(({ values, cells }) => ({
    values,
    label: labelOf(values),
    rows: rowsOf(cells, subjectAxes, subjects, curveAxis),
  }));
  return { subjects, subjectAxes, ...(curveAxis === undefined ? {} : { curveAxis }), panels };
}

/** The values of axes as a name: `rbd`, or `rbd, vm_count 5`. A number alone says nothing. */
export function labelOf(values: AxisValues): string {
  return Object.entries(values)
    .map(([axis, value]) => (/^[\d.]+[a-zA-Z]{0,2}$/.test(value) || value === 'true' || value === 'false' ? `${axis} ${value}` : value))
    .join(', ');
}

/**
 * What ranks; else what differs from the baseline; else the first axis with several values.
 */
function subjectAxesOf(results: ExperimentResults): readonly string[] {
  const ranked = results.score && (results.score.entries[0] ?? results.score.unranked[0]);
  const names = results.axes.map(({ name }) => name);
  if (ranked) return names.filter((name) => Object.hasOwn(ranked.values, name));
  const byId = new Map(results.cells.map((cell) => [cell.id, cell.values]));
  const differing = names.filter((name) =>
    results.comparisons.some(({ cell, baseline }) => byId.get(cell)?.[name] !== byId.get(baseline)?.[name]),
  );
  if (differing.length > 0) return differing;
  const several = results.axes.filter(({ values }) => values.length > 1);
  const first = several.find((axis) => !isCurve(axis)) ?? several.find(({ kind }) => kind !== 'params') ?? results.axes[0];
  return first && !isCurve(first) ? [first.name] : [];
}

function curveAxisOf(results: ExperimentResults, subjectAxes: readonly string[]): string | undefined {
  const numeric = results.axes.filter((axis) => isCurve(axis) && !subjectAxes.includes(axis.name));
  return (numeric.find(({ kind }) => kind === 'params') ?? numeric[0])?.name;
}

function isCurve({ values }: { readonly values: readonly string[] }): boolean {
  return values.length >= CURVE_VALUES && values.every((value) => /^\d+(\.\d+)?$/.test(value));
}

function rowsOf(
  cells: readonly CellResult[],
  subjectAxes: readonly string[],
  subjects: readonly Subject[],
  curveAxis: string | undefined,
): readonly PanelRow[] {
  const values = curveAxis === undefined ? [undefined] : [...new Set(cells.map((cell) => cell.values[curveAxis]))];
  return values
    .sort((a, b) => Number(a) - Number(b))
    .map((value) => {
      const bySubject = new Map(
        cells
          .filter((cell) => curveAxis === undefined || cell.values[curveAxis] === value)
          .map((cell) => [keyOf(picked(cell.values, subjectAxes)), cell]),
      );
      return { ...(value === undefined ? {} : { value }), cells: subjects.map((subject) => bySubject.get(keyOf(subject.values))) };
    });
}

/** The combinations of the values of some axes that cells have, in the order of the cells. */
function distinct({ cells }: ExperimentResults, axes: readonly string[]): { readonly values: AxisValues; readonly cells: CellResult[] }[] {
  const found = new Map<string, { readonly values: AxisValues; readonly cells: CellResult[] }>();
  for (const cell of cells) {
    const values = picked(cell.values, axes);
    const key = keyOf(values);
    const same = found.get(key);
    if (same) same.cells.push(cell);
    else found.set(key, { values, cells: [cell] });
  }
  return [...found.values()];
}

function picked(values: AxisValues, axes: readonly string[]): AxisValues {
  return Object.fromEntries(axes.filter((axis) => Object.hasOwn(values, axis)).map((axis) => [axis, values[axis] as string]));
}

function keyOf(values: AxisValues): string {
  return JSON.stringify(Object.entries(values));
}

/** From this size of an operation on, its rate is read in bytes. */
const LARGE_OPERATION = 64 * 1024;

/** The figures of a condition that are drawn: how much work was done, and what its cells lead with. */
export function drawnMetrics(metrics: readonly ResultMetric[], cells: readonly CellResult[]): readonly ResultMetric[] {
  const present = metrics.filter(({ key }) => cells.some((cell) => cell.figures[key]?.mean !== undefined));
  const main = new Set(cells.flatMap((cell) => cell.main));
  const work = workMetric(present, cells);
  return [...(work ? [work] : []), ...present.filter((metric) => metric !== work && main.has(metric.key))];
}

/** How much work was done: the first metric of which more is better, or the first one. It is in bytes if the operations are large. */
export function workMetric(metrics: readonly ResultMetric[], cells: readonly CellResult[]): ResultMetric | undefined {
  const rates = metrics.filter(({ better }) => better === 'more');
  const work = rates[0] ?? metrics[0];
  const bytes = rates.find(({ unit }) => unit === 'B/s');
  if (work?.unit !== '1/s' || !bytes) return work;
  const large = cells.some(({ figures }) => {
    const [size, count] = [figures[bytes.key]?.mean, figures[work.key]?.mean];
    return size !== undefined && count !== undefined && size >= LARGE_OPERATION * count;
  });
  return large ? bytes : work;
}

/** A metric in words: `p99 of read latency`. */
export function metricName(key: string): string {
  const [name = key, percentile] = key.split(/\.(?=p\d)/);
  const words = name
    .split('-')
    .map((word) => ({ iops: 'IOPS', cpu: 'CPU', io: 'I/O' })[word] ?? word)
    .join(' ');
  return percentile === undefined ? words : `${percentile} of ${words}`;
}

/** Comparisons by cell and metric. */
export function comparisonsOf({ comparisons }: ExperimentResults): (cell: string, metric: string) => Comparison | undefined {
  const found = new Map(comparisons.map((each) => [`${each.metric} ${each.cell}`, each]));
  return (cell, metric) => found.get(`${metric} ${cell}`);
}
