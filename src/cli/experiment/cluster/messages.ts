/** Every message and hint of the verbs that run experiments. */
import type { Problem } from '../../../errors';
import type { AxisValues } from '../../../experiment/experiment-plan';
import type { RampVisit } from '../../../report/experiment-results';
import { valuesNamed } from '../../../report/messages';
import { shellWord } from '../../../text/shell-word';
import { show } from '../../../text/show';

// The arguments

export function oneSource(verb: string, given: readonly string[]): Problem {
  return {
    where: `virtwork experiment ${verb}`,
    message: `takes one experiment, got ${given.length === 0 ? 'none' : given.join(' ')}`,
    hint: 'name an experiment file, an experiment of the catalog such as fio-bench/quick, or a folder that virtwork experiment synth wrote',
  };
}

export function noPlan(folder: string): Problem {
  return { where: folder, message: 'has no plan.json', hint: 'run: virtwork experiment synth FILE, and name the folder that it writes' };
}

/** @param why the first error; empty: it is not JSON */
export function wrongPlan(file: string, why: string): Problem {
  return {
    where: file,
    message: `must be a plan of virtwork (virtwork.plan/1)${why && `: ${why}`}`,
    hint: 'run: virtwork experiment synth FILE',
  };
}

/** @param why empty if it is not JSON */
export function wrongPlanOfRun(file: string, why: string): Problem {
  return { ...wrongPlan(file, why), hint: 'undo the change; or use another folder: -o DIR' };
}

export function wrongParallel(got: unknown): Problem {
  return { where: 'flag --parallel', message: `must be a number of groups from 1 to 99, got ${show(String(got))}` };
}

export function wrongOnly(got: string): Problem {
  return { where: 'flag --only', message: `must be AXIS=GLOB, got ${show(got)}`, hint: "for example: --only 'storage=rbd*'" };
}

export function unknownAxis(axis: string, known: readonly string[]): Problem {
  return { where: 'flag --only', message: `the experiment has no axis ${show(axis)}; it has ${known.join(', ') || 'none'}` };
}

export function noValue(axis: string, glob: string, values: readonly string[]): Problem {
  return { where: 'flag --only', message: `no value of ${axis} matches ${show(glob)}; it has ${values.join(', ')}` };
}

export function noGroup(given: readonly string[]): Problem {
  return { where: 'flag --only', message: `no cell of the experiment matches ${given.join(' and ')} together` };
}

export const EMPTY_COMMAND: Problem = { where: 'flag --on-complete', message: 'must be a command, got an empty string' };

// The folder of a run

/** Between the value of a run and that of the experiment. */
export const IN_EXPERIMENT = 'and in the experiment';

/** @param differences of its plan from that of the experiment */
export function otherPlan(folder: string, differences: string): Problem {
  return {
    where: folder,
    message: `is a run of another plan: ${differences}`,
    hint: 'use another folder: -o DIR; or the plan.json of this one',
  };
}

export function otherTuning(folder: string, has: string | undefined, wanted: string | undefined): Problem {
  const run = has === undefined ? 'a run without tuning' : `a run with the tuning ${show(has)}`;
  return {
    where: folder,
    message: `is ${run}, and the tuning is now ${show(wanted)}`,
    hint: 'use another folder: -o DIR; a run has one tuning',
  };
}

export function runExists(folder: string): Problem {
  return { where: folder, message: 'has a run of this plan', hint: 'use --resume to go on with it, or another folder: -o DIR' };
}

export function noRun(folder: string): Problem {
  return { where: folder, message: 'has no run of this plan', hint: 'omit --resume to begin one, or name its folder: -o DIR' };
}

/** A process that uses the folder of a run. */
export interface LockOwner {
  readonly pid: number;
  /** When it was started, because process IDs are used again. */
  readonly started?: string;
  readonly host: string;
  readonly since: string;
}

/** @param isHere whether the process is one of this machine; @param file its lock */
export function inUse(folder: string, { pid, host, since }: LockOwner, file: string, isHere: boolean): Problem {
  const hint = isHere
    ? `wait until it ends, or end it: kill ${pid}; then go on with --resume`
    : `wait until it ends; if it no longer runs on ${host}, remove the lock: rm ${shellWord(file)}`;
  return { where: folder, message: `is used by process ${pid} on ${host} since ${since}`, hint };
}

export function runFolderIs(folder: string): string {
  return `run folder: ${folder}`;
}

// The check

export function groupSkipped(id: string, why: readonly string[]): string {
  return `group ${id} is skipped: ${why.join('; ')}`;
}

/** @param where such as `namespace bench` */
export function groupsExist(
  groups: readonly string[],
  where: string,
  commands: { readonly resume: string; readonly remove: string },
): Problem {
  return {
    where,
    message: `has VMs of ${named(groups)} already, which may hold results`,
    hint: `to go on with their run: ${commands.resume}; or delete them: ${commands.remove}`,
  };
}

/** The errors name what it is. */
export const NEED_OF_ALL = 'something that every group needs is missing';

/** @param fit number of groups that can run */
export function checked(groups: number, fit: number, skipped: number): string {
  return `${fit} of ${groups} groups can run${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

// Progress

/** @param at position of the group, from 1 */
export function groupSays(at: number, of: number, id: string, what: string): string {
  return `group ${at} of ${of}, ${id}: ${what}`;
}

export interface Figures {
  readonly answering: number;
  readonly vms: number;
  readonly records: number;
  readonly planned: number;
  readonly why?: string;
}

/** @param left seconds of all groups */
export function groupProgress({ answering, vms, records, planned, why }: Figures, left: number, isMost: boolean): string {
  const waits = answering < vms && why !== undefined ? ` (${why})` : '';
  return `${answering} of ${vms} VMs answer${waits}, ${records} of ${planned} records; ${timeLeft(left, isMost)}`;
}

/** @param isMost it may also be less */
export function timeLeft(seconds: number, isMost: boolean): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${isMost ? 'at most' : 'about'} ${[...(hours > 0 ? [`${hours} h`] : []), ...(rest > 0 || hours === 0 ? [`${rest} min`] : [])].join(' ')} left`;
}

// Ramps

export const KEEP_WITH_RAMP: Problem = {
  where: 'flag --keep',
  message: 'cannot be used with a ramp: the VMs of one count would be a load for the next one',
  hint: 'omit --keep; or choose one count, for example: --only vm_count=4',
};

/** A group is measured as a further round. */
export function anotherRound(round: number): string {
  return `measuring it again, round ${round}: it is at the limit`;
}

export function cannotRun(count: number): string {
  return `${count} cannot run`;
}

/** How far a ramp went, for the summary of a run. */
export interface RampSummary {
  /** Of the other axes. */
  readonly values: AxisValues;
  readonly axis: string;
  /** The figure that has a limit. */
  readonly of: string;
  readonly within?: number;
  readonly beyond?: number;
  /** Whether the intervals of both edges are on their sides of the limit. */
  readonly decided: boolean;
  readonly counts: readonly (Omit<RampVisit, 'cell'> & { readonly group: string })[];
}

export interface RampPoint {
  readonly axis: string;
  readonly of: string;
  /** Of the other axes. */
  readonly values: AxisValues;
  readonly count: number;
  readonly outcome: RampVisit['outcome'];
  readonly decided: boolean;
  readonly rounds: number;
}

/** What a count showed. */
export function rampOutcome({ axis, of, values, count, outcome, decided, rounds }: RampPoint): string {
  const name = valuesNamed({ ...values, [axis]: String(count) });
  if (outcome === 'unknown') return `${name} has no ${of}: the ramp stops`;
  const times = rounds > 1 ? `, measured ${rounds} times` : '';
  return `${name} is ${outcome} the limit of ${of}${times}${decided ? '' : ', not decided'}`;
}

/** How far a ramp went. */
export function rampEnds({ values, axis, of, within, beyond, decided }: Omit<RampSummary, 'counts'>): string {
  const found = [
    ...(within === undefined ? [] : [`within its limit up to ${axis} ${within}`]),
    ...(beyond === undefined ? [] : [`beyond it from ${axis} ${beyond}`]),
  ];
  const name = Object.keys(values).length === 0 ? '' : ` ${valuesNamed(values)}`;
  const what = found.length === 0 ? 'nothing is known' : `${of} is ${found.join(', ')}`;
  return `ramp${name}: ${what}${decided || found.length === 0 ? '' : ' (not decided)'}`;
}

export function rampStops(left: string): string {
  return `the ramp stops, because the next count needs the cluster for itself: ${left}`;
}

export const COMPLETE = 'complete';
export const COMPLETE_BEFORE = 'complete already';
export const MEASURED_BEFORE = 'measured already';

/** @param why the first reasons; more: the number of others */
export function incomplete(why: string, more: number): string {
  return `incomplete: ${why}${more > 0 ? ` and ${more} more` : ''}`;
}

export function onceMore(groups: number): string {
  return `${groups === 1 ? '1 incomplete group is' : `${groups} incomplete groups are`} run once more`;
}

// The end

export function clusterName(namespace: string): string {
  return `the cluster, in namespace ${namespace}`;
}

/** @param place such as `the cluster`; @param commands what continues, and what deletes */
export function leftIn(
  place: string,
  groups: readonly string[],
  { resume, remove }: { readonly resume: string; readonly remove: string },
): string {
  return `left on ${place}: ${named(groups)}\n  to go on: ${resume}\n  to delete: ${remove}`;
}

/** After an interrupt. */
export const NOTHING_CHANGED = 'nothing was changed';

export function goOn(command: string): string {
  return `to go on: ${command}`;
}

export function endLine(complete: number, unneeded: number, groups: number, folder: string): string {
  return `${complete} of ${groups} groups complete${unneeded > 0 ? `, ${unneeded} not needed` : ''}; records: ${folder}`;
}

/** @param why the exit code or the reason */
export function commandFailed(command: string, why: string): string {
  return `the command of --on-complete failed (${why}): ${command}`;
}

/** The command that goes on with a run. @param options flags with their values */
export function resumeCommand(source: string, folder: string, options: readonly (readonly [flag: string, value?: string])[]): string {
  const flags = options.map(([flag, value]) => (value === undefined ? flag : `${flag} ${shellWord(value)}`));
  return ['virtwork experiment run', shellWord(source), '--resume', '-o', shellWord(folder), ...flags].join(' ');
}

/** The command that deletes groups, without virtwork. */
export function removeCommand(namespace: string, groups: readonly string[]): string {
  const [only = ''] = groups;
  const selector = groups.length === 1 ? `virtwork/group=${only}` : `'virtwork/group in (${groups.join(',')})'`;
  return `kubectl delete vm,sts,svc,secret,dv,pvc -n ${namespace} -l ${selector}`;
}

function named(groups: readonly string[]): string {
  return `${groups.length === 1 ? 'group' : 'groups'} ${groups.join(', ')}`;
}

// Collect

/** @param groups that a ramp measures again: their records belong to a further round */
export function notCollected(groups: readonly string[]): string {
  return `not collected, because a ramp measures them again: ${groups.join(', ')}; use virtwork experiment run --resume`;
}

export function nothingToCollect(namespace: string): Problem {
  return {
    where: `namespace ${namespace}`,
    message: 'has no VMs of this experiment',
    hint: 'run: virtwork experiment run, or kubectl apply --server-side -k dist/NAME/groups/ID',
  };
}

// Discover

export const NO_CLASSES: Problem = {
  where: 'cluster',
  message: 'has no storage classes',
  hint: 'create one, or ask an administrator; run: kubectl get storageclass',
};

export const NO_PROFILES = 'storage profiles could not be listed: volume modes and access modes are not known';
