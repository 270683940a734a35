import type { PlannedGroup } from '../../experiment/experiment-plan';
import type { ResultsFolder } from '../../results/folder';
import type { VmResults } from '../../results/vm-results';
import { KubectlError } from '../client';
import { VM_MISSING } from '../messages';
import {
  CONTINUING,
  KEPT,
  leftRunning,
  NO_RECORD,
  NO_VMS,
  NOT_FINISHED,
  NOT_KNOWN,
  notAnswering,
  recordsMissing,
  STARTING_OVER,
} from './messages';
import type { GroupPlace, GroupVms, SilentVm } from './place';
import { type Missing, missingRecords } from './records';

export interface GroupProps {
  readonly place: GroupPlace;
  readonly folder: ResultsFolder;
  readonly group: PlannedGroup;
  /** Seconds that a VM may take for each step until its guest answers, and that a guest may be silent. */
  readonly timeout: number;
  /** Do not delete the VMs in the end. */
  readonly keep: boolean;
  /**
   * Delete VMs that do not answer, although they may hold records: a smaller number of VMs did, so that this one is too large, and the next one
   * of the ramp needs the place for itself. @default they are left
   */
  readonly deletesSilent?: boolean;
  /** Called with each step, in words. */
  readonly say: (message: string) => void;
  /** Called after each round of questions. */
  readonly progress: (progress: GroupProgress) => void;
  /** Called when the group may have VMs, and when everything of it is gone. */
  readonly standing: (isStanding: boolean) => void;
  /** Called when VMs are created, and those of an earlier attempt are gone. @param at when the first manifest was applied */
  readonly created: (at: Date) => void;
  /**
   * Called with facts of the VMs, by name: when all of them answer, and before they are deleted. An interrupt then loses none, and what the
   * VMs become later is known too.
   */
  readonly facts: (facts: { readonly [vm: string]: object }) => void;
}

export interface GroupProgress {
  readonly vms: number;
  /** VMs whose guests have answered. */
  readonly answering: number;
  /** Records that are stored, of this run of the VMs. */
  readonly records: number;
  readonly planned: number;
  /** Why a VM has not answered yet. @default all have, or it is not known */
  readonly why?: string;
}

/** What became of a group. */
export interface GroupResult {
  /** Empty: the group is complete. */
  readonly missing: readonly Missing[];
  /** A VM took longer than it may. */
  readonly isLate: boolean;
  /** Its VMs are rejected, or it has none: nothing was measured. @default it was */
  readonly isRejected?: true;
  /** What is left, in words. @default nothing */
  readonly left?: string;
}

/** Seconds between two rounds: few in the beginning, so that a short group ends soon. */
const FIRST_INTERVAL = 2;
const INTERVAL = 30;
const GROWTH = 1.5;
/** A VM that changes all the time, and never answers, may do so for this many times its limit. */
const PATIENCE = 6;

/**
 * Measures one group: creates its VMs, stores their records while they come, and deletes everything. VMs of it that exist are used if they can
 * still be complete; otherwise, what they hold is stored, and they are replaced.
 * @throws KubectlError when the cluster does not answer; Interrupted. Then its VMs are left as they are
 */
export async function measureGroup(props: GroupProps): Promise<GroupResult> {
  const { place, group, standing } = props;
  if (place.names.length === 0) return { missing: [{ why: NO_VMS }], isLate: false, isRejected: true };
  standing(true);
  const reused = await reuse(props);
  if (reused.result) return reused.result;
  // Records of an earlier attempt must not be mixed with those of VMs that start now.
  if (!reused.isContinued) props.folder.setAside(group.id);
  const at = new Date();
  const refused = await place.create();
  if (refused.length > 0) return { missing: refused, isLate: false, isRejected: true, ...(await removed(props, [])) };
  if (!reused.isContinued) props.created(at);
  return finish(props);
}

/** Waits for a group whose VMs are created, and ends it. */
async function finish(props: GroupProps): Promise<GroupResult> {
  const { place, group, folder } = props;
  const { results, states, isLate } = await wait(props);
  const missing = withReasons(missingRecords(folder, group, place.names), results, states);
  props.facts(await place.facts());
  return { missing, isLate, ...(await removed(props, mayHoldMore(props, results, place.names))) };
}

interface Reused {
  /** The VMs exist, and go on measuring. */
  readonly isContinued: boolean;
  /** They need not be applied again. @default they must be */
  readonly result?: GroupResult;
}

/**
 * Stores what existing VMs of the group hold. Afterwards, they are as they should be: all of them can still be complete, or none exists.
 */
async function reuse(props: GroupProps): Promise<Reused> {
  const { place, group, folder, say } = props;
  const { names } = place;
  const there = await place.existing();
  if (there.size === 0) return { isContinued: false };
  const isEnding = [...there.values()].includes('ending');
  const results = place.results(folder);
  await results.round();
  props.facts(await place.facts());
  if (missingRecords(folder, group, names).length === 0) {
    return { isContinued: true, result: { missing: [], isLate: false, ...(await removed(props, [])) } };
  }
  const isEnded = (name: string) => {
    const vm = results.find(name);
    return vm?.state?.phase === 'finished' && missingRecords(folder, group, [name]).length > 0;
  };
  if (!isEnding && names.every((name) => there.has(name)) && !names.some(isEnded)) {
    say(CONTINUING);
    return { isContinued: true };
  }
  const held = isEnding ? [] : mayHoldMore(props, results, names);
  const kept = (left: string): Reused => ({
    isContinued: true,
    result: { missing: missingRecords(folder, group, names), isLate: false, left },
  });
  if (held.length > 0) return kept(leftRunning(held));
  say(STARTING_OVER);
  const { left } = await removed({ ...props, keep: false }, []);
  return left === undefined ? { isContinued: false } : kept(left);
}

interface Waited {
  readonly results: GroupVms;
  readonly states: readonly SilentVm[];
  readonly isLate: boolean;
}

/** Asks the guests until each of them is finished, or is late. */
async function wait(props: GroupProps): Promise<Waited> {
  const { place, folder, group, timeout, progress, say } = props;
  const { names } = place;
  const results = place.results(folder);
  const signs = new Map<string, Sign>();
  const began = Date.now();
  let states: readonly SilentVm[] = [];
  let why: string | undefined;
  let hasFacts = false;
  for (let interval = FIRST_INTERVAL; ; interval = Math.min(interval * GROWTH, INTERVAL)) {
    try {
      await results.round();
      // The reasons are of interest while guests do not answer.
      const all = names.every((name) => hasAnswered(results.find(name)));
      states = all ? [] : await place.states();
      if (all && !hasFacts) props.facts(await place.facts());
      hasFacts ||= all;
      why = undefined;
    } catch (error) {
      // A long measurement must not end because the API server restarts.
      if (!(error instanceof KubectlError) || !error.problem.transient) throw error;
      if (why === undefined) say(notAnswering(error.problem.message));
      why = error.problem.message;
    }
    const now = Date.now();
    const reasons = new Map(states.map((state) => [state.name, state]));
    for (const name of names) lookAt(signs, name, { vm: results.find(name), state: reasons.get(name), now });
    const limits = { began, now, timeout, measuring: timeout + 2 * group.seconds };
    const late = names.filter((name) => !isSettled(results.find(name)) && isLate(signs.get(name) as Sign, limits));
    progress(progressOf(group, names, results, reasons));
    if (names.every((name) => isSettled(results.find(name)) || late.includes(name))) {
      return { results, states, isLate: late.length > 0 };
    }
    await place.pause(interval * 1000);
  }
}

function hasAnswered(vm: VmResults | undefined): boolean {
  return vm?.state !== undefined && vm.trouble === undefined;
}

/** Its guest has finished all trials, and what it holds is stored; or it is stopped. Records of an earlier run of the VM do not count. */
function isSettled(vm: VmResults | undefined): boolean {
  if (!vm || vm.trouble) return vm?.trouble?.kind === 'halted' && vm.trouble.message !== VM_MISSING;
  return vm.state !== undefined && (vm.state.phase === 'finished' || vm.state.left === 0);
}

/** The last change of a VM. */
interface Sign {
  readonly text: string;
  readonly at: number;
  readonly isMeasuring: boolean;
}

interface Look {
  readonly vm: VmResults | undefined;
  readonly state: SilentVm | undefined;
  readonly now: number;
}

function lookAt(signs: Map<string, Sign>, name: string, { vm, state, now }: Look): void {
  const isMeasuring = hasAnswered(vm);
  const guest = isMeasuring ? [vm?.state?.boot, vm?.state?.phase, vm?.state?.running, vm?.state?.left] : [];
  const text = JSON.stringify([...guest, state?.status, state?.phase, state?.node, state?.why]);
  if (signs.get(name)?.text !== text) signs.set(name, { text, at: now, isMeasuring });
}

interface Limits {
  readonly began: number;
  readonly now: number;
  /** Seconds. */
  readonly timeout: number;
  /** Seconds that a guest may take for one step of its trials. Its own units have limits too. */
  readonly measuring: number;
}

function isLate({ at, isMeasuring }: Sign, { began, now, timeout, measuring }: Limits): boolean {
  if (isMeasuring) return now - at > measuring * 1000;
  return now - at > timeout * 1000 || now - began > PATIENCE * (timeout + measuring) * 1000;
}

function progressOf(
  group: PlannedGroup,
  names: readonly string[],
  results: GroupVms,
  states: ReadonlyMap<string, SilentVm>,
): GroupProgress {
  const silent = names.find((name) => !hasAnswered(results.find(name)));
  const reason = silent === undefined ? undefined : (results.find(silent)?.trouble?.message ?? '');
  const why = silent === undefined ? undefined : states.get(silent)?.why || reason;
  return {
    vms: names.length,
    answering: names.filter((name) => hasAnswered(results.find(name))).length,
    records: names.reduce((sum, name) => sum + (results.find(name)?.state?.records.length ?? 0), 0),
    planned: names.length * group.trials.length,
    ...(why ? { why: `${silent}: ${why}` } : {}),
  };
}

/** The VMs whose guests run, and may hold records that are not stored. */
function mayHoldMore({ deletesSilent }: GroupProps, results: GroupVms, names: readonly string[]): string[] {
  const kinds = deletesSilent === true ? ['forbidden'] : ['unreachable', 'forbidden', 'silent', 'other'];
  return names.filter((name) => {
    const { trouble, faults = [], state } = results.find(name) ?? {};
    if (trouble) return kinds.includes(trouble.kind) && (state?.records.length ?? 1) > 0;
    return faults.some(({ fault }) => fault === 'missing' || fault === 'truncated');
  });
}

/** One line for a VM without any record, instead of one for each trial. */
function withReasons(missing: readonly Missing[], results: GroupVms, states: readonly SilentVm[]): Missing[] {
  const byVm = new Map<string, Missing[]>();
  for (const each of missing) byVm.set(each.vm ?? '', [...(byVm.get(each.vm ?? '') ?? []), each]);
  return [...byVm].flatMap(([vm, all]) => {
    const { trouble, faults = [], state } = results.find(vm) ?? {};
    const why = states.find(({ name }) => name === vm)?.why ?? trouble?.message ?? faults[0]?.message ?? state?.why;
    const absent = all.filter(({ why: reason }) => reason === NO_RECORD);
    if (absent.length === 0) return all;
    const reason = why || (state && state.phase !== 'finished' ? NOT_FINISHED : NOT_KNOWN);
    return [{ vm, why: recordsMissing(absent.length, reason) }, ...all.filter((each) => !absent.includes(each))];
  });
}

/** Deletes the group, unless its VMs are to be kept or hold what is not stored. */
async function removed(props: GroupProps, holders: readonly string[]): Promise<{ readonly left?: string }> {
  const { keep, say } = props;
  if (keep) {
    say(KEPT);
    return { left: KEPT };
  }
  if (holders.length > 0) return { left: leftRunning(holders) };
  return removeGroup(props);
}

/** Deletes everything of a group. @returns what is left, in words */
export async function removeGroup({ place, standing }: Pick<GroupProps, 'place' | 'standing'>): Promise<{ readonly left?: string }> {
  const { left } = await place.remove();
  if (left !== undefined) return { left };
  standing(false);
  return {};
}
