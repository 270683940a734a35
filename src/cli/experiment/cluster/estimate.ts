import type { PlannedGroup } from '../../../experiment/experiment-plan';

/** How long the groups that are left will take, from the plan and from those that have ended. */
export class Estimate {
  /** Seconds of groups that are not complete, by ID. */
  private readonly left: Map<string, number>;
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

  /** In seconds. A cluster that provisions volumes slowly takes longer for each group. */
  get seconds(): number {
    const sum = [...this.left.values()].reduce((all, each) => all + each, 0);
    return (sum * (this.planned > 0 ? this.taken / this.planned : 1)) / this.parallel;
  }
}
