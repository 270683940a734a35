import { allUnits, type Entry, type ParamSpec } from '../catalog/entry';
import { type BreakOut, breakOut } from '../catalog/params/break-out';
import { paramValue, shownValue } from '../catalog/params/param-value';
import type { Problem } from '../errors';
import type { GivenParam, GivenParams, GivenTrial, WorkloadSettings } from '../options/workload-settings';
import { show } from '../text/show';
import { nearest } from '../text/suggest';
import { belowOther, paramUnused, unknownParam, wrongParam } from './messages';

/** Values by param key, each in the form in which the guest gets it. */
export type Params = { readonly [key: string]: string };

/** Merges the given values over the entry's defaults, key by key. */
export function settleParams(entry: Entry, settings: WorkloadSettings | undefined, problems: Problem[]): Params {
  const given: GivenParams = settings?.params ?? new Map();
  const { params, sound } = settleValues(entry, given, problems);
  problems.push(...outOfOrder(entry, params, sound, given), ...withoutEffect(entry, params, sound, given).map(({ problem }) => problem));
  return params;
}

/** The params of one trial. */
export interface TrialParams {
  readonly trial: GivenTrial;
  /** All of them. */
  readonly params: Params;
  readonly given: GivenParams;
}

/** Values without problems, by the params of the entry and by what was given: the groups of an experiment often have the same trials. */
const SETTLED = new WeakMap<Entry['params'], Map<string, { readonly common: Params; readonly trials: readonly Params[] }>>();

/**
 * The params of each trial: those of the trial over those of the workload. A value of the workload must have an effect in one of the trials, a
 * value of a trial in this trial.
 * @returns also those of the workload alone
 */
export function settleTrials(
  entry: Entry,
  settings: WorkloadSettings | undefined,
  stated: readonly GivenTrial[],
  problems: Problem[],
): { common: Params; trials: TrialParams[] } {
  const ofAll: GivenParams = settings?.params ?? new Map();
  const key = JSON.stringify([ofAll, ...stated.map(({ params }) => params)].map(values));
  const known = SETTLED.get(entry.params) ?? new Map();
  const same = known.get(key);
  if (same) {
    const given = ({ params }: GivenTrial): GivenParams => new Map([...ofAll, ...params]);
    return { common: same.common, trials: stated.map((trial, index) => ({ trial, params: same.trials[index], given: given(trial) })) };
  }
  const found: Problem[] = [];
  const settled = eachSettled(entry, ofAll, stated, found);
  problems.push(...found);
  if (found.length === 0) {
    known.set(key, { common: settled.common, trials: settled.trials.map(({ params }) => params) });
    SETTLED.set(entry.params, known);
  }
  return settled;
}

function values(given: GivenParams) {
  return [...given].map(([key, all]) => [key, all.map(({ raw, written }) => [raw, written])]);
}

function eachSettled(entry: Entry, ofAll: GivenParams, stated: readonly GivenTrial[], problems: Problem[]) {
  const common = settleValues(entry, ofAll, problems);
  const idle = new Map<string, Problem[][]>();
  const trials = stated.map((trial): TrialParams => {
    const own = settleValues(entry, trial.params, problems);
    // A preset of the trial replaces that of the workload.
    const hasPreset = trial.params.has(profileOf(entry)?.key ?? '');
    const isOwn = ({ key }: ParamSpec) => trial.params.has(key) || (hasPreset && !ofAll.has(key));
    const params = Object.fromEntries(
      entry.params.filter(({ presets }) => !presets).map((param) => [param.key, (isOwn(param) ? own : common).params[param.key] as string]),
    );
    const sound = new Set(entry.params.flatMap((param) => ((isOwn(param) ? own : common).sound.has(param.key) ? param.key : [])));
    const given: GivenParams = new Map([...ofAll, ...trial.params]);
    problems.push(...outOfOrder(entry, params, sound, given));
    const lost = withoutEffect(entry, params, sound, given);
    for (const key of new Set(lost.map((each) => each.key))) {
      const those = lost.flatMap((each) => (each.key === key ? each.problem : []));
      if (trial.params.has(key)) problems.push(...those);
      else idle.set(key, [...(idle.get(key) ?? []), those]);
    }
    return { trial, params, given };
  });
  for (const [key, found] of idle) {
    const users = stated.filter((trial) => !trial.params.has(key));
    if (found.length === users.length) problems.push(...found.flat());
  }
  return { common: common.params, trials };
}

/** Each value for itself. @returns the values, and the keys of those that have no problem */
function settleValues(entry: Entry, given: GivenParams, problems: Problem[]): { params: Params; sound: ReadonlySet<string> } {
  for (const [key, values] of given) {
    if (!entry.params.some((param) => param.key === key)) problems.push(...values.map(({ source }) => unknown(entry, key, source())));
  }
  const params: { [key: string]: string } = {};
  const sound = new Set<string>();
  const all = withPreset(entry, given);
  for (const param of entry.params) {
    // Values that another source overrides are checked too: otherwise their problems would appear when the user omits the other source.
    const values = (all.get(param.key) ?? []).map((value) => settle(entry, param, value, problems));
    if (!param.presets) params[param.key] = values[0] ?? param.default;
    if (!values.includes(undefined)) sound.add(param.key);
  }
  return { params, sound };
}

/** The param that selects a preset. */
function profileOf({ params }: Entry): ParamSpec | undefined {
  return params.find(({ presets }) => presets);
}

/** The given values, and those of the preset that they select. */
function withPreset(entry: Entry, given: GivenParams): GivenParams {
  const { key, presets = {} } = profileOf(entry) ?? { key: '' };
  const [chosen] = given.get(key) ?? [];
  const name = String(chosen?.raw);
  if (!chosen || !Object.hasOwn(presets, name)) return given;
  const values = Object.entries(presets[name] ?? {}).filter(([param]) => !given.has(param));
  return new Map([...given, ...values.map(([param, raw]): [string, GivenParam[]] => [param, [{ ...chosen, raw, written: raw }]])]);
}

/** Numbers that are below another param that they must reach. Values that are wrong themselves are not compared. */
function outOfOrder(entry: Entry, params: Params, sound: ReadonlySet<string>, given: GivenParams): Problem[] {
  return entry.params.flatMap(({ key, notBelow }) => {
    const [source] = given.get(key) ?? given.get(notBelow ?? '') ?? [];
    if (notBelow === undefined || !source || ![key, notBelow].every((each) => sound.has(each))) return [];
    if (Number(params[key]) >= Number(params[notBelow])) return [];
    const missing = [key, notBelow].find((each) => !given.has(each));
    const [got = '', least = ''] = [params[key], params[notBelow]];
    return [{ where: source.source(), ...belowOther(entry.name, key, got, notBelow, least, missing) }];
  });
}

/** Values without effect because of the value of another param. Values that are wrong themselves are not compared. */
function withoutEffect(
  entry: Entry,
  params: Params,
  sound: ReadonlySet<string>,
  given: GivenParams,
): { readonly key: string; readonly problem: Problem }[] {
  return entry.params.flatMap((param) =>
    needsOf(param).flatMap(({ other, meets, values }) => {
      const { key } = param;
      const [source] = given.get(key) ?? [];
      if (!source || ![key, other].every((each) => sound.has(each))) return [];
      const [got = '', value = ''] = [params[key], params[other]];
      if (got === param.default || meets(value)) return [];
      return [{ key, problem: { where: source.source(), ...paramUnused(entry.name, key, got, other, value, values) } }];
    }),
  );
}

/** Whether the values of other params leave this one an effect. */
export function hasEffect(entry: Entry, params: Params, key: string): boolean {
  const { needs = {} } = entry.params.find((param) => param.key === key) ?? {};
  return Object.entries(needs).every(([other, values]) => values.includes(params[other] as string));
}

/** @returns undefined for a wrong value */
function settle(entry: Entry, param: ParamSpec, { raw, written, source }: GivenParam, problems: Problem[]): string | undefined {
  const parsed = paramValue(param, raw, written);
  const wrong: readonly BreakOut[] = 'must' in parsed ? [parsed] : breakOuts(entry, param.key, parsed.value);
  const got = show(shownValue(param, raw, written));
  problems.push(
    ...wrong.map(({ must, hint }) => ({
      where: source(),
      message: wrongParam(entry.name, param.key, must, got),
      ...(hint === undefined ? {} : { hint }),
    })),
  );
  return wrong.length > 0 ? undefined : (parsed as { value: string }).value;
}

/** What is wrong with the value in the places where a unit or a file contains its placeholder. */
function breakOuts(entry: Entry, key: string, value: string): BreakOut[] {
  const pieces = entry.roles.flatMap((role) => [...allUnits(role), ...role.files]);
  return pieces.flatMap(({ source, placeholders = [] }) =>
    placeholders.filter((each) => each.key === key).flatMap((placeholder) => breakOut(placeholder, source, value) ?? []),
  );
}

function unknown(entry: Entry, key: string, where: string): Problem {
  const keys = entry.params.map((param) => param.key);
  return { where, ...unknownParam(entry.name, key, keys, nearest(key, keys)) };
}

/** What a param needs of another one, and the same in words. */
interface Need {
  readonly other: string;
  readonly meets: (value: string) => boolean;
  readonly values: string;
}

function needsOf({ needs = {}, needsMinimum = {} }: ParamSpec): Need[] {
  return [
    ...Object.entries(needs).map(([other, values]) => ({
      other,
      meets: (value: string) => values.includes(value),
      values: values.join(' or '),
    })),
    ...Object.entries(needsMinimum).map(([other, least]) => ({
      other,
      meets: (value: string) => Number(value) >= least,
      values: `${least} or more`,
    })),
  ];
}
