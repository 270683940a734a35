import { gunzipSync } from 'node:zlib';
import type { Result, TrialsState } from '../../src/results/result';
import { validate as validateResult } from '../../src/results/result-validator';
import { validate as validateState } from '../../src/results/state-validator';
import type { Lab } from './guest';

/** What a measured VM answers on its health port. The state and all records must be valid. */
export async function recordsOf(
  lab: Lab,
  vm: string,
  target = '/results',
): Promise<{ readonly state: TrialsState; readonly records: readonly Result[] }> {
  const answer = await fetch(`http://127.0.0.1:${lab.machine(vm).healthPort}${target}`, { signal: AbortSignal.timeout(20_000) });
  expect(answer.status).toBe(200);
  const lines = gunzipSync(Buffer.from(await answer.arrayBuffer()))
    .toString()
    .trimEnd()
    .split('\n');
  const [state, ...records] = lines.map((line) => JSON.parse(line) as unknown);
  expect(validateState(state)).toEqual([]);
  expect(records.flatMap(validateResult)).toEqual([]);
  return { state: state as TrialsState, records: records as Result[] };
}
