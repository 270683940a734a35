import type { Problem } from '../errors';
import { isGlob, matchesGlob } from '../text/glob';
import { nearest } from '../text/suggest';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';
import { type Axis, type AxisValue, scalarValue } from './axes';
import { INCLUDES_NOTHING, MATCHES_NO_CELL, matchesNothing, NO_AXES_STATED, NOTHING_LEFT, tooManyCells, unknownAxis } from './messages';
import { isMap, isScalar, listAt, mapAt, problemAt } from './source';

/** One combination: a value of each axis, in the order of the axes. */
export type Combination = readonly AxisValue[];

/** The axes, with values that `include` adds, and the combinations that are measured. */
export interface Matrix {
  readonly axes: readonly Axis[];
  readonly combinations: readonly Combination[];
}

/** Maximum number of combinations of the matrix. */
const MOST = 100_000;

/** All combinations of the axes, without those of `exclude`, and with those of `include`. */
export function combine(file: YamlFile, axes: readonly Axis[], problems: Problem[]): Matrix {
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST) {
    problems.push(problemAt(file, ['matrix'], tooManyCells(MOST, count)));
    return { axes, combinations: [] };
  }
  const all = product(axes.map(({ values }) => values));
  const excluded = listAt(file.data, 'exclude').flatMap((row, index) => {
    const where = whereOf(file, row, ['exclude', index], [], axes, problems);
    if (where?.size === 0) problems.push(problemAt(file, ['exclude', index], NO_AXES_STATED));
    return where && where.size > 0 ? [where] : [];
  });
  const kept = all.filter((combination) => !excluded.some((where) => fits(axes, combination, where)));
  const matrix = listAt(file.data, 'include').reduce<Matrix>(
    (before, row, index) => included(file, before, row, ['include', index], problems),
    { axes, combinations: kept },
  );
  if (matrix.combinations.length === 0) problems.push(problemAt(file, ['exclude'], NOTHING_LEFT));
  return matrix;
}

function product(lists: readonly (readonly AxisValue[])[]): Combination[] {
  return lists.reduce<Combination[]>((rows, values) => rows.flatMap((row) => values.map((value) => [...row, value])), [[]]);
}

/** Names of the values of an axis that a row means, by axis. */
export type Where = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The axes that a row names, with the values that its globs match.
 * @param others keys of the row that are no axes
 * @returns undefined if the row has a problem
 */
export function whereOf(
  file: YamlFile,
  row: unknown,
  path: DocumentPath,
  others: readonly string[],
  axes: readonly Axis[],
  problems: Problem[],
): Where | undefined {
  if (!isMap(row)) return undefined;
  const where = new Map<string, ReadonlySet<string>>();
  let isGood = true;
  for (const [key, value] of Object.entries(row)) {
    if (others.includes(key)) continue;
    const at = [...path, key];
    const axis = axes.find(({ name }) => name === key);
    // The problem of the axis is reported.
    if (axis === undefined && Object.hasOwn(mapAt(file.data, 'matrix'), key)) return undefined;
    // The schema reports it.
    if (!isScalar(value)) {
      isGood = false;
      continue;
    }
    const names = axis ? matched(axis, String(file.written(at))) : [];
    const wrong = problemOf(file, key, axis, names, axes, others, at);
    if (wrong) problems.push(problemAt(file, at, wrong));
    else where.set(key, new Set(names));
    isGood &&= !wrong;
  }
  return isGood ? where : undefined;
}

function problemOf(
  file: YamlFile,
  key: string,
  axis: Axis | undefined,
  names: readonly string[],
  axes: readonly Axis[],
  others: readonly string[],
  at: DocumentPath,
) {
  if (axis === undefined) {
    const known = axes.map(({ name }) => name);
    return unknownAxis(key, known, nearest(key, [...known, ...others]));
  }
  if (names.length > 0) return undefined;
  const values = axis.values.map(({ name }) => name);
  const glob = String(file.written(at));
  return matchesNothing(glob, key, values, nearest(glob.replaceAll('*', ''), values));
}

function matched(axis: Axis, glob: string): string[] {
  return axis.values.map(({ name }) => name).filter((name) => name === glob || matchesGlob(glob, name));
}

/** Whether a combination has the values of a row. */
export function fits(axes: readonly Axis[], combination: Combination, where: Where): boolean {
  return axes.every(({ name }, index) => where.get(name)?.has((combination[index] as AxisValue).name) ?? true);
}

/** Adds the combinations of a row of `include`. A list may get a new value by it. */
function included(file: YamlFile, matrix: Matrix, row: unknown, path: DocumentPath, problems: Problem[]): Matrix {
  if (!isMap(row)) return matrix;
  const axes = matrix.axes.map((axis) => withNewValue(file, axis, row, path, problems));
  const where = whereOf(file, row, path, [], axes, problems);
  if (where === undefined) return matrix;
  if (where.size === 0) {
    problems.push(problemAt(file, path, NO_AXES_STATED));
    return matrix;
  }
  // Where the row does not name an axis, all its values are meant, but not those that other rows have added.
  const lists = axes.map(({ name, values }) => values.filter((value) => where.get(name)?.has(value.name) ?? value.from[0] === 'matrix'));
  const known = new Set(matrix.combinations.map(keyOf));
  const added = product(lists).filter((combination) => !known.has(keyOf(combination)));
  if (added.length === 0) problems.push(problemAt(file, path, INCLUDES_NOTHING));
  return { axes, combinations: [...matrix.combinations, ...added] };
}

function keyOf(combination: Combination): string {
  return JSON.stringify(combination.map(({ name }) => name));
}

function withNewValue(file: YamlFile, axis: Axis, row: { readonly [key: string]: unknown }, path: DocumentPath, problems: Problem[]): Axis {
  const value = Object.hasOwn(row, axis.name) ? row[axis.name] : undefined;
  if (axis.listOf === undefined || axis.ramp || !isScalar(value)) return axis;
  const at = [...path, axis.name];
  const text = String(file.written(at));
  if (isGlob(text) || matched(axis, text).length > 0) return axis;
  const fresh = scalarValue(file, axis.listOf, axis.name, value, at, problems);
  return fresh ? { ...axis, values: [...axis.values, fresh] } : axis;
}

/** Rows of rules must apply to something that is measured. */
export function matchesNone(axes: readonly Axis[], combinations: readonly Combination[], where: Where) {
  return combinations.some((combination) => fits(axes, combination, where)) ? undefined : MATCHES_NO_CELL;
}
