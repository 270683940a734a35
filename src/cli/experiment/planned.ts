import { refuse } from '../../errors';
import type { PlannedExperiment } from '../../experiment/plan-experiment';
import type { OptionKey } from '../../options/table';
import type { Args, Context } from '../context';
import { FILE_REQUIRED, oneFile } from './messages';

/** Options of every verb that reads the file of an experiment. */
export const OPTIONS: readonly OptionKey[] = ['catalog_dir', 'verbose'];

/**
 * The experiment that the arguments name; its warnings are logged.
 * @throws UserError with every problem
 */
export async function planned(args: Args, { env, cwd, problems, log }: Context): Promise<PlannedExperiment> {
  const [file, ...others] = (args.FILE as string[] | undefined) ?? [];
  const wrong = file === undefined ? [FILE_REQUIRED] : others.length > 0 ? [oneFile(others.length + 1)] : [];
  if (file === undefined || wrong.length > 0) refuse([...problems, ...wrong]);
  const { planExperiment } = require('../../experiment/plan-experiment') as typeof import('../../experiment/plan-experiment');
  const experiment = await planExperiment(file as string, { flags: args, env, cwd, problems });
  experiment.warnings.forEach(log.warn);
  experiment.permissions.forEach(log.info);
  return experiment;
}
