/** Every message about the results of an experiment. */
import type { AxisValues } from '../experiment/experiment-plan';
import { show } from '../text/show';

export const THE_RECORD = 'the record';
export const EMPTY = 'the file is empty';

/** @param part from 1 */
export function partOf(file: string, part: number): string {
  return `${file} part ${part}`;
}

// Files

export const NO_RECORDS = {
  message: 'the folder has no files with records (*.gz)',
  hint: 'get the results first: virtwork results -o DIR',
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

export const ONE_RUN = { message: 'must be given one run folder, or files with records', hint: 'run: virtwork experiment compare RUN RUN' };
export const MANIFESTS = {
  message: 'has manifests, not records',
  hint: 'run: virtwork experiment run, and report the run folder that it prints',
};
export const NO_SOURCE = { message: 'needs a run folder, or files with records', hint: 'run: virtwork experiment report results.gz' };

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

/** @param place of the record that counts */
export function duplicate(place: string): string {
  return `the trial has another record, which counts: ${place}`;
}

/** A VM whose name is not known. */
export function unnamedVm(index: number): string {
  return `VM ${index}`;
}

// What is missing

export const NO_RECORD = 'no record';

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
export function ofRepeat(repeat: number, vms: readonly string[], what: string): string {
  return `repeat ${repeat}: ${what} (${andMore(vms)})`;
}

function andMore(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

export function errorsIn(repeat: number, metric: string, count: number): string {
  return `repeat ${repeat}: ${metric} is ${figure(count)}`;
}

export function overlapOf(repeat: number, share: number): string {
  return `repeat ${repeat}: the VMs measured at different times (overlap ${percent(share)}), so their figures do not add up`;
}

export function startedApart(repeat: number, vms: readonly string[]): string {
  return `repeat ${repeat}: not all VMs started together (${andMore(vms)}), and when they measured is not known`;
}

export function metricMissing(repeat: number, metric: string, vms: readonly string[]): string {
  return `repeat ${repeat}: some VMs report ${metric}, but not ${andMore(vms)}`;
}

// Flags

export function unsteady(of: string, repeats: readonly number[], spread: number, slope: number): string {
  return `${of} was not steady in ${repeatsNamed(repeats)}: spread up to ${percent(spread)}, slope up to ${percent(slope)}`;
}

export function guestBusy(share: number): string {
  return `the CPUs of a guest were ${figure(share)} % busy: the VM may have been the limit, not the storage`;
}

export function stolen(share: number): string {
  return `${figure(share)} % of the CPU time of a guest was stolen: the node was busy with something else`;
}

/** @param size as the param says, such as 8G */
export function readAgain(times: number, size: string): string {
  return `each block was read ${figure(times)} times on average: a cache of ${size} or more for each VM may have answered`;
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
    ({ key, unit, own, beneath, ratio: value, low, high }) =>
      `${key} is ${amount(own, unit)}, and ${amount(beneath, unit)} in ${layer} (${ratio(value, low, high)})`,
  );
  return (
    `faster than ${layer}, the layer beneath: ${each.join('; ')}. A cache answered, or one of the measurements is wrong: ` +
    'look for a cache of the disk, the node or the storage, measure a larger size, and measure both layers again on the same nodes'
  );
}

function repeatsNamed(repeats: readonly number[]): string {
  return `repeat${repeats.length === 1 ? '' : 's'} ${repeats.join(', ')}`;
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

export function valuesNamed(values: AxisValues): string {
  return (
    Object.entries(values)
      .map(([axis, value]) => `${axis}=${value}`)
      .join(' ') || 'the only cell'
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

/** A figure with its interval. */
export function amountWith(
  { mean, low, high }: { readonly mean?: number; readonly low?: number; readonly high?: number },
  unit: string,
): string {
  const interval = low === undefined || high === undefined ? '' : ` [${amount(low, unit)}, ${amount(high, unit)}]`;
  return `${amount(mean ?? Number.NaN, unit)}${interval}`;
}

export const NO_BASELINE_CELL = 'no cell of the baseline to compare with';
export const ONE_REPEAT = 'one repeat';

// Figures

/** Four significant digits. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e15 || Math.abs(rounded) < 1e-6
    ? rounded.toExponential()
    : rounded.toLocaleString('en', { maximumFractionDigits: 20 });
}

/** Units of metrics, and what larger ones are called. */
const LARGER: { readonly [unit: string]: readonly (readonly [factor: number, unit: string])[] } = {
  ns: [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ],
  s: [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ],
  'B/s': [
    [2 ** 30, 'GiB/s'],
    [2 ** 20, 'MiB/s'],
    [2 ** 10, 'KiB/s'],
  ],
};

/** A figure with its unit, such as `4.21 ms` for 4210000 ns. */
export function amount(value: number, unit: string): string {
  const scales = LARGER[unit] ?? [];
  const [factor, scaled] = scales.find(([least]) => Math.abs(value) >= least) ?? [1, unit];
  const text = figure(value / factor);
  if (scaled === '1' || scaled === '') return text;
  return scaled.startsWith('1/') ? `${text}${scaled.slice(1)}` : `${text} ${scaled}`;
}

/** Not rounded up: what is below a limit is shown below it. */
export function percent(share: number): string {
  return `${figure(Math.floor(share * 1000 + TINY) / 10)} %`;
}

/** An error of rounding. */
const TINY = 1e-6;

export function ratio(value: number, low?: number, high?: number): string {
  const interval = low === undefined || high === undefined ? '' : ` [${times(low)}, ${times(high)}]`;
  return `${times(value)}×${interval}`;
}

function times(value: number): string {
  if (value >= 100) return figure(value);
  return value < 0.1 ? String(Number(value.toPrecision(2))) : value.toFixed(2);
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

// The answer

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
