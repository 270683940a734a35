import type { YamlFile } from '../yaml/yaml-file';
import type { Axis, AxisValue } from './axes';
import type { Combination, Matrix } from './cells';
import type { AxisValues } from './experiment-plan';
import { groupId, groupWord, sha256, trialName, trialWord, withDigest } from './names';
import type { PodImage } from './pod/pod-image';
import { mapAt, type Piece, piecesOf } from './source';

/** A combination in its group. */
export interface Cell {
  readonly values: AxisValues;
  /** Name of its trials. */
  readonly trial: string;
}

/** The combinations with equal settings. */
export interface Group {
  readonly id: string;
  readonly settings: AxisValues;
  /** By key. */
  readonly own: ReadonlyMap<string, Piece>;
  readonly workloads: ReadonlyMap<string, Piece>;
  /** @default the trials run in VMs */
  readonly pod?: PodImage;
  /** By name, what differs between the trials. */
  readonly trials: ReadonlyMap<string, ReadonlyMap<string, Piece>>;
  readonly cells: readonly Cell[];
}

/** Name of the trial of a group that has one. */
const DEFAULT = 'default';

/** The groups in the order of their first combinations. */
export function groupsOf(name: string, file: YamlFile, { axes, combinations }: Matrix): Group[] {
  const names = trialNames(axes, combinations);
  const groups = new Map<string, Combination[]>();
  const keys = axes.map((axis) => new Map(axis.values.map((value) => [value.name, groupKey(axis, value)])));
  for (const combination of combinations) {
    const key = JSON.stringify(combination.map((value, index) => keys[index]?.get(value.name)));
    const known = groups.get(key);
    if (known) known.push(combination);
    else groups.set(key, [combination]);
  }
  const taken = new Set<string>();
  return [...groups.values()].map((members) => groupOf(name, file, axes, members, names, taken));
}

/** What of a value decides about its group: the value itself, but of an axis that changes params too, only its settings. */
function groupKey({ kind }: Axis, value: AxisValue): string | undefined {
  if (kind === 'params') return undefined;
  return kind === 'settings' ? value.name : sha256([...[[...value.settings], [...value.workloads]].map(valuesOf), ...imageOf(value.pod)]);
}

/** What of an image decides about the group: not its place in the file. */
function imageOf(pod: PodImage | undefined) {
  if (!pod) return [];
  const { from: _, ...image } = pod;
  return [image];
}

function valuesOf(pieces: readonly (readonly [string, Piece])[]) {
  return pieces.map(([key, { value }]) => [key, value]);
}

function groupOf(
  name: string,
  file: YamlFile,
  axes: readonly Axis[],
  members: readonly Combination[],
  names: ReadonlyMap<string, string>,
  taken: Set<string>,
): Group {
  const first = members[0] as Combination;
  const ofVms = axes.flatMap((axis, index) => {
    const [value, others] = [first[index] as AxisValue, members.map((member) => (member[index] as AxisValue).name)];
    return axis.kind !== 'params' && new Set(others).size === 1 ? [{ axis, value }] : [];
  });
  const common = piecesOf(mapAt(file.data, 'settings'), ['settings']);
  const own = new Map([...common, ...first.flatMap(({ settings }) => [...settings])]);
  const beside = piecesOf(mapAt(file.data, 'workloads'), ['workloads']);
  const stated = first.flatMap((value) => [...value.workloads]);
  const removed = new Set(stated.flatMap(([key, { value }]) => (value === null ? [key] : [])));
  const workloads = new Map([...beside, ...stated].filter(([key]) => !removed.has(key)));
  const pod = first.find((value) => value.pod)?.pod;
  const words = ofVms.map(({ axis, value }) => groupWord(axis, value));
  const content = [valuesOf([...own]), valuesOf([...workloads]), ...imageOf(pod)];
  const decides = [name, ofVms.map(({ axis, value }) => [axis.name, value.name]), ...content];
  const id = untaken(taken, (salt) => groupId(words.length > 0 ? words : [name], salt === 0 ? decides : [decides, salt]));
  const trials = new Map<string, ReadonlyMap<string, Piece>>();
  const cells = members.map((member): Cell => {
    const trial = names.get(trialKey(axes, member)) ?? DEFAULT;
    trials.set(trial, new Map(member.flatMap(({ params }) => [...params])));
    return { trial, values: Object.fromEntries(axes.map((axis, index) => [axis.name, (member[index] as AxisValue).name])) };
  });
  const settings = Object.fromEntries(ofVms.map(({ axis, value }) => [axis.name, value.name]));
  return { id, settings, own, workloads, ...(pod ? { pod } : {}), trials, cells };
}

function untaken(taken: Set<string>, make: (salt: number) => string): string {
  let salt = 0;
  while (taken.has(make(salt))) salt += 1;
  const id = make(salt);
  taken.add(id);
  return id;
}

/** Names of trials by {@link trialKey}; the same in all groups. */
function trialNames(axes: readonly Axis[], combinations: readonly Combination[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const combination of combinations) {
    const key = trialKey(axes, combination);
    if (names.has(key)) continue;
    const words = axes.flatMap((axis, index) => (axis.kind === 'settings' ? [] : [trialWord(axis, combination[index] as AxisValue)]));
    const name = words.length === 0 ? DEFAULT : trialName(words);
    const free = taken.has(name) ? withDigest(name, words) : name;
    taken.add(free);
    names.set(key, free);
  }
  return names;
}

function trialKey(axes: readonly Axis[], combination: Combination): string {
  return JSON.stringify(axes.flatMap(({ kind }, index) => (kind === 'settings' ? [] : [(combination[index] as AxisValue).name])));
}
