import { wrongValue } from '../options/value-messages';
import { matchesGlob } from '../text/glob';
import { showScalar } from '../text/show';
import { nearest } from '../text/suggest';
import type { DocumentPath } from '../yaml/yaml-file';
import { shareOf } from './amount';
import { type Matrix, matchesNone, whereOf } from './cells';
import type { AxisValues, ExpectRule, PlannedLayers, PlannedMetric, ScoreRule, SteadyRule } from './experiment-plan';
import { figureOf } from './figure';
import { readLimit } from './limit';
import {
  NO_AXES_STATED,
  NO_BASELINE,
  ONE_LIMIT,
  ONLY_BASELINE,
  oneValue,
  SHARE,
  sameRow,
  twice,
  unknownAxis,
  unknownValue,
} from './messages';
import { checkNeeds, type Judging } from './needs';
import { isMap, isScalar, listAt, mapAt, problemAt, type YamlMap } from './source';

/** How the results of an experiment are judged. */
export interface Rules {
  readonly baseline?: AxisValues;
  readonly steady?: SteadyRule;
  readonly score: readonly ScoreRule[];
  readonly expect: readonly ExpectRule[];
  readonly layers?: PlannedLayers;
}

const LIMITS = ['at-most', 'at-least', 'worse-than-baseline-by-at-most'] as const;
type Limit = (typeof LIMITS)[number];
/** SNIA's limits for a steady state. */
const STEADY = { rounds: 5, spread: 0.2, slope: 0.1 };

export function readRules(judging: Judging): Rules {
  const baseline = readBaseline(judging);
  const steady = readSteady(judging);
  const layers = readLayers(judging);
  return {
    ...(baseline ? { baseline } : {}),
    ...(steady ? { steady } : {}),
    score: readRows(judging, 'score', (row, path) => readScore(judging, row, path)),
    expect: readRows(judging, 'expect', (row, path) => readExpect(judging, row, path, baseline)),
    ...(layers ? { layers } : {}),
  };
}

/** The rows of a list. What two of them judge in the same way would count twice. */
function readRows<T extends ScoreRule | ExpectRule>(
  { file, problems }: Judging,
  key: 'score' | 'expect',
  read: (row: unknown, path: DocumentPath) => T | undefined,
): T[] {
  const first = new Map<string, number>();
  return listAt(file.data, key).flatMap((row, index) => {
    const rule = read(row, [key, index]);
    if (rule === undefined) return [];
    const { weight: _, ...judged } = { weight: 1, ...rule };
    const content = JSON.stringify({ ...judged, where: Object.entries(rule.where).sort() });
    const other = first.get(content);
    if (other === undefined) first.set(content, index);
    else problems.push(problemAt(file, [key, index], sameRow(`${key}[${other}]`)));
    return [rule];
  });
}

function readBaseline(judging: Judging): AxisValues | undefined {
  const { file } = judging;
  const stated = isMap(file.data) ? file.data.baseline : undefined;
  if (!isMap(stated)) return undefined;
  const { matrix, problems } = judging;
  const where = whereOf(file, stated, ['baseline'], [], matrix.axes, problems);
  const values = [...(where ?? [])].map(([axis, names]): [string, string[]] => [axis, [...names]]);
  const several = values.filter(([, names]) => names.length > 1);
  problems.push(...several.map(([axis, names]) => problemAt(file, ['baseline', axis], oneValue(names))));
  if (where?.size === 0) problems.push(problemAt(file, ['baseline'], NO_AXES_STATED));
  const none = where && matrix.combinations.length > 0 ? matchesNone(matrix.axes, matrix.combinations, where) : undefined;
  if (none) problems.push(problemAt(file, ['baseline'], none));
  return where && where.size > 0 ? Object.fromEntries(values.map(([axis, [name = '']]) => [axis, name])) : undefined;
}

/** The values or globs of a row by axis, as written, if they match something that is measured. */
function globsOf(
  judging: Judging,
  row: YamlMap,
  path: DocumentPath,
  others: readonly string[],
  metric: PlannedMetric | undefined,
): AxisValues | undefined {
  const { file, matrix, problems } = judging;
  const where = whereOf(file, row, path, others, matrix.axes, problems);
  if (where === undefined) return undefined;
  if (metric) checkNeeds(judging, metric, where, [...path, 'of']);
  const none = matrix.combinations.length > 0 ? matchesNone(matrix.axes, matrix.combinations, where) : undefined;
  if (none) problems.push(problemAt(file, path, none));
  return none ? undefined : Object.fromEntries([...where.keys()].map((axis) => [axis, String(file.written([...path, axis]))]));
}

function readFigure({ file, metrics, problems }: Judging, row: YamlMap, path: DocumentPath) {
  if (!isScalar(row.of)) return undefined;
  const of = String(file.written([...path, 'of']));
  const metric = figureOf(of, metrics, (wrong) => problems.push(problemAt(file, [...path, 'of'], wrong)));
  return metric && { of, metric };
}

function readScore(judging: Judging, row: unknown, path: DocumentPath): ScoreRule | undefined {
  if (!isMap(row)) return undefined;
  const figure = readFigure(judging, row, path);
  const where = globsOf(judging, row, path, ['of', 'weight'], figure?.metric);
  const weight = typeof row.weight === 'number' ? row.weight : 1;
  return figure && where && { of: figure.of, where, weight };
}

function readExpect(judging: Judging, row: unknown, path: DocumentPath, baseline: AxisValues | undefined): ExpectRule | undefined {
  if (!isMap(row)) return undefined;
  const { file, problems } = judging;
  const figure = readFigure(judging, row, path);
  const where = globsOf(judging, row, path, ['of', ...LIMITS], figure?.metric);
  const limits = LIMITS.filter((key) => Object.hasOwn(row, key));
  const [limit] = limits;
  // A misspelled limit is reported as an unknown axis.
  const isMisspelled = where === undefined && Object.keys(row).some((key) => !LIMITS.includes(key as Limit) && nearest(key, LIMITS));
  if (limits.length > 1 || (limit === undefined && !isMisspelled)) problems.push(problemAt(file, path, ONE_LIMIT));
  if (limit === undefined || figure === undefined || where === undefined) return undefined;
  const { of, metric } = figure;
  const at = [...path, limit];
  if (limit === 'worse-than-baseline-by-at-most') {
    if (!isMap((file.data as YamlMap).baseline)) problems.push(problemAt(file, at, NO_BASELINE));
    if (baseline && isOnly(judging.matrix, where, baseline)) problems.push(problemAt(file, path, ONLY_BASELINE));
    const share = readShare(judging, at);
    return share === undefined ? undefined : { of, where, worseThanBaselineByAtMost: share };
  }
  const amount = readLimit(judging, metric.unit, String(file.written(at)), at);
  if (amount === undefined) return undefined;
  return limit === 'at-most' ? { of, where, atMost: amount } : { of, where, atLeast: amount };
}

/** Whether a row applies to nothing but the baseline. */
function isOnly({ axes }: Matrix, where: AxisValues, baseline: AxisValues): boolean {
  return axes.every(({ name, values }) => {
    const wanted = baseline[name];
    if (wanted === undefined) return true;
    const glob = where[name];
    return values.every((value) => value.name === wanted || (glob !== undefined && value.name !== glob && !matchesGlob(glob, value.name)));
  });
}

function readShare({ file, problems }: Judging, path: DocumentPath): number | undefined {
  const text = String(file.written(path));
  const share = shareOf(text);
  if (share !== undefined && share >= 0 && (share <= 1 || text.includes('%'))) return share;
  problems.push(problemAt(file, path, { message: wrongValue(SHARE, showScalar(text)) }));
  return undefined;
}

/** The axis and its values from the bottom, each as its name in the matrix. */
function readLayers({ file, matrix: { axes }, problems }: Judging): PlannedLayers | undefined {
  const stated = mapAt(file.data, 'layers');
  if (typeof stated.axis !== 'string') return undefined;
  const axis = axes.find(({ name }) => name === stated.axis);
  if (axis === undefined) {
    const known = axes.map(({ name }) => name);
    // An axis with a problem is reported elsewhere.
    if (!Object.hasOwn(mapAt(file.data, 'matrix'), stated.axis))
      problems.push(problemAt(file, ['layers', 'axis'], unknownAxis(stated.axis, known, nearest(stated.axis, known))));
    return undefined;
  }
  const before = problems.length;
  const values = axis.values.map(({ name }) => name);
  // The schema reports other values.
  if (!listAt(stated, 'order').every(isScalar)) return undefined;
  const order = listAt(stated, 'order').map((_, index) => String(file.written(['layers', 'order', index])));
  for (const [index, name] of order.entries()) {
    const at = ['layers', 'order', index];
    if (!values.includes(name)) problems.push(problemAt(file, at, unknownValue(name, axis.name, values, nearest(name, values))));
    else if (order.indexOf(name) < index) problems.push(problemAt(file, at, twice(name)));
  }
  return problems.length > before ? undefined : { axis: axis.name, order };
}

function readSteady(judging: Judging): SteadyRule | undefined {
  const stated = isMap(judging.file.data) ? judging.file.data.steady : undefined;
  if (!isMap(stated)) return undefined;
  const figure = readFigure(judging, stated, ['steady']);
  if (figure) checkNeeds(judging, figure.metric, new Map(), ['steady', 'of']);
  const share = (key: 'spread' | 'slope') => (Object.hasOwn(stated, key) ? readShare(judging, ['steady', key]) : STEADY[key]);
  const [spread, slope] = [share('spread'), share('slope')];
  if (figure === undefined || spread === undefined || slope === undefined) return undefined;
  return { of: figure.of, rounds: typeof stated.rounds === 'number' ? stated.rounds : STEADY.rounds, spread, slope };
}
