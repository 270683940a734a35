import type { Problem } from '../../errors';
import type { EntryRole, TrialUnits } from '../entry';
import * as say from '../messages/trials';
import type { Text } from '../messages/wording';
import { effective, type Given, isOn, type MergedUnit, UNKNOWN } from './merged';
import { triggeredUnit } from './triggers';
import { wrongValue } from './values';
import { splitWords } from './words';

const NEEDS_OTHER = ['Requires', 'BindsTo', 'BindTo', 'Requisite'];
const STARTS_OTHER = ['Requires', 'BindsTo', 'BindTo', 'Wants', 'Upholds', 'OnFailure', 'OnSuccess'];

/** Rules for the units of a role that can be measured. */
export function trialUnitProblems(unit: MergedUnit, { trial }: Pick<EntryRole, 'trial'>): Problem[] {
  if (!trial) return [];
  const needs = needsMain(unit, trial);
  if (unit.name === trial.unit.name) return [...ofTrial(unit), ...ownLimit(unit), ...needs];
  if (unit.name === trial.prepare?.name) return [...ofTrial(unit), ...timeout(unit), ...needs];
  return [...startsTrial(unit, trial), ...needs];
}

function ofTrial(unit: MergedUnit): Problem[] {
  const type = effective(unit, 'Service', 'Type', 'service_type');
  const restart = effective(unit, 'Service', 'Restart', 'service_restart');
  const install = unit.assignments.find(({ section }) => section === 'Install');
  return [
    ...(type === 'oneshot' ? [] : [at(unit, last(unit, 'Type'), say.NOT_ONESHOT)]),
    ...(['', 'no'].includes(restart) ? [] : [at(unit, last(unit, 'Restart'), say.notInTrial(`Restart=${restart}`, say.WHY.restart))]),
    ...(isOn(unit, 'Service', 'RemainAfterExit')
      ? [at(unit, last(unit, 'RemainAfterExit'), say.notInTrial('RemainAfterExit=yes', say.WHY.remain))]
      : []),
    ...(install ? [at(unit, install, say.notInTrial('an [Install] section', say.WHY.install, 'section'))] : []),
  ];
}

/** The plan sets the time limit of a trial. */
function ownLimit(unit: MergedUnit): Problem[] {
  const given = last(unit, 'TimeoutStartSec');
  return given ? [at(unit, given, say.notInTrial('TimeoutStartSec=', say.WHY.limit))] : [];
}

/** By default, a unit of this type may take any time. */
function timeout(unit: MergedUnit): Problem[] {
  const given = unit.assignments.findLast(
    ({ section, name, value }) =>
      section === 'Service' &&
      ['TimeoutStartSec', 'TimeoutSec'].includes(name) &&
      (value.includes(UNKNOWN) || wrongValue('service_timeout', value) === undefined),
  );
  const ends = given !== undefined && !/^(infinity|0+[a-z]*|)$/.test(given.value);
  return ends ? [] : [at(unit, given, say.NO_TIMEOUT)];
}

/** Another unit must not start a trial, or its preparation: that would be a start without the variables of a trial. */
function startsTrial(unit: MergedUnit, { unit: own, prepare }: TrialUnits): Problem[] {
  const text = unit.assignments.map(({ name, value }) => `${name}=${value}`).join('\n');
  const triggered = triggeredUnit(unit.name, text);
  return [own, ...(prepare ? [prepare] : [])].flatMap(({ name }) => [
    ...(name === triggered ? [{ where: unit.source, ...say.startsTrial(name, 'unit') }] : []),
    ...references(unit, STARTS_OTHER, name).map((given) => at(unit, given, say.startsTrial(name, 'line'))),
  ]);
}

/** No unit may need the load whose place the trials take. */
function needsMain(unit: MergedUnit, { main }: TrialUnits): Problem[] {
  if (main === undefined) return [];
  return references(unit, NEEDS_OTHER, main).map((given) => at(unit, given, say.needsMain(`${given.name}=${main}`)));
}

/** The lines with one of these directives that name another unit. */
function references(unit: MergedUnit, directives: readonly string[], other: string): Given[] {
  return unit.assignments.filter(({ name, value }) => directives.includes(name) && splitWords(value)?.some(({ text }) => text === other));
}

function last(unit: MergedUnit, name: string): Given | undefined {
  return unit.assignments.findLast((each) => each.name === name);
}

function at(unit: MergedUnit, given: Given | undefined, text: Text): Problem {
  return { where: given ? `${given.source}:${given.line}` : unit.source, ...text };
}
