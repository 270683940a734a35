import { EXIT, formatProblems, UserError } from '../../errors';
import type { ExperimentResults } from '../../report/experiment-results';
import { NO_SOURCE } from '../../report/messages';
import { readRun } from '../../report/run';
import { visible } from '../../text/show';
import type { Args, Context } from '../context';
import { outputFlag } from '../options-of';
import type { Verb } from '../verb';
import { reportText } from './report-text';

export const report: Verb = {
  name: 'report',
  describe: 'evaluate the records of an experiment: the answer, ranking, comparisons, and what is missing',
  words: 'RUN',
  flags: {
    plan: {
      metavar: 'FILE',
      describe: 'plan of the experiment (default: that of the run, or the one in dist/ that the records belong to)',
    },
    output: outputFlag('text', 'json'),
  },
  options: [],
  examples: [
    ['virtwork experiment report runs/rank/first', 'a run folder'],
    ['virtwork experiment report results.gz', 'answers that were fetched with kubectl'],
    ['virtwork experiment report runs/rank/first -o json > results.json', 'all figures, for programs'],
  ],
  run: runReport,
};

async function runReport(args: Args, { cwd, out, stream, log }: Context): Promise<number> {
  const paths = (args.RUN as string[] | undefined) ?? [];
  if (paths.length === 0) throw new UserError([{ where: 'argument RUN', ...NO_SOURCE }]);
  const results = readRun({ paths, cwd, ...(args.plan === undefined ? {} : { plan: String(args.plan) }) });
  if (results.broken.length > 0) log.warn(formatProblems(results.broken.map(({ place, why }) => ({ where: place, message: why }))));
  if (args.output === 'json') await stream([visible(JSON.stringify(results)), '\n']);
  else out(reportText(results));
  return exitOf(results);
}

/** The exit code: an experiment with missing records, or whose expectations are not met, has failed. */
function exitOf({ missing, expect }: ExperimentResults): number {
  return missing.length > 0 || expect.some(({ outcome }) => outcome === 'not met') ? EXIT.no : EXIT.done;
}
