import { isDeepStrictEqual } from 'node:util';
import type { ExperimentPlan, PlannedGroup, PlannedTrial } from '../experiment/experiment-plan';
import {
  duplicate,
  indexTaken,
  noSuchGroup,
  noSuchTrial,
  noSuchVm,
  otherFigure,
  otherParam,
  otherPlan,
  otherTrial,
  otherUnit,
  unnamedVm,
} from './messages';
import type { TrialRecord } from './record';
import type { Broken, Found } from './sources';

/** The records of an experiment. */
export interface Collected {
  /** By group, VM index and ID of the trial. */
  readonly groups: ReadonlyMap<string, GroupRecords>;
  readonly broken: readonly Broken[];
}

export interface GroupRecords {
  /** Names of the VMs, by index. A VM without a record has the name that follows from the others; without any, `VM 3`. */
  readonly vms: readonly string[];
  /** By index of the VM and ID of the trial. */
  readonly records: ReadonlyMap<string, TrialRecord>;
  /** VM and ID of the trial of each record that does not count. */
  readonly rejected: ReadonlySet<string>;
}

export function keyOf(index: number, trial: string): string {
  return `${index} ${trial}`;
}

/** Assigns records to the groups of a plan. What does not fit is reported as broken. */
export function collect(plan: ExperimentPlan, { records, broken }: Found): Collected {
  const units = new Map(plan.metrics.filter(({ vms }) => vms === 'merge').map(({ key, unit }) => [key, unit]));
  const drafts = new Map(plan.groups.map((group) => [group.id, new Draft(group, units)]));
  const wrong = records.flatMap((record): Broken[] => {
    const draft = drafts.get(record.group);
    return draft ? draft.add(record) : [brokenOf(record, noSuchGroup(record.group))];
  });
  const all = [...broken, ...wrong];
  const rejected = new Map(plan.groups.map(({ id }) => [id, new Set<string>()]));
  for (const { group = '', vm, trial } of all) rejected.get(group)?.add(`${vm} ${trial}`);
  const groups = [...drafts].map(([id, draft]): [string, GroupRecords] => [id, draft.finished(rejected.get(id) ?? new Set())]);
  return { groups: new Map(groups), broken: all };
}

function brokenOf({ place, group, vm, trial }: TrialRecord, why: string): Broken {
  return { place, why, group, vm, trial };
}

/** Figures that differ. @returns undefined for copies, and for a trial that failed before it was done */
function differences(other: TrialRecord, counts: TrialRecord): string[] | undefined {
  if (other.outcome !== counts.outcome || isDeepStrictEqual({ ...other, place: '' }, { ...counts, place: '' })) return undefined;
  const keys = new Set([...Object.keys(counts.metrics ?? {}), ...Object.keys(other.metrics ?? {})]);
  return [...keys].flatMap((key) => {
    const [own, counted] = [other.metrics?.[key], counts.metrics?.[key]];
    return own === counted ? [] : [otherFigure(key, own, counted)];
  });
}

class Draft {
  private readonly names: string[] = [];
  private readonly records = new Map<string, TrialRecord>();
  private readonly trials: ReadonlyMap<string, PlannedTrial>;

  /** @param units of the histograms, by key */
  constructor(
    private readonly group: PlannedGroup,
    private readonly units: ReadonlyMap<string, string>,
  ) {
    this.trials = new Map(group.trials.map((trial) => [trial.id, trial]));
  }

  /** @returns the record that does not count, if there is one */
  add(record: TrialRecord): Broken[] {
    const why = this.problemOf(record);
    if (why !== undefined) return [brokenOf(record, why)];
    const key = keyOf(record.index, record.trial);
    const known = this.records.get(key);
    // A trial that failed may have run again after its VM was restarted.
    const isBetter = known === undefined || (known.outcome !== 'done' && record.outcome === 'done');
    if (isBetter) {
      this.names[record.index] = record.vm;
      this.records.set(key, record);
    }
    if (known === undefined) return [];
    const [counts, other] = isBetter ? [record, known] : [known, record];
    return [brokenOf(other, duplicate(counts.place, differences(other, counts)))];
  }

  /** @returns why the record is not one of this group */
  private problemOf({ plan, index, vm, trial: id, name, repeat, params, histograms }: TrialRecord): string | undefined {
    const { id: group, plan: planned, vms } = this.group;
    if (plan !== planned) return otherPlan(group, plan, planned);
    const trial = this.trials.get(id);
    if (trial === undefined) return noSuchTrial(id, this.trials.size);
    if (name !== trial.name || repeat !== trial.repeat) return otherTrial({ name, repeat }, trial);
    if (index >= vms) return noSuchVm(vm, index, vms);
    // The list of trials is the same, so other params are an error of the record.
    const param = Object.entries(trial.params).find(([key, value]) => params[key] !== undefined && params[key] !== value);
    if (param) return otherParam(param[0], params[param[0]] as string, param[1]);
    const other = Object.entries(histograms).find(([key, { unit }]) => this.units.has(key) && this.units.get(key) !== unit);
    if (other) return otherUnit(other[0], other[1].unit, this.units.get(other[0]) ?? '');
    const known = this.names[index];
    return known === undefined || known === vm ? undefined : indexTaken(vm, index, known);
  }

  finished(rejected: ReadonlySet<string>): GroupRecords {
    const base = this.names.find((name, index) => name?.endsWith(`-${index}`))?.replace(/-\d+$/, '');
    const nameOf = (index: number) => this.names[index] ?? (base === undefined ? unnamedVm(index) : `${base}-${index}`);
    return { vms: Array.from({ length: this.group.vms }, (_, index) => nameOf(index)), records: this.records, rejected };
  }
}
