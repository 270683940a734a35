/** Every message about the results of an experiment. */
import type { AxisValues } from '../experiment/experiment-plan';
import { show } from '../text/show';
import { number, percent, quantity, ratio } from './quantity';

export const THE_RECORD = 'the record';
export const EMPTY = 'the file is empty';

/** @param part from 1 */
export function partOf(file: string, part: number): string {
  return `${file} part ${part}`;
}

// Files

export const NO_RECORDS = {
  message: 'the folder has no files with records (*.gz)',
  hint: 'get them with: virtwork experiment collect dist/NAME -o DIR, or virtwork experiment run FILE --resume -o DIR',
};

export const NO_SUCH_FILE = 'no such file or folder';

/** @param what the file is instead */
export function isNotReadable(what: string): string {
  return `must be a file with records, got ${what}`;
}

// Plans

export function notAPlan(detail: string) {
  return { message: `must be a plan of virtwork experiment synth: ${detail}`, hint: 'use --plan with the plan.json of dist/NAME' };
}

export const NOT_JSON = 'it is not JSON';

export function danglingPlan(what: string, name: string): string {
  return `it refers to ${what} ${show(name)}, which it does not have`;
}

/** @param group of a record */
export function planOfOtherRecords(name: string, group: string) {
  return {
    message: `the plan of ${name} has no group of the records, such as ${group}`,
    hint: 'use the plan of their experiment, or omit --plan to find it in dist/',
  };
}

/** @param tried files that were read */
export function noPlanFound(tried: readonly string[]) {
  const searched = tried.length === 0 ? 'no dist/*/plan.json exists' : `searched: ${tried.join(', ')}`;
  return {
    message: `no plan has the groups of these records (${searched})`,
    hint: 'use --plan with the plan.json that virtwork experiment synth wrote next to the manifests',
  };
}

export function severalPlansFit(paths: readonly string[]) {
  return { message: `several plans have the groups of these records: ${paths.join(', ')}`, hint: 'use --plan with one of them' };
}

/** @param path of the plan that was found */
export function planUsed(path: string): string {
  return `plan of the records: ${path}`;
}

/** @param file with results */
export function planNotUsed(file: string) {
  return { message: `cannot be used with ${file}, which has results of its own plan`, hint: 'omit --plan, or name the files with records' };
}

/** @param paths as the user named them */
export function oneRun(paths: readonly string[]) {
  return {
    where: 'argument RUN',
    message: `must be one run folder, one results.json, or files with records, got ${paths.join(' ')}`,
    hint: 'report them one by one, or run: virtwork experiment compare RUN RUN',
  };
}

export const MANIFESTS = {
  message: 'has manifests, not records',
  hint: 'run: virtwork experiment run, and report the run folder that it prints',
};
export const NO_SOURCE = {
  message: 'needs a run folder, a results.json, or files with records',
  hint: 'run: virtwork experiment report results.gz',
};

export function notARun(detail: string) {
  return {
    message: `must be a run folder with a plan.json, or a results.json: ${detail}`,
    hint: 'write one with: virtwork experiment report RESULTS.gz -o json > results.json',
  };
}

// Records that do not count

export function negative(path: string, got: number): string {
  return `${path} must not be negative, got ${got}`;
}

export function tooLarge(path: string, most: number, got: number): string {
  return `${path} must be at most ${most}, got ${got}`;
}

export function binsUnordered(path: string, last: number, next: number): string {
  return `${path}/bins must be in increasing order, got ${next} after ${last}`;
}

export function countDiffers(path: string, count: number, sum: number): string {
  return `${path}/count must be the sum of its bins, ${sum}, got ${count}`;
}

export function otherVmThanState(vm: string, state: string): string {
  return `the record is of another VM than the state before it: ${vm}, not ${state}`;
}

export function otherOwner(what: 'VM' | 'group', got: string, folder: string): string {
  return `the record is of another ${what} than its folder: ${got}, not ${folder}`;
}

export function otherFile(got: string, file: string): string {
  return `the record is of another trial than its file: ${got}, not ${file}`;
}

export function otherPlan(group: string, got: string, planned: string): string {
  return `the record is of another list of trials than group ${group} of the plan: ${shortDigest(got)}, not ${shortDigest(planned)}`;
}

export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

export function noSuchGroup(group: string): string {
  return `the plan has no group ${group}`;
}

export function noSuchTrial(trial: string, count: number): string {
  return `the plan has no trial ${trial} in this group, which has ${count}`;
}

interface NamedTrial {
  readonly name: string;
  readonly repeat: number;
}

export function otherTrial(got: NamedTrial, planned: NamedTrial): string {
  return `the record says ${got.name} repeat ${got.repeat}, the plan ${planned.name} repeat ${planned.repeat}`;
}

export function otherUnit(key: string, got: string, planned: string): string {
  return `the histogram ${key} of the record has the unit ${show(got)}, in the plan ${show(planned)}`;
}

export function noSuchVm(vm: string, index: number, vms: number): string {
  return `the record is of another VM: ${vm} has index ${index}, but the group has ${vms} ${vms === 1 ? 'VM' : 'VMs'}, from 0`;
}

export function indexTaken(vm: string, index: number, name: string): string {
  return `the record is of another VM: ${vm} has the index ${index} of ${name}`;
}

export function otherParam(key: string, got: string, planned: string): string {
  return `param ${key} is ${show(got)}, in the plan ${show(planned)}`;
}

/**
 * @param place of the record that counts
 * @param differing what differs in it, if anything does
 */
export function duplicate(place: string, differing?: readonly string[]): string {
  const same = `the trial has another record, which counts: ${place}`;
  return differing === undefined ? same : `${same}; they differ${differing.length > 0 ? `: ${andMore(differing)}` : ''}`;
}

/** A figure of a record, and of the one that counts. */
export function otherFigure(key: string, got: number | undefined, counts: number | undefined): string {
  const named = (value: number | undefined) => (value === undefined ? 'absent' : number(value));
  return `${key} is ${named(got)}, in the other ${named(counts)}`;
}

/** A VM whose name is not known. */
export function unnamedVm(index: number): string {
  return `VM ${index}`;
}

// What is missing

export const NO_RECORD = 'no record';
export const REJECTED = 'record rejected';

export function noRecordsOf(vms: number): string {
  return `no records of its ${counted(vms, 'VM')}`;
}

// Counts of a ramp

/** What the reason of a count that was not measured begins with. */
export const NOT_MEASURED = 'not measured: ';
export const RAMP_ENDED = 'the ramp ended before';
export const RAMP_GOES_ON = 'the ramp has not ended';

export function isBeyondLimit(count: number): string {
  return `${count} is beyond the limit`;
}

export function isWithinLimit(count: number): string {
  return `${count} is within the limit`;
}

/** @param vms of the group that the ramp measures next */
export function rampGoesOn(vms: number): string {
  return `${noRecordsOf(vms)}: ${RAMP_GOES_ON}`;
}

/** @param vms those that the sentence is about */
export function ofVms(vms: readonly string[], what: string): string {
  return `${what} (${andMore(vms)})`;
}

/** @param outcome in words */
export function theTrial(outcome: string): string {
  return `the trial ${outcome}`;
}

/** @param repeats ascending */
export function inRepeats(repeats: readonly number[], what: string): string {
  return `${repeatsNamed(repeats)}: ${what}`;
}

export function errorsIn(metric: string, count: number): string {
  return `${metric} is ${number(count)}`;
}

/** @param share of the median of all VMs */
export function shareOfMedian(vm: string, metric: string, share: number): string {
  return `${vm} has only ${percent(share)} of the median ${metric} of the VMs`;
}

export function overlapOf(share: number): string {
  return `the VMs measured at different times (overlap ${percent(share)}), so their figures do not add up`;
}

export function startedApart(vms: readonly string[]): string {
  return `not all VMs started together (${andMore(vms)}), and when they measured is not known`;
}

export function metricMissing(metric: string, vms: readonly string[]): string {
  return `some VMs report ${metric}, but not ${andMore(vms)}`;
}

/** Names that a sentence lists; the others are counted. */
const NAMED = 3;

export function andMore(names: readonly string[], separator = ', '): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(separator) + (more > 0 ? `${separator === ', ' ? ' ' : separator}and ${more} more` : '');
}

/** Several reasons for one thing. */
export function reasonsNamed(why: readonly string[]): string {
  return andMore(why, '; ');
}

/** What a row is about, where several things have the same: `3 groups: a, b, c`. */
export function severalNamed(names: readonly string[], noun: string, separator = ', '): string {
  return names.length === 1 ? (names[0] as string) : `${names.length} ${noun}s: ${andMore(names, separator)}`;
}

/** Trials by their IDs: `4 trials: 002, 004 to 006`. @param ids ascending */
export function trialsNamed(ids: readonly string[]): string {
  const [only] = ids;
  return ids.length === 1 ? (only as string) : `${counted(ids.length, 'trial')}: ${andMore(ranges(ids))}`;
}

/** Whole numbers, of which three or more in a row are a range: `2`, `4 to 6`. @param numbers ascending */
function ranges(numbers: readonly (number | string)[]): string[] {
  const rows: (number | string)[][] = [];
  for (const each of numbers) {
    const row = rows.at(-1);
    if (row && Number(row.at(-1)) + 1 === Number(each)) row.push(each);
    else rows.push([each]);
  }
  return rows.flatMap((row) => (row.length > 2 ? [`${row[0]} to ${row.at(-1)}`] : row.map(String)));
}

export function moreRows(count: number): string {
  return `and ${count} more; the JSON output has all of them`;
}

/** Every one of a kind. */
export const ALL = 'all';

// Flags

export function unsteady(of: string, repeats: readonly number[], spread: number, slope: number): string {
  return `${of} was not steady in ${repeatsNamed(repeats)}: spread up to ${percent(spread)}, slope up to ${percent(slope)}`;
}

export function guestBusy(share: number): string {
  return `the CPUs of a guest were ${number(share)} % busy: the VM may have been the limit, not the storage`;
}

export function stolen(share: number): string {
  return `${number(share)} % of the CPU time of a guest was stolen: the node was busy with something else`;
}

/** @param size as the param says, such as 8G */
export function readAgain(times: number, size: string): string {
  return `each block was read ${number(times)} times on average: a cache of ${size} or more for each VM may have answered`;
}

export function rateNotReached(repeats: readonly number[], share: number): string {
  return `${repeatsNamed(repeats)} reached only ${percent(share)} of the rate`;
}

export function fewSamples(keys: readonly string[]): string {
  return `fewer than 10 samples lie beyond ${keys.join(', ')}, which ${keys.length === 1 ? 'is' : 'are'} therefore not shown`;
}

/** A figure of a layer, and of the one beneath it. */
export interface Faster {
  readonly key: string;
  readonly unit: string;
  readonly own: number;
  readonly beneath: number;
  readonly ratio: number;
  readonly low?: number;
  readonly high?: number;
}

/** @param layer the one beneath */
export function fasterThanBeneath(layer: string, figures: readonly Faster[]): string {
  const each = figures.map(
    ({ own, beneath, ratio: value, low, high, ...measure }) =>
      `${measure.key} is ${quantity(measure, own)}, and ${quantity(measure, beneath)} in ${layer} (${ratio(value, low, high)})`,
  );
  return (
    `faster than ${layer}, the layer beneath: ${each.join('; ')}. A cache answered, or one of the measurements is wrong: ` +
    'look for a cache of the disk, the node or the storage, measure a larger size, and measure both layers again on the same nodes'
  );
}

function repeatsNamed(repeats: readonly number[]): string {
  return `repeat${repeats.length === 1 ? '' : 's'} ${ranges(repeats).join(', ')}`;
}

// Score and expectations

export function cellIncomplete(values: AxisValues, why: string): string {
  return `${valuesNamed(values)} is incomplete: ${why}`;
}

export function noCell(where: AxisValues): string {
  return `no cell with ${valuesNamed(where)}`;
}

export function noFigure(values: AxisValues, of: string): string {
  return `${valuesNamed(values)} has no ${of}`;
}

/** A figure of a cell that has no ratio to another one. */
export function zeroFigure(values: AxisValues, of: string): string {
  return `${of} of ${valuesNamed(values)} is 0 in a repeat`;
}

export const THE_ONLY_CELL = 'the only cell';

export function valuesNamed(values: AxisValues): string {
  return (
    Object.entries(values)
      .map(([axis, value]) => `${axis}=${value}`)
      .join(' ') || THE_ONLY_CELL
  );
}

export function atMost(of: string, limit: string): string {
  return `${of} at most ${limit}`;
}

export function atLeast(of: string, limit: string): string {
  return `${of} at least ${limit}`;
}

export function worseByAtMost(of: string, share: number, baseline: AxisValues): string {
  return `${of} worse than ${valuesNamed(baseline)} by at most ${percent(share)}`;
}

export const NO_BASELINE_CELL = 'no cell of the baseline to compare with';
/** Below a table with intervals and verdicts. */
export const MANY_ROWS =
  'A verdict allows for the number of rows and for the bins of a percentile, an interval does not: "no difference shown" can stand next to an interval that excludes 1.';

export const ONE_REPEAT = 'one repeat';

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

// The answer

export function noRecordHas(of: string): string {
  return `no record has ${of}`;
}

export function noAnswer(why: string): string {
  return `No answer: ${why}.`;
}

export const ANSWER = {
  nothingRanked: 'No answer: nothing can be ranked, because every candidate misses a figure of the score.',
  nothingDecided: 'No answer: no comparison is decided. Differences can be shown from two repeats on, of complete cells.',
} as const;

export function ranksFirst(name: string, points: number): string {
  return `${name} ranks first, with ${points.toFixed(1)} of 100 points.`;
}

export function mostPoints(name: string, points: number): string {
  return `${name} has the most points, ${points.toFixed(1)} of 100. With one repeat, the order is not certain.`;
}

export function onlyOneRanked(name: string): string {
  return `No answer: only ${name} can be ranked, because the others miss a figure of the score.`;
}

export function mayBeFirst(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} may each rank first: the repeats do not tell them apart.`;
}

export function noDifference(count: number): string {
  return `No difference is shown in ${counted(count, 'comparison')} with the baseline.`;
}

export function someDifferences(count: number, better: number, worse: number): string {
  return `${better + worse} of ${counted(count, 'comparison')} with the baseline show a difference: ${better} better, ${worse} worse.`;
}

export function toldApart(complete: number, cells: number): string {
  return `${complete} of ${counted(cells, 'cell')} ${complete === 1 ? 'is' : 'are'} complete. The experiment has no score and no baseline, so nothing is compared.`;
}

// Several runs

export function otherPlanOfRun(run: string, first: string): string {
  return `${run} has another plan than ${first}: other settings, params or trials may explain differences`;
}

export function onlyIn(run: string, cells: number, first: string): string {
  return `${counted(cells, 'cell')} of ${run} ${cells === 1 ? 'has' : 'have'} no counterpart in ${first}`;
}

export function notIn(run: string, cells: number, first: string): string {
  return `${counted(cells, 'cell')} of ${first} ${cells === 1 ? 'has' : 'have'} no counterpart in ${run}`;
}

export function sameRunTwice(run: string) {
  return { where: run, message: 'must be given once', hint: 'name different runs' };
}

export const TWO_RUNS = { where: '', message: 'two or more runs are required', hint: 'run: virtwork experiment compare RUN RUN' };

/** What comparisons of one thing with another one show, by their number. */
export function comparedWith(
  name: string,
  baseline: string,
  { better, worse, all }: { better: number; worse: number; all: number },
): string {
  const figures = counted(all, 'figure');
  if (better + worse === 0) return `${name}: no difference from ${baseline} is shown in ${figures}.`;
  if (worse === 0) return `${name} is better than ${baseline} in ${better} of ${figures} and worse in none.`;
  if (better === 0) return `${name} is worse than ${baseline} in ${worse} of ${figures} and better in none.`;
  return `${name} is better than ${baseline} in ${better} and worse in ${worse} of ${figures}.`;
}

export function nothingCompared(name: string, baseline: string): string {
  return `${name} has no figure to compare with ${baseline}.`;
}

export function undecided(name: string, baseline: string, all: number): string {
  return `${name}: nothing is decided against ${baseline}, in ${counted(all, 'figure')}.`;
}

/** @param runs names */
export function notOneOfRuns(given: string, runs: readonly string[]) {
  return { where: 'flag --baseline', message: `must be one of the runs ${runs.join(', ')}, got ${show(given)}` };
}

/** The further round of a group in a ramp. */
export function inRound(group: string, round: string): string {
  return `${group}, round ${round}`;
}
