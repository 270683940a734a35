import { EXIT, formatProblem } from '../../errors';
import {
  andMore,
  barrierOf,
  lowestOverlap,
  measuredApart,
  severalPlans,
  startedAlone,
  startedApart,
  trialFailed,
  vmsMissing,
} from '../../results/messages';
import { ENOUGH, type Overlap, overlapsOf } from '../../results/overlap';
import type { VmResults } from '../../results/vm-results';
import type { Log } from '../context';
import { table } from '../table';
import { NO_ANSWER, phaseOf, progressLine, totals, WRONG_ANSWER } from './messages';

/** Reasons of one VM that a table shows; the others are counted. */
const REASONS = 3;

/** What is known of each VM as a table, with the totals, and how far the VMs of each group measured at the same time. */
export function resultsTable(vms: readonly VmResults[]): string {
  const rows = vms.map((vm) => [vm.name, vm.group || '-', doneOf(vm), String(failedOf(vm)), stateOf(vm), reasons(vm) || '-']);
  const planned = vms.reduce((sum, { state }) => sum + (state?.planned ?? 0), 0);
  const done = vms.reduce((sum, vm) => sum + vm.records.length - failedOf(vm), 0);
  const good = vms.filter(({ isGood }) => isGood).length;
  const lines = [totals(good, vms.length, done, planned), ...overlapsByGroup(vms).map(([lowest]) => lowestOverlap(lowest))];
  return `${table(['VM', 'GROUP', 'DONE', 'FAILED', 'STATE', 'WHY'], rows)}${lines.join('\n')}\n`;
}

/** The overlaps of the trials of each group, the lowest first. */
function overlapsByGroup(vms: readonly VmResults[]): [Overlap, ...Overlap[]][] {
  const groups = new Map<string, [Overlap, ...Overlap[]]>();
  for (const overlap of overlapsOf(vms.flatMap(({ records }) => records))) {
    const known = groups.get(overlap.group);
    if (known) known.push(overlap);
    else groups.set(overlap.group, [overlap]);
  }
  for (const each of groups.values()) each.sort((a, b) => a.share - b.share);
  return [...groups.values()];
}

/** @returns a function that logs each VM whose state has changed */
export function changes(log: Log): (vms: readonly VmResults[]) => void {
  const said = new Map<string, string>();
  return (vms) => {
    for (const vm of vms) {
      const line = progressLine(vm.name, doneOf(vm), failedOf(vm), stateOf(vm), reasons(vm));
      if (said.get(vm.name) !== line) log.info(line);
      said.set(vm.name, line);
    }
  };
}

/**
 * Reports groups whose VMs have different plans, or measured at different times, or that miss a VM.
 * @param hasWholeGroups these are all VMs of their groups
 * @returns the exit code
 */
export function verdict(vms: readonly VmResults[], hasWholeGroups: boolean, log: Log): number {
  const wrong = [...mixedGroups(vms), ...(hasWholeGroups ? incompleteGroups(vms) : [])];
  for (const message of wrong) log.error(formatProblem({ where: '', message }));
  for (const overlaps of overlapsByGroup(vms)) {
    const low = overlaps.filter(({ share }) => share < ENOUGH);
    if (low.length > 0) log.warn(formatProblem(measuredApart(low)));
  }
  return wrong.length === 0 && vms.every(({ isGood }) => isGood) ? EXIT.done : EXIT.no;
}

/** A comparison of such VMs would compare different trials. */
function mixedGroups(vms: readonly VmResults[]): string[] {
  const plans = new Map<string, Map<string, string>>();
  for (const { name, group, state } of vms) {
    if (!state) continue;
    const known = plans.get(group) ?? new Map<string, string>();
    if (!known.has(state.plan)) known.set(state.plan, name);
    plans.set(group, known);
  }
  return [...plans]
    .filter(([, known]) => known.size > 1)
    .map(([group, known]) =>
      severalPlans(
        group,
        [...known].map(([plan, vm]) => [vm, plan]),
      ),
    );
}

/** The records say how many VMs started together. */
function incompleteGroups(vms: readonly VmResults[]): string[] {
  const groups = new Map<string, { vms: number; expected: number }>();
  for (const { group, records } of vms) {
    const known = groups.get(group) ?? { vms: 0, expected: 0 };
    known.vms += 1;
    for (const { barrier } of records) known.expected = Math.max(known.expected, barrier.expected);
    groups.set(group, known);
  }
  return [...groups]
    .filter(([, known]) => known.vms < known.expected)
    .map(([group, known]) => vmsMissing(group, known.vms, known.expected));
}

function doneOf(vm: VmResults): string {
  return `${vm.records.length - failedOf(vm)}/${vm.state?.planned ?? '-'}`;
}

function failedOf({ records }: VmResults): number {
  return records.filter(({ outcome }) => outcome !== 'done').length;
}

function stateOf({ trouble, state }: VmResults): string {
  if (trouble) return NO_ANSWER[trouble.kind];
  return state ? phaseOf(state.phase, state.running ?? '') : WRONG_ANSWER;
}

/** Why a VM is not complete, or why its figures may not be what they seem. */
function reasons({ trouble, state, faults, records }: VmResults): string {
  const by = (outcome: string) => records.filter(({ barrier }) => barrier.outcome === outcome);
  const alone = by('alone');
  const apart = new Map<string, string[]>();
  for (const { trial, barrier } of by('partial')) {
    const how = barrierOf(barrier);
    apart.set(how, [...(apart.get(how) ?? []), trial]);
  }
  const all = [
    ...(trouble ? [trouble.message] : []),
    ...(state?.why ? [state.why] : []),
    ...faults.map(({ message }) => message),
    ...records.filter(({ outcome }) => outcome !== 'done').map(({ trial, name, outcome, why }) => trialFailed(trial, name, outcome, why)),
    ...(alone.length > 0 ? [startedAlone(alone.map(({ trial }) => trial))] : []),
    ...[...apart].map(([how, trials]) => startedApart(trials, how)),
  ];
  const shown = [...all.slice(0, REASONS), ...(all.length > REASONS ? [andMore(all.length - REASONS)] : [])].join('; ');
  // A guest must not be able to add a line to the progress.
  return shown.replace(/\s+/g, ' ');
}
