import { nameUuid } from '../name-uuid';

/** The run id of a named run: two runs of one name in one namespace are the same run. */
export function runId(namespace: string, run: string): string {
  return nameUuid(`${namespace}/${run}`);
}
