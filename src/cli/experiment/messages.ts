import type { AxisValues, PlannedRamp, ScoreRule } from '../../experiment/experiment-plan';
import { valuesNamed } from '../../report/messages';
import { shellWord } from '../../text/shell-word';

/** Every message and note of the verbs for experiments. Messages about the file of an experiment are in src/experiment/messages.ts. */

export const FILE_REQUIRED = {
  where: 'argument FILE',
  message: 'is required',
  hint: 'name a file, or an experiment of the catalog such as fio-bench/quick',
};

export function oneFile(count: number) {
  return { where: 'argument FILE', message: `must be given once, got ${count}` };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** @param hours rounded */
export function experimentSizes(of: { groups: number; cells: number; trials: number; records: number }, hours: string): string {
  const { groups, cells, trials, records } = of;
  return `${counted(groups, 'group')}, ${counted(cells, 'cell')}, ${counted(trials, 'trial')}, ${counted(records, 'record')}; about ${hours}, one group after another\n`;
}

export function peakSizes(vcpus: number, memory: string, disks: string): string {
  return `peak: ${counted(vcpus, 'vCPU')}, ${memory} memory, ${disks} of data disks\n`;
}

/** @param most VMs of other workloads, in the group that has the most */
export function vmsBeside(most: number): string {
  return `VMS are those that are measured; next to them, a group has up to ${counted(most, 'other VM')}\n`;
}

/** @param classes those of the pools */
export function ofPools(classes: readonly string[]): string {
  return `pools: an administrator creates them before the groups; storage classes: ${classes.join(', ') || 'none'}\n`;
}

export function ofBaseline(values: AxisValues): string {
  return `baseline: ${valuesNamed(values)}\n`;
}

/** @param limit with its unit */
export function ofRamp({ axis, counts, until: { of, above } }: PlannedRamp, limit: string): string {
  return `ramp: ${axis} ${counts[0]} to ${counts.at(-1)}, until ${of} ${above === undefined ? '<' : '>'} ${limit}\n`;
}

export function ofScore({ of, where, weight }: ScoreRule): string {
  return `score: ${of}${onlyFor(where)}, weight ${weight}\n`;
}

/** @param what as in `iops at least 500` */
export function expected(what: string, where: AxisValues): string {
  return `expected: ${what}${onlyFor(where)}\n`;
}

export function ofTuning(tuning: string): string {
  return `tuning: ${tuning}\n`;
}

function onlyFor(where: AxisValues): string {
  return Object.keys(where).length === 0 ? '' : `, for ${valuesNamed(where)}`;
}

/** @param folder of the experiment */
export function applyPools(folder: string): string {
  return `kubectl apply --server-side -k ${shellWord(`${folder.replace(/\/+$/, '')}/pools`)}`;
}

/** @param command that creates them */
export function poolsFirst(command: string): string {
  return `pools: an administrator creates them before the groups: ${command}`;
}

/** A duration in seconds, as minutes, hours or days. */
export function about(seconds: number): string {
  if (seconds < 5400) return `${Math.max(1, Math.round(seconds / 60))} min`;
  if (seconds < 172_800) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} days`;
}
