import { ROLE_FOLDER } from '../entry-folder';

/** Names of the files of a role that has a trial. */
export interface TrialFiles {
  readonly trial: string;
  readonly prepare: string;
  /** The continuous load, whose place the trials take. */
  readonly main: string;
  /** The folder of files for guests that are measured. */
  readonly folder: string;
}

/**
 * `trial` and `prepare` are words of the format.
 * @param role `workload` when the entry has a single role
 * @param multiRole the entry declares roles
 */
export function trialFiles(role: string, multiRole: boolean): TrialFiles {
  const prefix = multiRole ? `${role}-` : '';
  return {
    trial: `${prefix}trial.service`,
    prepare: `${prefix}prepare.service`,
    main: `${role}.service`,
    folder: `${ROLE_FOLDER}${prefix}trial`,
  };
}
