import { TRIALS_UNIT } from '../guest/drop-in';
import { type Bounds, get } from '../http/get';
import { readAnswer } from '../results/answer';
import { asked, pathOf } from '../results/ask';
import type { TrialsState } from '../results/result';
import type { Health } from './health';
import { recordsSoFar, trialAt, trialsEnded } from './messages';
import type { LabVm } from './record';

/** More than the number of any trial: the guest answers with its state alone. */
const NO_RECORDS = 1000;
const BOUNDS: Bounds = { patience: 30_000, most: 1 << 16 };

/**
 * How far the trials of a VM are.
 * @returns undefined for a VM that is not measured, and while its guest does not answer
 */
export async function trialsOf({ name, healthPort }: LabVm, { text }: Health): Promise<TrialsState | undefined> {
  if (!text.includes(TRIALS_UNIT)) return undefined;
  const answer = asked(await get({ port: healthPort }, pathOf(NO_RECORDS), BOUNDS));
  return 'trouble' in answer ? undefined : readAnswer(answer.body, { vm: name }).state;
}

/** A VM whose trials are not finished is not healthy. Under emulation, systemd may be too slow to report a state. */
const EXPECTED = new RegExp(`^(ok .*|FAIL ${TRIALS_UNIT.replaceAll('.', '\\.')}: activating .*|FAIL .*: no answer from systemd)$`);
const ENDED = new RegExp(`^(ok .*|FAIL ${TRIALS_UNIT.replaceAll('.', '\\.')}: .*|FAIL .*: no answer from systemd)$`);

/**
 * The state of a measured VM that is not healthy.
 * @returns undefined if the trials do not explain it
 */
export function stateOfTrials({ phase, planned, done }: TrialsState, { text }: Health): 'measuring' | 'measured' | undefined {
  const isOver = phase === 'finished' && done < planned;
  const lines = text.split('\n').filter(Boolean);
  if (!lines.every((line) => (isOver ? ENDED : EXPECTED).test(line))) return undefined;
  return isOver ? 'measured' : 'measuring';
}

/**
 * How far the trials are, in words.
 * @param names of the trials, in the order of their IDs
 */
export function trialsLine({ phase, running, planned, records, failed, why }: TrialsState, names: readonly string[] = []): string {
  if (phase === 'finished') return trialsEnded(records.length, planned, failed, why);
  if (running === null) return recordsSoFar(records.length, planned, { phase, failed, why });
  const name = names[Number(running) - 1];
  const repeat = names.slice(0, Number(running)).filter((each) => each === name).length;
  return trialAt(Number(running), planned, { ...(name === undefined ? {} : { name, repeat }), phase, failed, why });
}
