import type { EntryRole } from '../entry';
import type { CheckedWorkloadFile } from '../workload-file';

/** The part of an entry that its units are checked against. */
export interface UnitsOfEntry {
  readonly name: string;
  readonly roles: readonly EntryRole[];
  readonly workloadFile: CheckedWorkloadFile;
}
