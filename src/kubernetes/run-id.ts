import { nameUuid } from './name-uuid';

export const DEFAULT_RUN = 'default';

/** The run ID of a named run. Runs with the same name in the same namespace are the same run. */
export function runId(namespace: string, run: string = DEFAULT_RUN): string {
  return nameUuid(`${namespace}/${run}`);
}
