import type { Problem } from '../../errors';
import { wrongTuning } from '../../experiment/tuning';
import type { Args } from '../context';
import type { Flag } from '../verb';

export const TUNING: Flag = {
  metavar: 'TEXT',
  describe: 'how the cluster is tuned, for reports and comparisons (default: tuning of the experiment)',
};

/** @returns undefined if the flag is not given, or is wrong */
export function tuningFlag({ tuning }: Args, problems: Problem[]): string | undefined {
  const wrong = tuning === undefined ? undefined : wrongTuning(String(tuning));
  if (wrong !== undefined) problems.push({ where: 'flag --tuning', message: wrong });
  return tuning === undefined || wrong !== undefined ? undefined : String(tuning);
}
