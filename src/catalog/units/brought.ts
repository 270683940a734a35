import type { EntryRole } from '../entry';
import type { CheckedWorkloadFile } from '../workload-file';

/** What an entry brings. */
export interface Brought {
  readonly name: string;
  readonly roles: readonly EntryRole[];
  readonly workloadFile: CheckedWorkloadFile;
}
