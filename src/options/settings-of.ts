import type { Problem } from '../errors';
import { showScalar } from '../text/show';
import type { DocumentPath } from '../yaml/yaml-file';
import type { ConfigFile, FileTrial, FileWorkload } from './config-file';
import type { Folded, Given } from './fold';
import type { Kind } from './kinds';
import { NO_TRIALS, tooManyTrials, wrongAssignment } from './messages';
import { present } from './present';
import { MUST, wrongValue } from './value-messages';
import { type GivenParams, type GivenTrial, MOST_TRIALS, parseAssignments, SETTINGS, type WorkloadSettings } from './workload-settings';

/** The settings of each workload, from the file and from `params` of flags and the environment. */
export function workloadSettings({ given }: Folded, file: ConfigFile, problems: Problem[]): Map<string, WorkloadSettings> {
  const all = new Map([...file.workloads].map(([name, workload]) => [name, settingsOf(file, name, workload, problems)]));
  for (const each of given.params.toReversed()) assign(all, each, problems);
  return all;
}

function settingsOf(file: ConfigFile, name: string, workload: FileWorkload, problems: Problem[]): WorkloadSettings {
  const { settings, params, trials } = workload;
  const setting = (key: string): unknown => {
    const raw = settings[key];
    if (raw === undefined) return undefined;
    const parsed = (SETTINGS[key] as Kind).parse(raw);
    if ('value' in parsed) return parsed.value;
    problems.push({ where: file.place(['workloads', name, key]), message: wrongValue(parsed.must, showScalar(raw)) });
    return undefined;
  };
  const repeats = setting('repeats') as number | undefined;
  return {
    enabled: (setting('enabled') as boolean | undefined) ?? true,
    ...present('vmCount', setting('vm_count') as number | undefined),
    ...present('cpuCores', setting('cpu_cores') as number | undefined),
    ...present('memory', setting('memory') as string | undefined),
    place: (key) => file.place(['workloads', name, ...(key === undefined ? [] : [key])]),
    params: givenParams(params),
    ...present('trials', trials && trialsOf(file, ['workloads', name, 'trials'], trials, repeats, problems)),
    ...present('repeats', repeats),
  };
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

/** Adds the params of one source before those of sources with lower priority. */
function assign(settings: Map<string, WorkloadSettings>, { value: text, origin, where }: Given, problems: Problem[]): void {
  if (text === '') return;
  const { assignments, wrong } = parseAssignments(text as string);
  problems.push(...wrong.map((part) => ({ where: where(), ...wrongAssignment(part.replace(/=.+$/s, '=…')) })));
  for (const { workload, key, value } of assignments) {
    const known = settings.get(workload) ?? { enabled: true, params: new Map() as GivenParams };
    const param = { raw: value, origin, source: () => `${where()} ${workload}.${key}` };
    settings.set(workload, { ...known, params: new Map([...known.params, [key, [param, ...(known.params.get(key) ?? [])]]]) });
  }
}
