import type { PlannedGroup } from '../../../experiment/experiment-plan';

/** How long the groups that are left will take, from the plan and from those that have ended. */
export class Estimate {
  /** Seconds of groups that are not complete, by ID. */
  private readonly left: Map<string, number>;
  /** What ramps take at most, in seconds. */
  private readonly ramps = new Map<object, number>();
  private planned = 0;
  private taken = 0;

  constructor(
    groups: readonly PlannedGroup[],
    private readonly parallel: number,
  ) {
    this.left = new Map(groups.map(({ id, seconds }) => [id, seconds]));
  }

  /** @param share of its records that exist, from 0 to 1 */
  progress({ id, seconds }: PlannedGroup, share: number): void {
    this.left.set(id, seconds * (1 - share));
  }

  /** @param taken seconds. Absent: it was not measured now */
  ended({ id, seconds }: PlannedGroup, taken?: number): void {
    this.left.delete(id);
    if (taken === undefined) return;
    this.planned += seconds;
    this.taken += taken;
  }

  /** @param seconds that a ramp still takes at most, without the group that is measured now */
  ramp(ramp: object, seconds: number): void {
    if (seconds > 0) this.ramps.set(ramp, seconds);
    else this.ramps.delete(ramp);
  }

  /** Whether it may also be less, because a ramp ends as soon as its limit is known. */
  get isMost(): boolean {
    return this.ramps.size > 0;
  }

  /** In seconds. A cluster that provisions volumes slowly takes longer for each group. */
  get seconds(): number {
    const all = [...this.left.values(), ...this.ramps.values()];
    const sum = all.reduce((total, each) => total + each, 0);
    // A ramp, or the longest group, runs alone in the end.
    return Math.max(sum / this.parallel, ...all) * (this.planned > 0 ? this.taken / this.planned : 1);
  }
}
