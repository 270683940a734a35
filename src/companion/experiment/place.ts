import type { ResultsFolder } from '../../results/folder';
import type { VmResults } from '../../results/vm-results';
import type { VmState } from '../readiness';
import type { Missing } from './records';

/** Where the VMs of one group run: on a cluster, or on this machine. Its functions throw Interrupted after an interrupt. */
export interface GroupPlace {
  /** Names of the VMs that are measured. */
  readonly names: readonly string[];
  /** The VMs of the group that exist, also those that are not measured. An ending VM cannot go on measuring. */
  existing(): Promise<ReadonlyMap<string, 'running' | 'ending'>>;
  /** Creates the VMs that do not exist. @returns why it cannot */
  create(): Promise<readonly Missing[]>;
  /** What the measured VMs hold. */
  results(folder: ResultsFolder): GroupVms;
  /** What is known of VMs whose guests do not answer. */
  states(): Promise<readonly SilentVm[]>;
  /** Facts about the measured VMs, by name. */
  facts(): Promise<{ readonly [vm: string]: object }>;
  /** Deletes everything of the group, and waits until it is gone. @returns what is left, in words */
  remove(): Promise<{ readonly left?: string }>;
  pause(milliseconds: number): Promise<void>;
}

/** The results of the VMs of a group, as they come. */
export interface GroupVms {
  /** Asks each VM once, and stores what it answers. */
  round(): Promise<void>;
  find(name: string): VmResults | undefined;
}

/** A change of a field is a sign of progress. */
export type SilentVm = Pick<VmState, 'name' | 'status' | 'phase' | 'node' | 'why'>;
