import type { Problem } from '../../errors';
import { formatPath } from '../../schema/schema-errors';
import { CONTROL } from '../../text/control';
import { nearest } from '../../text/suggest';
import type { DocumentPath } from '../../yaml/yaml-file';
import { seconds } from '../complete-signal';
import type { ParamSpec } from '../entry';
import * as say from '../messages/presets';
import { NO_DURATION, NO_TEXT } from '../messages/signals';
import type { Text } from '../messages/wording';
import { paramValue } from '../params/param-value';
import { NO_PRESET, PROFILE } from '../params/profile';
import type { RawEntry } from './raw-entry';
import { wrongValue } from './workload-problems';

type Rule = (entry: RawEntry, params: readonly ParamSpec[]) => Problem[];

const RULES: readonly Rule[] = [ownProfile, presetNames, presetValues, alertTimes, alertTexts, alertParams, fullLoads];

/** Rules for keys of workload.yaml that refer to params: `presets`, `alerts`, and `full` of signals. */
export function checkPresets(entry: RawEntry, params: readonly ParamSpec[]): Problem[] {
  return RULES.flatMap((rule) => rule(entry, params));
}

function ownProfile({ data, file }: RawEntry): Problem[] {
  const index = (data.params ?? []).findIndex((param?: { readonly key: string }) => param?.key === PROFILE);
  return data.presets === undefined || index < 0 ? [] : [{ where: file.locate(['params', index, 'key']), ...say.OWN_PROFILE }];
}

function presetNames(entry: RawEntry): Problem[] {
  return Object.keys(entry.data.presets ?? {}).flatMap((name) => {
    const isFine = /^[a-z]([-a-z0-9]{0,18}[a-z0-9])?$/.test(name) && name !== NO_PRESET;
    return isFine ? [] : [{ where: entry.file.locate(['presets', name]), message: say.wrongName(name) }];
  });
}

function presetValues(entry: RawEntry, params: readonly ParamSpec[]): Problem[] {
  return Object.entries(entry.data.presets ?? {}).flatMap(([name, values]) =>
    Object.entries(values).flatMap(([key, value]) => valueProblems(entry, params, ['presets', name, key], key, value)),
  );
}

/** The problems of a value of a param that another key of workload.yaml states. */
function valueProblems(entry: RawEntry, params: readonly ParamSpec[], path: DocumentPath, key: string, value: unknown): Problem[] {
  const param = known(params, key);
  if (!param) return unknownParam(entry, params, path, key);
  const result = paramValue(param, value, entry.file.written(path));
  return 'must' in result ? [wrongValue(entry, path, result.must, value)] : [];
}

/** Unlike map, flatMap skips the holes that wrong items leave. */
function known(params: readonly ParamSpec[], key: string): ParamSpec | undefined {
  return params.flatMap((param) => (param.key === key ? param : []))[0];
}

function unknownParam(entry: RawEntry, params: readonly ParamSpec[], path: DocumentPath, key: string): Problem[] {
  return missing(entry, params, path, key, (keys, near) => say.noParam(formatPath(path.slice(0, -1)), key, keys, near));
}

function missing(
  entry: RawEntry,
  params: readonly ParamSpec[],
  path: DocumentPath,
  key: string,
  text: (keys: readonly string[], near: string | undefined) => Text,
): Problem[] {
  if (entry.incomplete.has('params')) return [];
  const keys = params.flatMap((param) => param.key);
  return [{ where: entry.file.locate(path), ...text(keys, nearest(key, keys)) }];
}

function alertTimes(entry: RawEntry): Problem[] {
  return (entry.data.alerts ?? []).flatMap(({ after }, index) => {
    if (after === undefined || seconds(after) !== undefined) return [];
    return [wrongValue(entry, ['alerts', index, 'after'], NO_DURATION, after)];
  });
}

function alertTexts(entry: RawEntry): Problem[] {
  return (entry.data.alerts ?? []).flatMap(({ why }, index) => {
    if (why === undefined || (why.trim() !== '' && !CONTROL.test(why))) return [];
    return [wrongValue(entry, ['alerts', index, 'why'], NO_TEXT, why)];
  });
}

function alertParams(entry: RawEntry, params: readonly ParamSpec[]): Problem[] {
  return (entry.data.alerts ?? []).flatMap(({ when = {} }, index) =>
    Object.entries(when).flatMap(([key, { minimum, maximum, values = [] }]) => {
      const path: DocumentPath = ['alerts', index, 'when', key];
      const param = known(params, key);
      if (!param) return unknownParam(entry, params, path, key);
      const isLimited = minimum !== undefined || maximum !== undefined;
      return [
        ...(isLimited && !isNumber(param)
          ? [{ where: entry.file.locate(path), message: say.limitOfNoNumber(formatPath(path), param.type) }]
          : []),
        ...values.flatMap((value, at) => valueProblems(entry, params, [...path, 'values', at], key, value)),
      ];
    }),
  );
}

function fullLoads(entry: RawEntry, params: readonly ParamSpec[]): Problem[] {
  return (entry.data.signals ?? []).flatMap(({ full }, index) => {
    if (full === undefined) return [];
    const path: DocumentPath = ['signals', index, 'full', 'param'];
    const param = known(params, full.param);
    if (!param) return missing(entry, params, path, full.param, (keys, near) => say.notAParam(formatPath(path), full.param, keys, near));
    return isNumber(param)
      ? []
      : [{ where: entry.file.locate(path), message: say.loadOfNoNumber(formatPath(path), full.param, param.type) }];
  });
}

function isNumber({ type }: ParamSpec): boolean {
  return ['int', 'number'].includes(type);
}
