import { hash } from 'node:crypto';
import { allUnits, type Entry, type EntryRole, type Unit } from '../catalog/entry';
import { variableName } from '../catalog/params/param-value';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import type { GivenTrial, WorkloadSettings } from '../options/workload-settings';
import { filledInBefore, healthPortNeeded, NO_EFFECT, notMeasurable, trialTooLong } from './messages';
import { type Params, settleParams, settleTrials, type TrialParams } from './params';
import type { TrialPlan, TrialsPlan, VmPlan } from './plan';

/** Seconds that a guest waits at the start of a trial for others that do not come. */
const BARRIER_TIMEOUT = 900;
/** Seconds between two trials. */
const SETTLE = 5;
/** Time limit in seconds of a trial whose entry does not state how long it lasts. */
const USUAL_LIMIT = 3600;
/** Seconds that a trial may take in addition to twice its time. */
const RESERVE = 300;
/** Maximum seconds of a trial: a week. */
const LONGEST = 604_800;

/** The trial of an entry that is measured, although the user names no trials. */
const DEFAULT = 'default';

/** Whether a workload is measured: the user names trials, or its entry has no continuous load. */
export function isMeasured({ roles }: Entry, settings: WorkloadSettings | undefined): boolean {
  const units = roles.flatMap(({ trial }) => trial ?? []);
  return units.some(({ main }) => main === undefined || settings?.trials !== undefined);
}

/** The params of a workload and, if it is measured, of its trials. */
export interface Settled {
  readonly params: Params;
  readonly trials?: readonly TrialParams[];
}

/** @param problems gets those of `params`, `trials` and `repeats` */
export function settle(entry: Entry, settings: WorkloadSettings | undefined, problems: Problem[]): Settled {
  problems.push(...unusable(entry, settings));
  if (!isMeasured(entry, settings)) {
    problems.push(...ofTrialsOnly(entry, settings));
    return { params: settleParams(entry, settings, problems) };
  }
  const { common, trials } = settleTrials(entry, settings, settings?.trials ?? [defaultTrial(entry, settings)], problems);
  problems.push(...tooLong(entry, trials), ...filledIn(entry, common, trials));
  return { params: common, trials };
}

/** The settings with which an entry is measured, for checks of the entry alone. */
export function measured(entry: Entry, settings: WorkloadSettings | undefined): WorkloadSettings {
  return { enabled: true, own: new Map(), params: new Map(), ...settings, trials: settings?.trials ?? [defaultTrial(entry, settings)] };
}

function defaultTrial({ name }: Entry, settings: WorkloadSettings | undefined): GivenTrial {
  return { name: DEFAULT, params: new Map(), place: () => settings?.place?.() ?? `workload ${name}` };
}

/** `trials` and `repeats` of a workload that has none. */
function unusable(entry: Entry, settings: WorkloadSettings | undefined): Problem[] {
  const given = (['trials', 'repeats', 'seed'] as const).filter((key) => settings?.[key] !== undefined);
  const where = (key: string) => settings?.place?.(key) ?? `workload ${entry.name}`;
  if (!entry.roles.some(({ trial }) => trial)) return given.map((key) => ({ where: where(key), ...notMeasurable(entry.name, key) }));
  return isMeasured(entry, settings) ? [] : given.map((key) => ({ where: where(key), ...NO_EFFECT.noTrials(entry.name) }));
}

/** Params that only trials use, in a workload that has none. */
function ofTrialsOnly({ name, params }: Entry, settings: WorkloadSettings | undefined): Problem[] {
  return params.flatMap(({ key, forTrial }) => {
    const [given] = settings?.params.get(key) ?? [];
    return forTrial && given ? [{ where: given.source(), ...NO_EFFECT.trialParam(name, key) }] : [];
  });
}

/** The trials start together through the health port. */
export function trialPortProblems({ healthPort, place, spell }: Options, entry: Entry, trials: Settled['trials']): Problem[] {
  return trials === undefined || healthPort > 0 ? [] : [{ where: place('health_port'), ...healthPortNeeded(entry.name, spell) }];
}

function tooLong(entry: Entry, trials: readonly TrialParams[]): Problem[] {
  return trials.flatMap(({ trial, params }) => {
    const seconds = secondsOf(entry, params) ?? 0;
    if (seconds <= LONGEST) return [];
    const keys = entry.trialTime?.duration.map((key) => [key, params[key]] as const) ?? [];
    return [{ where: trial.place(), ...trialTooLong(entry.name, trial.name, LONGEST, seconds, keys) }];
  });
}

/** Params that a trial changes, although units or files have their values filled in before any trial. */
function filledIn(entry: Entry, common: Params, trials: readonly TrialParams[]): Problem[] {
  const pieces = entry.roles.filter(({ trial }) => trial).flatMap((role) => [...allUnits(role), ...role.files]);
  const places = new Map(
    pieces.flatMap(({ source, placeholders = [] }) => placeholders.map(({ key, line }) => [key, `${source}:${line}`])),
  );
  return trials.flatMap(({ params, given, trial }) =>
    [...trial.params.keys()].flatMap((key) => {
      const place = params[key] === common[key] ? undefined : places.get(key);
      const [source] = given.get(key) ?? [];
      return place === undefined || !source
        ? []
        : [{ where: source.source(), ...filledInBefore(entry.name, key, variableName(key), place) }];
    }),
  );
}

/** @returns undefined if the entry does not state it */
function secondsOf({ trialTime }: Entry, params: Params): number | undefined {
  if (trialTime === undefined) return undefined;
  const { duration, parts, fixed } = trialTime;
  const once = duration.reduce((sum, key) => sum + Number(params[key]), 0);
  const times = Object.entries(parts).reduce((product, [key, by]) => product * (by[params[key] as string] ?? 1), 1);
  return once * times + fixed;
}

/** What the guests of a role measure; see {@link TrialsPlan}. */
export function trialsOf(
  { namespace, runId, settings }: Options,
  entry: Entry,
  role: EntryRole,
  vms: readonly VmPlan[],
  trials: readonly TrialParams[],
): TrialsPlan | undefined {
  if (!role.trial) return undefined;
  const { unit, prepare } = role.trial;
  const group = entry.name;
  const { repeats = 1, seed } = settings.get(entry.name) ?? {};
  const list = listOf(entry, trials, repeats, seed);
  const plan = sha256([entry.name, role.name, list.map(({ limit: _, seconds: __, ...trial }) => trial)]);
  return {
    group,
    leader: vms[0]?.name ?? '',
    expected: vms.length,
    barrierTimeout: BARRIER_TIMEOUT,
    settle: SETTLE,
    token: sha256([namespace, runId, group, plan]).slice(0, 32),
    plan: `sha256:${plan}`,
    unit: unit.name,
    ...(prepare ? { prepare: prepare.name } : {}),
    list,
  };
}

/** All trials once, then all of them once more. @param seed undefined: always in the same order */
function listOf(entry: Entry, trials: readonly TrialParams[], repeats: number, seed: number | undefined): TrialPlan[] {
  const rounds = Array.from({ length: repeats }, (_, index) => index + 1);
  const each = trials.map(({ trial: { name }, params }) => {
    const seconds = secondsOf(entry, params);
    return { name, seconds: seconds ?? USUAL_LIMIT, limit: seconds === undefined ? USUAL_LIMIT : 2 * seconds + RESERVE, params };
  });
  return rounds
    .flatMap((repeat) => shuffled(each, repeat, seed).map((trial) => ({ ...trial, repeat })))
    .map((trial, index) => ({ id: String(index + 1).padStart(3, '0'), ...trial }));
}

/** In the order of digests, which is random, and the same on every machine. */
function shuffled<T extends { readonly name: string }>(trials: readonly T[], repeat: number, seed: number | undefined): readonly T[] {
  if (seed === undefined) return trials;
  const keys = new Map(trials.map((trial) => [trial, sha256([seed, repeat, trial.name])]));
  return trials.toSorted((a, b) => ((keys.get(a) as string) < (keys.get(b) as string) ? -1 : 1));
}

function sha256(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'hex');
}

/** The units of a measured role that a boot starts: all but the load whose place the trials take, and those that start it. */
export function unitsBesideTrials({ units, trial }: EntryRole): readonly Unit[] {
  const main = trial?.main;
  return main === undefined ? units : units.filter(({ name, triggers }) => name !== main && triggers !== main);
}
