import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ExperimentPlan, PlannedGroup } from '../experiment/experiment-plan';
import type { GroupFacts, RunFacts } from '../experiment/run-facts';
import { type Found, readSources } from './sources';

/** What was found in one round of a run. */
export interface Round {
  /** From 1. */
  readonly round: number;
  readonly found: Found;
}

/** Groups that a ramp measured again, with new VMs: `rounds/2/groups/ID` has what `groups/ID` has. */
const ROUNDS = 'rounds';

/** The folder of a round within that of a run. */
export function roundFolder(folder: string, round: number): string {
  return round === 1 ? folder : join(folder, ROUNDS, String(round));
}

/** The further rounds of a run, in their order. */
export function roundsIn(folder: string, cwd: string): Round[] {
  const path = resolve(cwd, folder, ROUNDS);
  const names = existsSync(path) ? readdirSync(path).filter((name) => /^([2-9]|[1-9]\d+)$/.test(name)) : [];
  return names
    .map(Number)
    .sort((a, b) => a - b)
    .map((round) => {
      const groups = join(roundFolder(folder, round), 'groups');
      return { round, found: existsSync(resolve(cwd, groups)) ? readSources([groups], cwd, [], true) : { records: [], broken: [] } };
    });
}

/** What was found of some groups. */
export function counted({ records, broken }: Found, counts: (group: string) => boolean): Found {
  return {
    records: records.filter(({ group }) => counts(group)),
    broken: broken.filter(({ group }) => group === undefined || counts(group)),
  };
}

/** Whether the facts of a run say that a round of a group was measured, with or without records. */
export function isInFacts(facts: RunFacts | undefined, group: string, round: number): boolean {
  const first = facts?.groups?.[group];
  return typeof (round === 1 ? first : first?.rounds?.[round])?.seconds === 'number';
}

/** The facts without groups that do not count. */
export function knownFacts(facts: RunFacts | undefined, counts: (group: string, round: number) => boolean): RunFacts | undefined {
  if (typeof facts?.groups !== 'object' || facts.groups === null) return facts;
  const groups = Object.entries(facts.groups).flatMap(([id, { rounds, ...group }]): [string, GroupFacts][] => {
    if (!counts(id, 1)) return [];
    const known = Object.entries(rounds ?? {}).filter(([round]) => counts(id, Number(round)));
    return [[id, { ...group, ...(known.length > 0 ? { rounds: Object.fromEntries(known) } : {}) }]];
  });
  return { ...facts, groups: Object.fromEntries(groups) };
}

/**
 * The plan with the trials of further rounds, and the records of all rounds: trial 001 of round 2 is trial 001.2, and its repeats come after
 * those of round 1, as if the experiment had more of them.
 */
export function withRounds(
  plan: ExperimentPlan,
  rounds: readonly Round[],
  facts: RunFacts | undefined,
): { readonly plan: ExperimentPlan; readonly found: Found } {
  const later = rounds.filter(({ round }) => round > 1);
  const groups = plan.groups.map((group): PlannedGroup => {
    const own = later.filter(
      ({ round, found }) => found.records.some((record) => record.group === group.id) || isInFacts(facts, group.id, round),
    );
    const further = own.flatMap(({ round }) =>
      group.trials.map((trial) => ({ ...trial, id: trialOf(trial.id, round), repeat: repeatOf(plan, trial.repeat, round) })),
    );
    return further.length === 0 ? group : { ...group, trials: [...group.trials, ...further] };
  });
  const records = rounds.flatMap(({ round, found }) =>
    found.records.map((record) => ({ ...record, trial: trialOf(record.trial, round), repeat: repeatOf(plan, record.repeat, round) })),
  );
  const broken = rounds.flatMap(({ round, found }) =>
    found.broken.map((each) => (each.trial === undefined ? each : { ...each, trial: trialOf(each.trial, round) })),
  );
  return { plan: { ...plan, groups }, found: { records, broken } };
}

function trialOf(id: string, round: number): string {
  return round === 1 ? id : `${id}.${round}`;
}

function repeatOf({ repeats }: ExperimentPlan, repeat: number, round: number): number {
  return repeat + (round - 1) * repeats;
}
