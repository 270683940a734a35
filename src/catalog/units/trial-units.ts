import type { Problem } from '../../errors';
import type { EntryRole, TrialUnits } from '../entry';
import * as say from '../messages/trials';
import type { Text } from '../messages/wording';
import { effective, type Given, isOn, type MergedUnit, UNKNOWN } from './merged';
import { triggeredUnit } from './triggers';
import { splitWords } from './words';

const NEEDS_OTHER = ['Requires', 'BindsTo', 'BindTo', 'Requisite'];

/** Rules for the units of a role that can be measured. */
export function trialUnitProblems(unit: MergedUnit, { trial }: Pick<EntryRole, 'trial'>): Problem[] {
  if (!trial) return [];
  const isPrepare = unit.name === trial.prepare?.name;
  if (unit.name === trial.unit.name) return ofTrial(unit);
  return isPrepare ? [...ofTrial(unit), ...timeout(unit)] : others(unit, trial);
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
    ...(install ? [at(unit, install, say.notInTrial('an [Install] section', say.WHY.install))] : []),
  ];
}

/** By default, a unit of this type may take any time. */
function timeout(unit: MergedUnit): Problem[] {
  const given = unit.assignments.findLast(({ name }) => name === 'TimeoutStartSec' || name === 'TimeoutSec');
  const ends = given !== undefined && (given.value.includes(UNKNOWN) || !/^(infinity|0+[a-z]*|)$/.test(given.value));
  return ends ? [] : [at(unit, given, say.NO_TIMEOUT)];
}

/** Another unit must neither start a trial nor need the load whose place the trials take. */
function others(unit: MergedUnit, { unit: own, prepare, main }: TrialUnits): Problem[] {
  const text = unit.assignments.map(({ name, value }) => `${name}=${value}`).join('\n');
  const triggered = triggeredUnit(unit.name, text);
  const starts = [own.name, prepare?.name].find((name) => name !== undefined && name === triggered);
  const needs = unit.assignments.filter(
    ({ name, value }) => NEEDS_OTHER.includes(name) && main !== undefined && splitWords(value)?.some((word) => word.text === main),
  );
  return [
    ...(starts === undefined ? [] : [{ where: unit.source, ...say.startsTrial(starts) }]),
    ...needs.map((given) => at(unit, given, say.needsMain(`${given.name}=${main}`))),
  ];
}

function last(unit: MergedUnit, name: string): Given | undefined {
  return unit.assignments.findLast((each) => each.name === name);
}

function at(unit: MergedUnit, given: Given | undefined, text: Text): Problem {
  return { where: given ? `${given.source}:${given.line}` : unit.source, ...text };
}
