import type { Checked } from '../../../companion/experiment/check';
import type { GroupPlace } from '../../../companion/experiment/place';
import type { PlannedGroup } from '../../../experiment/experiment-plan';

/** Where the groups of an experiment run: on a cluster, or on this machine. Its functions throw Interrupted after an interrupt. */
export interface Place {
  /** For `left on …`. */
  readonly name: string;
  /** For problems. */
  readonly where: string;
  /** Flags of the verb that only this place has, without dashes. A command that goes on with the run has them too. */
  readonly flags: readonly string[];
  /** The command that deletes groups, without a run. */
  removeCommand(groups: readonly string[]): string;
  /**
   * The groups that have VMs.
   * @param withRest whether what an interrupted deletion left counts too
   */
  existing(groups: readonly PlannedGroup[], withRest: boolean): Promise<ReadonlySet<string>>;
  /** What it has and lacks for groups. Changes nothing. @param running groups that have VMs */
  check(groups: readonly PlannedGroup[], running: ReadonlySet<string>): Promise<Checked>;
  /** Creates what all groups need. @returns facts about the place */
  begin(): Promise<{ readonly [key: string]: unknown }>;
  /** @param say called with each step, in words */
  group(group: PlannedGroup, say: (message: string) => void): Promise<GroupPlace>;
}
