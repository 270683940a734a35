import type { EntryFolder } from '../entry-folder';
import type { CheckedWorkloadFile } from '../workload-file';

/** An entry whose shape was checked, before its rules are. */
export interface RawEntry extends EntryFolder, CheckedWorkloadFile {}
