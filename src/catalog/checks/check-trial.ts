import type { Problem } from '../../errors';
import { formatPath } from '../../schema/schema-errors';
import { CONTROL } from '../../text/control';
import { nearest } from '../../text/suggest';
import type { DocumentPath } from '../../yaml/yaml-file';
import { type ParamSpec, SINGLE_ROLE } from '../entry';
import { needsOneKey } from '../messages/entry';
import * as say from '../messages/trials';
import { paramValue } from '../params/param-value';
import { neededValues, wrongNeeds } from '../params/read-params';
import { repeated } from '../problems';
import { trialFiles } from '../units/trial-files';
import { unitRole } from '../units/unit-name';
import type { RawEntry } from './raw-entry';
import { notUnique, roleNames, wrongValue } from './workload-problems';

type Rule = (entry: RawEntry, params: readonly ParamSpec[]) => Problem[];

const RULES: readonly Rule[] = [unitNames, oneTrial, ofTrialUnit, resultKeys, resultUnits, resultNeeds, someTime, durations, parts];

/** Rules for the units of a trial, and for `results` and `trial` of workload.yaml. */
export function checkTrial(entry: RawEntry, params: readonly ParamSpec[]): Problem[] {
  return RULES.flatMap((rule) => rule(entry, params));
}

/** Files of trial units, each with its role. */
function trialsOf(entry: RawEntry): { file: string; role: string }[] {
  const roles = entry.data.roles ? roleNames(entry) : [SINGLE_ROLE];
  return roles.flatMap((role) => {
    const { trial: file } = trialFiles(role, entry.data.roles !== undefined);
    return entry.unitFiles.includes(file) && unitRole(file, roles) === role ? [{ file, role }] : [];
  });
}

/** The words of the format, where they stand for something else. */
function unitNames(entry: RawEntry): Problem[] {
  const { shown, unitFiles, data, incomplete } = entry;
  if (data.roles || incomplete.has('roles')) return [];
  const rename = (file: string, to: string) => (unitFiles.includes(file) ? [{ where: `${shown}/${file}`, ...say.wrongTrialName(to) }] : []);
  return [
    ...rename('workload-trial.service', 'trial.service'),
    ...(trialsOf(entry).length > 0 ? rename('workload-prepare.service', 'prepare.service') : []),
  ];
}

function oneTrial(entry: RawEntry): Problem[] {
  const [first, ...others] = trialsOf(entry);
  return others.map(({ file }) => ({ where: `${entry.shown}/${file}`, message: say.secondTrial(first?.file ?? '') }));
}

/** `results` and a trial unit need each other. */
function ofTrialUnit(entry: RawEntry): Problem[] {
  const { data, file, shown, incomplete, unitFiles } = entry;
  if (incomplete.has('roles')) return [];
  const [trial] = trialsOf(entry);
  if (trial) {
    const hasResults = data.results !== undefined || incomplete.has('results');
    return hasResults ? [] : [{ where: `${shown}/${trial.file}`, ...say.NO_RESULTS }];
  }
  const names = data.roles ? roleNames(entry).map((role) => trialFiles(role, true).trial) : [trialFiles(SINGLE_ROLE, false).trial];
  const isNear = (file: string) => file.endsWith('-trial.service') || (nearest(file, names) !== undefined && file !== 'prepare.service');
  const near = unitFiles.find(isNear);
  return (['results', 'trial'] as const).flatMap((key) =>
    data[key] === undefined ? [] : [{ where: file.locate([key]), ...say.noTrialUnit(key, names, near) }],
  );
}

function resultKeys(entry: RawEntry): Problem[] {
  // Unlike map, flatMap skips the holes that wrong items leave.
  return notUnique(
    entry,
    repeated(entry.data.results ?? [], ({ key }) => key),
    ['results'],
    'key',
  );
}

function resultUnits(entry: RawEntry): Problem[] {
  return (entry.data.results ?? []).flatMap(({ unit }, index) =>
    unit !== '' && !CONTROL.test(unit) ? [] : [wrongValue(entry, ['results', index, 'unit'], say.WRONG_UNIT, unit)],
  );
}

function resultNeeds({ data, file, incomplete }: RawEntry, params: readonly ParamSpec[]): Problem[] {
  if (incomplete.has('params')) return [];
  return (data.results ?? []).flatMap((result, index) =>
    (['needs', 'unless'] as const).flatMap((which) => {
      const path = ['results', index, which];
      return Object.entries(neededValues(file, data.params ?? [], result[which] ?? {}, path)).flatMap(([key, values]) =>
        wrongNeeds(params, key, values, formatPath([...path, key])).map((message) => ({ where: file.locate([...path, key]), message })),
      );
    }),
  );
}

function someTime({ data: { trial }, file }: RawEntry): Problem[] {
  if (trial === undefined) return [];
  if (trial.duration === undefined && trial.fixed === undefined)
    return [{ where: file.locate(['trial']), message: needsOneKey('trial', ['duration', 'fixed']) }];
  const isIdle = trial.parts !== undefined && trial.duration === undefined;
  return isIdle ? [{ where: file.locate(['trial', 'parts']), ...say.PARTS_OF_NOTHING }] : [];
}

/** A time limit follows from these params, so they must be counts of seconds. */
function durations(entry: RawEntry, params: readonly ParamSpec[]): Problem[] {
  const keys = entry.data.trial?.duration ?? [];
  const isSeconds = ({ type, minimum = -1 }: ParamSpec) => type === 'int' && minimum >= 0;
  const seconds = params.flatMap((param) => (isSeconds(param) ? param.key : []));
  const wrong = entry.incomplete.has('params') ? [] : keys.filter((key) => !seconds.includes(key));
  return [
    ...wrong.map((key) => ({
      where: entry.file.locate(['trial', 'duration', keys.indexOf(key)]),
      ...say.durationOfNoSeconds(key, nearest(key, seconds)),
    })),
    ...notUnique(
      entry,
      repeated(keys, (key) => key),
      ['trial', 'duration'],
    ),
  ];
}

function parts(entry: RawEntry, params: readonly ParamSpec[]): Problem[] {
  if (entry.incomplete.has('params')) return [];
  const keys = params.flatMap(({ key }) => key);
  return Object.entries(entry.data.trial?.parts ?? {}).flatMap(([key, values]) => {
    const path: DocumentPath = ['trial', 'parts', key];
    const param = params.filter((each) => each.key === key)[0];
    if (!param) return [{ where: entry.file.locate(path), ...say.partsOfNoParam(key, keys, nearest(key, keys)) }];
    return Object.keys(values).flatMap((value) => {
      const result = paramValue(param, value);
      if ('value' in result) return [];
      return [{ where: entry.file.locate([...path, value]), message: say.impossiblePart(formatPath(path), key, result.must, value) }];
    });
  });
}
