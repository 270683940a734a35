import type { ExperimentPlan, PlannedGroup, PlannedTrial } from '../experiment/experiment-plan';
import { duplicate, indexTaken, noSuchGroup, noSuchTrial, noSuchVm, otherPlan, otherTrial, otherUnit, unnamedVm } from './messages';
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
  return { groups: new Map([...drafts].map(([id, draft]) => [id, draft.finished()])), broken: [...broken, ...wrong] };
}

function brokenOf({ place, group, vm, trial }: TrialRecord, why: string): Broken {
  return { place, why, group, vm, trial };
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
    return [isBetter ? brokenOf(known, duplicate(record.place)) : brokenOf(record, duplicate(known.place))];
  }

  /** @returns why the record is not one of this group */
  private problemOf({ plan, index, vm, trial: id, name, repeat, histograms }: TrialRecord): string | undefined {
    const { id: group, plan: planned, vms } = this.group;
    if (plan !== planned) return otherPlan(group, plan, planned);
    const trial = this.trials.get(id);
    if (trial === undefined) return noSuchTrial(id, this.trials.size);
    if (name !== trial.name || repeat !== trial.repeat) return otherTrial({ name, repeat }, trial);
    if (index >= vms) return noSuchVm(vm, index, vms);
    const other = Object.entries(histograms).find(([key, { unit }]) => this.units.has(key) && this.units.get(key) !== unit);
    if (other) return otherUnit(other[0], other[1].unit, this.units.get(other[0]) ?? '');
    const known = this.names[index];
    return known === undefined || known === vm ? undefined : indexTaken(vm, index, known);
  }

  finished(): GroupRecords {
    const base = this.names.find((name, index) => name?.endsWith(`-${index}`))?.replace(/-\d+$/, '');
    const nameOf = (index: number) => this.names[index] ?? (base === undefined ? unnamedVm(index) : `${base}-${index}`);
    return { vms: Array.from({ length: this.group.vms }, (_, index) => nameOf(index)), records: this.records };
  }
}
