import type { CheckedWorkloadFile } from '../workload-file';

/** An entry whose shape was checked, before its rules are. */
export interface RawEntry extends CheckedWorkloadFile {
  readonly name: string;
  readonly folder: string;
  readonly shown: string;
  /** Names of its services, timers, sockets and paths. */
  readonly unitFiles: readonly string[];
}
