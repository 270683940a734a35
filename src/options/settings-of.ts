import type { Problem } from '../errors';
import { showScalar } from '../text/show';
import type { DocumentPath } from '../yaml/yaml-file';
import type { ConfigFile, FileTrial, FileWorkload } from './config-file';
import { type Folded, parse, placeInFile } from './fold';
import { fromFolder } from './kinds';
import { NO_TRIALS, tooManyTrials, unknownSetting, wrongAssignment } from './messages';
import type { Given } from './origin';
import { hintForSetting } from './other-names';
import { present } from './present';
import { isOfWorkload, type WorkloadKey } from './table';
import { MUST, wrongValue } from './value-messages';
import {
  type Assignment,
  type GivenParams,
  type GivenTrial,
  MOST_TRIALS,
  NO_SETTINGS,
  parseAssignments,
  SETTINGS,
  settingSpec,
  type WorkloadSettings,
} from './workload-settings';

/** The settings of each workload, from the file and from `set`, `params` and `workloads` of flags and the environment. */
export function workloadSettings({ given }: Folded, file: ConfigFile, problems: Problem[]): Map<string, WorkloadSettings> {
  const all = new Map([...file.workloads].map(([name, workload]) => [name, settingsOf(file, name, workload, problems)]));
  const each = (
    source: Given,
    example: string,
    add: (settings: WorkloadSettings, assignment: Assignment, where: string) => WorkloadSettings,
  ) => {
    for (const assignment of assignmentsOf(source, example, problems)) {
      const { workload, key } = assignment;
      all.set(workload, add(all.get(workload) ?? NO_SETTINGS, assignment, `${source.where()} ${workload}.${key}`));
    }
  };
  for (const source of given.params.toReversed()) {
    each(source, 'cpu.cpu-load-percent=50', (known, assignment, where) => withParam(known, assignment, source, where));
  }
  for (const source of given.set.toReversed()) {
    each(source, 'disk.storage_class=nfs-csi', (known, assignment, where) => withSetting(known, assignment, source, where, problems));
  }
  for (const source of given.workloads.toReversed()) {
    for (const [name, entry] of instances(source)) all.set(name, { ...(all.get(name) ?? NO_SETTINGS), entry });
  }
  return all;
}

/** The instances in a list of workloads: `disk-ceph=disk`. */
function instances({ value }: Given): (readonly [string, string])[] {
  return (value as readonly string[]).flatMap((each) => {
    const [name = '', entry] = each.split('=');
    return entry === undefined ? [] : [[name, entry] as const];
  });
}

function settingsOf(file: ConfigFile, name: string, workload: FileWorkload, problems: Problem[]): WorkloadSettings {
  const { settings, params, trials } = workload;
  const given = new Map<string, Given[]>();
  for (const [key, stated] of Object.entries(settings)) {
    const spec = settingSpec(key);
    if (spec === undefined || stated === undefined) continue;
    const raw = fromFolder(spec.kind, stated, file.folder);
    given.set(key, parse(spec, { origin: 'file', raw, where: placeInFile(file, ['workloads', name, key], raw) }, problems));
  }
  const decided = stated(given);
  return {
    ...NO_SETTINGS,
    ...decided,
    own: ownOf(given),
    place: (key) => file.place(['workloads', name, ...(key === undefined ? [] : [key])]),
    params: givenParams(params),
    ...present('trials', trials && trialsOf(file, ['workloads', name, 'trials'], trials, decided.repeats, problems)),
  };
}

/** The settings that are no options. */
function stated(given: ReadonlyMap<string, readonly Given[]>): Partial<Pick<WorkloadSettings, 'enabled' | 'entry' | 'repeats' | 'seed'>> {
  const value = (key: string) => given.get(key)?.[0]?.value;
  return {
    ...present('enabled', value('enabled') as boolean | undefined),
    ...present('entry', value('entry') as string | undefined),
    ...present('repeats', value('repeats') as number | undefined),
    ...present('seed', value('seed') as number | undefined),
  };
}

function ownOf(given: ReadonlyMap<string, readonly Given[]>): Map<WorkloadKey, readonly Given[]> {
  return new Map([...given].filter((each): each is [WorkloadKey, Given[]] => isOfWorkload(each[0]) && each[1].length > 0));
}

function givenParams(params: FileWorkload['params']): GivenParams {
  return new Map(Object.entries(params).map(([key, given]) => [key, [given]]));
}

/** Not a number alone, which a map of JavaScript would put before the other names. */
const TRIAL = /^(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;

function trialsOf(
  file: ConfigFile,
  path: DocumentPath,
  trials: readonly FileTrial[],
  repeats: number | undefined,
  problems: Problem[],
): GivenTrial[] {
  const wrong = trials.filter(({ name }) => !TRIAL.test(name));
  problems.push(
    ...wrong.map(({ name }) => ({ where: file.place([...path, name]), message: wrongValue(MUST.trialName, showScalar(name)) })),
  );
  if (trials.length === 0) problems.push({ where: file.place(path), ...NO_TRIALS });
  const count = trials.length * (repeats ?? 1);
  if (count > MOST_TRIALS) problems.push({ where: file.place(path), message: tooManyTrials(MOST_TRIALS, trials.length, repeats) });
  return trials.map(({ name, params }) => ({ name, params: givenParams(params), place: () => file.place([...path, name]) }));
}

function assignmentsOf({ value: text, where }: Given, example: string, problems: Problem[]): Assignment[] {
  const { assignments, wrong } = parseAssignments(text as string);
  problems.push(...wrong.map((part) => ({ where: where(), ...wrongAssignment(part.replace(/=.+$/s, '=…'), example) })));
  return assignments;
}

/** Adds a param before those of sources with lower priority. */
function withParam(known: WorkloadSettings, { key, value }: Assignment, { origin }: Given, where: string): WorkloadSettings {
  const param = { raw: value, origin, source: () => where };
  return { ...known, params: new Map([...known.params, [key, [param, ...(known.params.get(key) ?? [])]]]) };
}

/** Adds a setting before those of sources with lower priority. */
function withSetting(
  known: WorkloadSettings,
  { workload, key, value: raw }: Assignment,
  { origin }: Given,
  where: string,
  problems: Problem[],
): WorkloadSettings {
  const spec = settingSpec(key);
  if (spec === undefined) {
    problems.push({ where, ...unknownSetting(key, Object.keys(SETTINGS), hintForSetting(workload, key)) });
    return known;
  }
  const given = parse(spec, { origin, raw, where: () => where }, problems);
  const own = isOfWorkload(key) ? new Map([...known.own, [key, [...given, ...(known.own.get(key) ?? [])]] as const]) : known.own;
  return { ...known, ...stated(new Map([[key, given]])), own };
}
