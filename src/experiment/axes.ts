import type { Entry } from '../catalog/entry';
import type { Problem } from '../errors';
import { isDnsLabel } from '../kubernetes/dns-label';
import { fromFolder } from '../options/kinds';
import { isOfWorkload, type OptionKey, type OptionSpec, specs, TABLE } from '../options/table';
import { wrongValue } from '../options/value-messages';
import type { PoolsPlan } from '../synth/pools';
import { CONTROL } from '../text/control';
import { kindOf, show, showScalar } from '../text/show';
import { nearest } from '../text/suggest';
import { isEmptyIn } from '../yaml/written-yaml';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';
import type { AxisKind } from './experiment-plan';
import {
  AXIS,
  AXIS_NAME,
  emptyAxis,
  NOT_IN_SETTINGS,
  noScalar,
  notInSettings,
  POOLS,
  RAMP_PLACE,
  removesNothing,
  SAME_FOR_ALL,
  setByBoth,
  setsNothing,
  settingAndParam,
  settingsInValue,
  unknownAxisKey,
  VALUE_LENGTH,
  VALUE_NAME,
} from './messages';
import { type PodImage, readPod } from './pod/pod-image';
import { isRamp, type RampCounts, readRampCounts } from './ramp';
import { ALL_POOLS } from './schema';
import { isMap, isScalar, mapAt, type Piece, piecesOf, problemAt, type YamlMap } from './source';

/** A named choice of an axis, and what it sets. */
export interface AxisValue {
  readonly name: string;
  readonly from: DocumentPath;
  readonly settings: ReadonlyMap<string, Piece>;
  readonly params: ReadonlyMap<string, Piece>;
  /** Workloads next to the measured one. The value `null` removes one that the file states for all cells. */
  readonly workloads: ReadonlyMap<string, Piece>;
  /** The trials run in pods. @default in VMs, or as another axis says */
  readonly pod?: PodImage;
}

/** A key of the matrix. */
export interface Axis {
  readonly name: string;
  readonly kind: AxisKind;
  readonly values: readonly AxisValue[];
  /** The axis is a list of values of this setting or param. Absent: it has named values. */
  readonly listOf?: 'setting' | 'param';
  readonly ramp?: RampCounts;
}

const VALUE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const LONGEST_VALUE = 63;
const RAMP_KEY = 'vm_count';

/**
 * The axes of the matrix, in the order of the file.
 * @param pools of the experiment, whose classes can be an axis. @default it has none
 */
export function readAxes(file: YamlFile, entry: Entry, pools: PoolsPlan | undefined, problems: Problem[]): Axis[] {
  const axes = Object.entries(mapAt(file.data, 'matrix')).flatMap(([name, raw]) => {
    const axis = raw === ALL_POOLS ? poolsAxis(file, name, pools, problems) : readAxis(file, entry, name, raw, problems);
    return axis ? [axis] : [];
  });
  problems.push(...overlaps(file, axes));
  return axes;
}

/** A value for each class of the pools, with its name. */
function poolsAxis(file: YamlFile, name: string, pools: PoolsPlan | undefined, problems: Problem[]): Axis | undefined {
  const from = ['matrix', name];
  const classes = (pools?.classes ?? []).filter((each) => isDnsLabel(each.name));
  if (classes.length > 0) {
    const values = classes.map(({ name: value }): AxisValue => listValue('setting', 'storage_class', value, value, from));
    return { name, kind: 'settings', values };
  }
  const isStated = isMap(file.data) && file.data.pools !== undefined && file.data.pools !== null;
  const hasPools = pools !== undefined && pools.block.length + pools.filesystems.length > 0;
  if (!isStated) problems.push(problemAt(file, from, POOLS.noPools));
  // Other pools, and wrong names of classes, are reported elsewhere.
  else if (hasPools && pools.classes.length === 0) problems.push(problemAt(file, from, POOLS.noClasses));
  return undefined;
}

function readAxis(file: YamlFile, entry: Entry, name: string, raw: unknown, problems: Problem[]): Axis | undefined {
  const path = ['matrix', name];
  if (name.length === 0 || name.length > LONGEST_VALUE || CONTROL.test(name)) {
    problems.push(problemAt(file, ['matrix'], { message: wrongValue(AXIS_NAME, show(name)) }));
    return undefined;
  }
  if (typeof raw === 'object' && raw !== null && Object.keys(raw).length === 0) {
    problems.push(problemAt(file, path, emptyAxis()));
    return undefined;
  }
  const before = problems.length;
  const found = valuesOf(file, entry, name, raw, problems);
  if (found === undefined || found.values.length === 0) return undefined;
  const kind = axisKind(found.values);
  if (kind === undefined) {
    if (problems.length > before) return undefined;
    problems.push(problemAt(file, path, setsNothing()));
    return undefined;
  }
  return { name, kind, ...found };
}

function valuesOf(
  file: YamlFile,
  entry: Entry,
  name: string,
  raw: unknown,
  problems: Problem[],
): Pick<Axis, 'values' | 'listOf' | 'ramp'> | undefined {
  const path = ['matrix', name];
  if (isRamp(raw)) return rampValues(file, name, (raw as { readonly ramp: unknown }).ramp, problems);
  if (isMap(raw)) return { values: namedValues(file, path, raw, problems) };
  if (Array.isArray(raw)) return listValues(file, entry, name, raw, problems);
  problems.push(problemAt(file, path, { message: wrongValue(AXIS, isScalar(raw) ? showScalar(raw) : kindOf(raw)) }));
  return undefined;
}

function rampValues(file: YamlFile, name: string, raw: unknown, problems: Problem[]) {
  const path = ['matrix', name, 'ramp'];
  if (name !== RAMP_KEY) {
    problems.push(problemAt(file, path, RAMP_PLACE));
    return undefined;
  }
  const ramp = readRampCounts(file, path, raw, problems);
  if (ramp === undefined) return undefined;
  return { values: ramp.counts.map((count) => listValue('setting', name, `${count}`, count, path)), listOf: 'setting' as const, ramp };
}

function listValues(file: YamlFile, entry: Entry, name: string, raw: readonly unknown[], problems: Problem[]) {
  const path = ['matrix', name];
  const listOf = listKind(file, entry, name, problems);
  if (listOf === undefined) return undefined;
  const values = raw.flatMap((value, index) => scalarValue(file, listOf, name, value, [...path, index], problems) ?? []);
  return { values, listOf };
}

/** A scalar as the value of a list. Its name is the scalar as written. */
export function scalarValue(
  file: YamlFile,
  listOf: NonNullable<Axis['listOf']>,
  axis: string,
  value: unknown,
  from: DocumentPath,
  problems: Problem[],
): AxisValue | undefined {
  if (!isScalar(value)) {
    problems.push(problemAt(file, from, noScalar(axis)));
    return undefined;
  }
  const written = String(file.written(from));
  if (written.length === 0 || written.length > LONGEST_VALUE || CONTROL.test(written)) {
    problems.push(problemAt(file, from, { message: wrongValue(VALUE_LENGTH, show(written)) }));
    return undefined;
  }
  return listValue(listOf, axis, written, value, from);
}

function listValue(listOf: NonNullable<Axis['listOf']>, key: string, name: string, value: unknown, from: DocumentPath): AxisValue {
  const set = new Map([[key, { value, from }]]);
  return {
    name,
    from,
    settings: listOf === 'setting' ? set : new Map(),
    params: listOf === 'param' ? set : new Map(),
    workloads: new Map(),
  };
}

/** Whether the key of a list is a setting or a param. */
function listKind(file: YamlFile, entry: Entry, key: string, problems: Problem[]): Axis['listOf'] {
  const path = ['matrix', key];
  const isSetting = Object.hasOwn(TABLE, key) && !(TABLE[key as OptionKey] as OptionSpec).notInFile;
  const isParam = entry.params.some((param) => param.key === key);
  if (isSetting && isParam) problems.push(problemAt(file, path, settingAndParam(key, entry.name)));
  else if (isSetting) {
    const wrong = settingProblem(key);
    if (wrong) problems.push(problemAt(file, path, wrong));
    else return 'setting';
  } else if (isParam) return 'param';
  else {
    const params = entry.params.map((param) => param.key);
    const settings = specs().flatMap(([name]) => (isOfWorkload(name) ? [name] : []));
    problems.push(problemAt(file, path, unknownAxisKey(key, entry.name, params, nearest(key, [...params, ...settings]))));
  }
  return undefined;
}

/** What is wrong with a known setting in the matrix; undefined if nothing is. Unknown settings are reported elsewhere. */
function settingProblem(key: string) {
  if (Object.hasOwn(NOT_IN_SETTINGS, key)) return notInSettings(key);
  return Object.hasOwn(TABLE, key) && !isOfWorkload(key) ? SAME_FOR_ALL : undefined;
}

function namedValues(file: YamlFile, path: DocumentPath, raw: object, problems: Problem[]): AxisValue[] {
  return Object.entries(raw).flatMap(([name, body]) => {
    const from = [...path, name];
    if (!VALUE.test(name)) {
      problems.push(problemAt(file, from, { message: wrongValue(VALUE_NAME, show(name)) }));
      return [];
    }
    if (body !== null && !isMap(body)) {
      problems.push(problemAt(file, from, { message: wrongValue('be a map', isScalar(body) ? showScalar(body) : kindOf(body)) }));
    }
    const { params, workloads, pod: stated, settings: nested, ...settings } = isMap(body) ? body : {};
    if (nested !== undefined) problems.push(problemAt(file, [...from, 'settings'], settingsInValue(name, nested)));
    const pieces = new Map([...piecesOf(settings, from), ...(isMap(nested) ? piecesOf(nested, [...from, 'settings']) : [])]);
    for (const [key, { from: at }] of pieces) {
      const wrong = settingProblem(key);
      if (wrong) problems.push(problemAt(file, at, wrong));
    }
    const pod = stated === undefined ? undefined : readPod(file, stated, [...from, 'pod'], problems);
    return [
      {
        name,
        from,
        settings: pieces,
        params: inner(file, [...from, 'params'], params, problems),
        workloads: workloadsIn(file, [...from, 'workloads'], workloads, problems),
        ...(pod ? { pod } : {}),
      },
    ];
  });
}

/** The workloads of a value. `null` removes one; a name without anything, as in `disk:`, is a workload with its defaults. */
function workloadsIn(file: YamlFile, from: DocumentPath, stated: unknown, problems: Problem[]): Map<string, Piece> {
  const pieces = inner(file, from, stated, problems);
  for (const [name, piece] of pieces) {
    if (piece.value !== null) continue;
    if (isEmptyIn(stated as YamlMap, name)) pieces.set(name, { ...piece, value: {} });
    else if (!Object.hasOwn(mapAt(file.data, 'workloads'), name)) problems.push(problemAt(file, piece.from, removesNothing(name)));
  }
  return pieces;
}

function inner(file: YamlFile, from: DocumentPath, value: unknown, problems: Problem[]): Map<string, Piece> {
  if (value === undefined || value === null) return new Map();
  if (isMap(value)) return piecesOf(value, from);
  problems.push(problemAt(file, from, { message: wrongValue('be a map', isScalar(value) ? showScalar(value) : kindOf(value)) }));
  return new Map();
}

/** @returns undefined if no value sets anything */
function axisKind(values: readonly AxisValue[]): AxisKind | undefined {
  const changesVms = values.some(({ settings, workloads, pod }) => settings.size + workloads.size > 0 || pod);
  const changesParams = values.some(({ params }) => params.size > 0);
  if (changesVms) return changesParams ? 'mixed' : 'settings';
  return changesParams ? 'params' : undefined;
}

/** What two axes set: which of the values would count is not obvious. */
function overlaps(file: YamlFile, axes: readonly Axis[]): Problem[] {
  const owners = new Map<string, string>();
  return axes.flatMap((axis) => {
    const own = new Map(axis.values.flatMap((value) => keysOf(value)).toReversed());
    return [...own].flatMap(([what, from]) => {
      const other = owners.get(what);
      owners.set(what, other ?? axis.name);
      return other === undefined ? [] : [problemAt(file, from, setByBoth(what, other))];
    });
  });
}

function keysOf({ settings, params, workloads, pod }: AxisValue): [what: string, from: DocumentPath][] {
  const named = (prefix: string, pieces: ReadonlyMap<string, Piece>) =>
    [...pieces].map(([key, { from }]): [string, DocumentPath] => [prefix + key, from]);
  return [
    ...named('', settings),
    ...named('params.', params),
    ...named('workloads.', workloads),
    ...(pod ? [['pod', pod.from] as [string, DocumentPath]] : []),
  ];
}

/** The value of a path setting, relative to the folder of its file. */
export function absolute(key: string, value: unknown, folder: string): unknown {
  return Object.hasOwn(TABLE, key) ? fromFolder(TABLE[key as OptionKey].kind, value, folder) : value;
}
