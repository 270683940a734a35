import { nameUuid } from './name-uuid';

export const DEFAULT_RUN = 'default';

/** The run id of a named run: two runs of one name in one namespace are the same run. */
export function runId(namespace: string, run: string = DEFAULT_RUN): string {
  return nameUuid(`${namespace}/${run}`);
}
