import type { AxisValues, ExperimentPlan, PlannedCell, PlannedGroup, PlannedRamp } from '../../../experiment/experiment-plan';
import type { CellResult } from '../../../report/experiment-results';
import { edgesOf, MOST_ROUNDS, nextCount, nextRepeat, rampsOf, reasonFor, type Visit, visitOf } from '../../../report/ramp-visits';
import { cannotRun, type RampSummary, rampOutcome } from './messages';

/** A round of a group that a ramp measures next. */
export interface Step {
  readonly group: PlannedGroup;
  readonly count: number;
  /** From 1. A further round measures the group again, with new VMs. */
  readonly round: number;
}

interface Ramp {
  readonly values: AxisValues;
  /** By count, ascending. */
  readonly cells: ReadonlyMap<number, PlannedCell>;
  visits: Map<number, Visit>;
}

/**
 * Groups that differ only in the number of VMs. They run one after another. Each combination of params has a ramp of its own in them: a group
 * is measured when one of the ramps needs it, and counts for all.
 */
export class RampLane {
  /** Groups that cannot run, with the reasons. */
  private readonly skipped = new Map<string, readonly string[]>();
  private readonly byId: ReadonlyMap<string, PlannedGroup>;

  private constructor(
    private readonly ramp: PlannedRamp,
    readonly groups: readonly PlannedGroup[],
    private readonly ramps: readonly Ramp[],
  ) {
    this.byId = new Map(groups.map((group) => [group.id, group]));
  }

  /** The lanes of groups. One that has a single count of a ramp is none: it is measured like other groups. */
  static of(plan: ExperimentPlan, groups: readonly PlannedGroup[]): RampLane[] {
    const { ramp } = plan;
    if (!ramp) return [];
    const lanes = new Map<string, { groups: PlannedGroup[]; ramps: Ramp[] }>();
    const laneOf = new Map<string, string>();
    for (const group of groups) {
      const { [ramp.axis]: count, ...others } = group.settings;
      if (!ramp.counts.includes(Number(count))) continue;
      const key = JSON.stringify(Object.entries(others));
      lanes.set(key, { groups: [...(lanes.get(key)?.groups ?? []), group], ramps: [] });
      laneOf.set(group.id, key);
    }
    for (const { values, cells } of rampsOf(plan)) {
      const own = [...cells].filter(([, { group }]) => laneOf.has(group));
      const [, first] = own[0] ?? [];
      if (first) lanes.get(laneOf.get(first.group) as string)?.ramps.push({ values, cells: new Map(own), visits: new Map() });
    }
    return [...lanes.values()].filter((lane) => lane.groups.length > 1).map((lane) => new RampLane(ramp, lane.groups, lane.ramps));
  }

  /** The cluster cannot run a group, so that no ramp can go so far. */
  skip({ id }: PlannedGroup, why: readonly string[]): void {
    this.skipped.set(id, why);
  }

  /** @param roundsOf how often a group was measured */
  update(cells: readonly CellResult[], roundsOf: (group: PlannedGroup) => number): void {
    const results = new Map(cells.map((cell) => [cell.id, cell]));
    for (const each of this.ramps) {
      each.visits = new Map(
        [...each.cells].flatMap(([count, cell]): [number, Visit][] => {
          const rounds = roundsOf(this.groupOf(cell));
          if (rounds > 0) return [[count, visitOf(this.ramp, results.get(cell.id) as CellResult, rounds)]];
          return this.skipped.has(cell.group) ? [[count, { outcome: 'beyond', decided: true, rounds: 0 }]] : [];
        }),
      );
    }
  }

  /** What is measured next. @returns undefined when all ramps have ended */
  get next(): Step | undefined {
    for (const { cells, visits } of this.ramps) {
      const count = nextCount(this.ramp, [...cells.keys()], visits);
      if (count !== undefined) return { group: this.groupOf(cells.get(count) as PlannedCell), count, round: 1 };
    }
    // Only then: until all counts are known, it is not known which ones are at a limit.
    for (const { cells, visits } of this.ramps) {
      const count = nextRepeat(visits);
      if (count !== undefined)
        return { group: this.groupOf(cells.get(count) as PlannedCell), count, round: (visits.get(count) as Visit).rounds + 1 };
    }
    return undefined;
  }

  /** Seconds that the ramps take at most: all further steps, the counts between two of them, and all rounds of both edges. */
  get seconds(): number {
    const longest = Math.max(...this.groups.map(({ seconds }) => seconds));
    return this.ramps.reduce((sum, { cells, visits }) => {
      const { within = 0, beyond = Number.POSITIVE_INFINITY } = edgesOf(visits);
      const open = [...cells].filter(([count]) => count > within && count < beyond && !visits.has(count));
      const steps = beyond === Number.POSITIVE_INFINITY ? open.filter(([count]) => this.ramp.steps.includes(count)) : [];
      const between = Math.ceil(Math.log2(Math.min(open.length - steps.length, steps.length > 0 ? QUARTERS : open.length) + 1));
      const edges = [within, beyond].flatMap((count) => visits.get(count) ?? []).filter(({ decided }) => !decided);
      const rounds =
        open.length > 0 ? 2 * (MOST_ROUNDS - 1) : edges.reduce((all, visit) => all + Math.max(0, MOST_ROUNDS - visit.rounds), 0);
      return sum + steps.reduce((all, [, cell]) => all + this.groupOf(cell).seconds, 0) + (between + rounds) * longest;
    }, 0);
  }

  /** The figure does not exist in some cell, so that no ramp can go on. */
  get hasUnknown(): boolean {
    return this.ramps.some(({ visits }) => [...visits.values()].some(({ outcome }) => outcome === 'unknown'));
  }

  /** A number of VMs was measured whose VMs all answered. */
  get hasWithin(): boolean {
    return this.ramps.some(({ visits }) => edgesOf(visits).within !== undefined);
  }

  /** Why a group was not measured. */
  reasonOf({ id }: PlannedGroup): string {
    const reasons = this.ramps.flatMap((each) =>
      [...each.cells].flatMap(([count, { group }]) => (group === id ? [this.reason(each, count)] : [])),
    );
    return [...new Set(reasons)].join('; ');
  }

  private reason({ cells, visits }: Ramp, count: number): string {
    const { beyond = Number.POSITIVE_INFINITY } = edgesOf(visits);
    const [own, limit] = [count, beyond].map((each) => this.skipped.get(cells.get(each)?.group ?? ''));
    if (own) return own.join('; ');
    return limit && count > beyond ? cannotRun(beyond) : reasonFor(count, visits, undefined);
  }

  get summaries(): RampSummary[] {
    return this.ramps.map((each) => {
      const { values, cells, visits } = each;
      const { within, beyond } = edgesOf(visits);
      const ends = [within, beyond].flatMap((count) => visits.get(count ?? 0) ?? []);
      return {
        values,
        axis: this.ramp.axis,
        of: this.ramp.until.of,
        ...(within === undefined ? {} : { within }),
        // A count that cannot run is not one that was measured.
        ...(beyond === undefined || visits.get(beyond)?.rounds === 0 ? {} : { beyond }),
        decided: ends.length > 0 && ends.every(({ decided, rounds }) => decided && rounds > 0),
        counts: [...cells].map(([count, { group }]) => {
          const visit = visits.get(count);
          if (visit && visit.rounds > 0) return { count, group, ...visit };
          return { count, group, outcome: 'not measured', decided: false, rounds: 0, why: this.reason(each, count) };
        }),
      };
    });
  }

  /** What a group showed, in words. */
  outcomeOf({ id }: PlannedGroup): string {
    const all = this.ramps.flatMap(({ values, cells, visits }) =>
      [...cells].flatMap(([count, { group }]) => {
        const visit = visits.get(count);
        return group === id && visit ? [rampOutcome({ axis: this.ramp.axis, of: this.ramp.until.of, values, count, ...visit })] : [];
      }),
    );
    return all.join('; ');
  }

  private groupOf({ group }: PlannedCell): PlannedGroup {
    return this.byId.get(group) as PlannedGroup;
  }
}

/** Counts between two steps. */
const QUARTERS = 3;
