/** Every message and hint about results. */
import { KIND } from '../text/messages';
import { show, showScalar } from '../text/show';
import type { Overlap } from './overlap';
import type { Barrier } from './result';

/** What is wrong with a part of an answer. */
export type Fault =
  | 'truncated'
  | 'damaged'
  | 'garbage'
  | 'too-large'
  | 'too-many'
  | 'not-json'
  | 'wrong-shape'
  | 'missing-state'
  | 'other-vm'
  | 'other-group'
  | 'other-plan'
  | 'repeated'
  | 'missing';

const FAULTS: { readonly [fault in Fault]: string } = {
  truncated: 'ends early',
  damaged: 'is damaged',
  garbage: 'is not compressed with gzip',
  'too-large': 'is larger than any record may be',
  'too-many': 'is more than a VM may answer',
  'not-json': 'is not JSON',
  'wrong-shape': 'does not have the required format',
  'missing-state': 'is missing: the answer is empty',
  'other-vm': 'is of another VM',
  'other-group': 'is of another group',
  'other-plan': 'is of another list of trials',
  repeated: 'occurs twice in one answer',
  missing: 'is listed by the guest, but is not in its answer',
};

/**
 * @param what such as `record 003`
 * @param detail such as the field. @default none
 */
export function faulty(what: string, fault: Fault, detail = ''): string {
  return `${what} ${FAULTS[fault]}${detail && `: ${detail}`}`;
}

export function recordNamed(trial: string): string {
  return `record ${trial}`;
}

/** The first part of an answer. */
export const STATE = 'the state of the trials';

/** @param position from 1 */
export function partNamed(position: number): string {
  return `part ${position} of the answer`;
}

/** @param path of the field, such as /metrics/iops; @param must what it must be, in the words of ajv */
export function wrongField(path: string, must: string, got?: unknown): string {
  return `${path || 'it'} ${must}${got === undefined ? '' : `, got ${show(got)}`}`;
}

/** @param got its field `schema` */
export function notFormat(format: string, got: unknown): string {
  return `schema must be ${format}, got ${got === undefined ? KIND.none : showScalar(got)}`;
}

/** @param got what the record says */
export function says(got: string): string {
  return `it says ${show(got)}`;
}

// Guests that do not answer with results

export const SILENT = 'does not answer';
export const NOT_YET = 'has no state of its trials yet';
export const GARBAGE = 'answers something that is not HTTP';
export const NO_RESULTS =
  'has no results: its workload is not measured, or the guest is of an older virtwork; apply the base again and restart the VM';

/** @param type content type; empty: none */
export function notResults(type: string): string {
  return `answers ${type ? show(type) : 'without a content type'} instead of results`;
}

export function badStatus(status: number): string {
  return `answers with status ${status}`;
}

/** @param cut why, as `Cut` */
export function incomplete(cut: string): string {
  return `does not complete its answer (${cut})`;
}

// Plans

/** @param vms a VM of each plan, with its plan */
export function severalPlans(group: string, vms: readonly (readonly [vm: string, plan: string])[]): string {
  const each = vms.map(([vm, plan]) => `${vm} ${plan.slice(0, 'sha256:'.length + 12)}`);
  return `the VMs of group ${group} have different lists of trials: ${each.join(', ')}; apply the base again and restart them`;
}

/** @param found number of its VMs that exist */
export function vmsMissing(group: string, found: number, expected: number): string {
  return `group ${group} has ${expected} VMs by its records, but only ${found} of them exist: the results of the others are missing; apply the base again`;
}

// Times of the VMs of a group

export function lowestOverlap({ group, trial, name, share }: Overlap): string {
  return `overlap of the VMs of group ${group}: at least ${percent(share)} of each trial (lowest: ${trial}, ${name})`;
}

/** @param overlaps of trials of one group, the lowest first; not empty */
export function measuredApart(overlaps: readonly Overlap[]) {
  const [{ group, share }] = overlaps as [Overlap];
  const trials = trialsNamed(overlaps.map(({ trial }) => trial));
  return {
    where: `group ${group}`,
    message: `the VMs measured ${trials} at different times (lowest overlap: ${percent(share)}), so their figures do not add up`,
    hint: 'compare "window" in the records; longer trials overlap more',
  };
}

/** Never rounded up: what is below a limit is shown below it. */
function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}

// Outcomes

/** @param why empty: not known */
export function trialFailed(trial: string, name: string, outcome: string, why: string): string {
  return `trial ${trial} (${name}) ${outcomeOf(outcome, why)}`;
}

/** What happened to a trial: `failed: exit status 1`. @param why empty: not known */
export function outcomeOf(outcome: string, why: string): string {
  return `${OUTCOMES[outcome] ?? outcome}${why && `: ${why}`}`;
}

const OUTCOMES: { readonly [outcome: string]: string } = {
  failed: 'failed',
  timeout: 'was stopped at its time limit',
  'no-result': 'left no valid result',
};

/** @param trials their IDs; @param how what their barriers say */
export function startedApart(trials: readonly string[], how: string): string {
  return `${trialsNamed(trials)} did not start on all VMs together${how && `: ${how}`}`;
}

/** How many VMs were not there at the start, and how late this VM was. Empty: not known. */
export function barrierOf({ expected, arrived, ahead = 0, late }: Barrier): string {
  const missing = arrived === undefined ? 0 : expected - arrived - ahead;
  const others = [
    ...(missing > 0 ? [`${missing} of ${expected} VMs had not come`] : []),
    ...(ahead > 0 ? [`${ahead} of ${expected} VMs had gone on to a later trial`] : []),
  ];
  // Where all were there, only this VM can have been late.
  const isLate = late !== undefined && (late >= LATE || others.length === 0);
  return [...others, ...(isLate ? [`this VM started ${late.toFixed(1)} s after the start of the group`] : [])].join(', ');
}

/** Seconds that a unit may take to start without being late. */
const LATE = 1;

/** @param trials their IDs */
export function startedAlone(trials: readonly string[]): string {
  return `${trialsNamed(trials)} started alone: VM 0 of the group did not answer, or did not give the start`;
}

function trialsNamed(trials: readonly string[]): string {
  return `trial${trials.length === 1 ? '' : 's'} ${trials.slice(0, 3).join(', ')}${trials.length > 3 ? ` and ${trials.length - 3} more` : ''}`;
}

export function andMore(count: number): string {
  return `and ${count} more`;
}

// The folder of results

export function notAFolderOfResults(path: string) {
  return { where: path, message: 'must be a folder, and not a link', hint: 'use -o with another folder' };
}

export function tooManyVersions(path: string, most: number) {
  return { where: path, message: `has ${most} other records of this trial already`, hint: 'use -o with another folder' };
}
