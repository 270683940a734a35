import { join, resolve } from 'node:path';
import { EXIT, formatProblems, type Problem, refuse, refusedPath, UserError } from '../../errors';
import { replaceFile } from '../../files/new-file';
import { shownPath } from '../../files/shown-path';
import { present } from '../../options/present';
import type { ExperimentResults } from '../../report/experiment-results';
import { isWhole } from '../../report/gaps';
import { NO_SOURCE, planUsed } from '../../report/messages';
import { isFolder, isRun, readRun } from '../../report/run';
import type { Args, Context } from '../context';
import { outputFlag } from '../options-of';
import type { Verb } from '../verb';
import { noPage, PAGE, pageNotWritten, pageWritten } from './report-messages';
import { reportText } from './report-text';
import { TUNING, tuningFlag } from './tuning-flag';

export const report: Verb = {
  name: 'report',
  describe: 'evaluate the records of an experiment: the answer, ranking, comparisons, and what is missing',
  words: 'RUN',
  flags: {
    plan: {
      metavar: 'FILE',
      describe: 'plan of the experiment (default: that of the run, or the one in dist/ that the records belong to)',
    },
    tuning: TUNING,
    output: outputFlag('text', 'html', 'json', 'csv', 'markdown', 'xlsx', 'junit'),
  },
  options: [],
  examples: [
    ['virtwork experiment report runs/rank/first', 'a run folder; also writes report.html into it'],
    ['virtwork experiment report results.gz -o html > report.html', 'a page with charts, of answers that were fetched with kubectl'],
    ['virtwork experiment report runs/rank/first -o json > results.json', 'all figures, for programs'],
  ],
  run: runReport,
};

async function runReport(args: Args, context: Context): Promise<number> {
  const { cwd, out, stream, bytes, log } = context;
  const paths = (args.RUN as string[] | undefined) ?? [];
  if (paths.length === 0) throw new UserError([{ where: 'argument RUN', ...NO_SOURCE }]);
  const problems: Problem[] = [];
  const tuning = tuningFlag(args, problems);
  refuse(problems);
  const plan = args.plan === undefined ? undefined : String(args.plan);
  const results = readRun({
    paths,
    cwd,
    onPlan: (path) => log.info(planUsed(path)),
    ...present('plan', plan),
    ...present('tuning', tuning),
  });
  if (results.broken.length > 0) log.warn(formatProblems(results.broken.map(({ place, why }) => ({ where: place, message: why }))));
  const format = String(args.output ?? 'text');
  if (format === 'text') {
    out(reportText(results));
    writePage(paths, results, context);
  } else {
    const { FORMATS } = require('./formats') as typeof import('./formats');
    const file = await (FORMATS[format] as (typeof FORMATS)[string])(results);
    await (typeof file === 'string' ? stream([file]) : bytes(file));
  }
  return exitOf(results);
}

/** Writes the page into the run folder. Without one, the user chooses a place: --output html prints the page. */
function writePage(paths: readonly string[], results: ExperimentResults, { cwd, log }: Context): void {
  const folder = paths.map((path) => resolve(cwd, path)).find(isRun);
  if (folder === undefined) {
    if (paths.some((path) => isFolder(resolve(cwd, path)))) log.info(noPage(paths));
    return;
  }
  const { pageOf } = require('../../report/page/page') as typeof import('../../report/page/page');
  const path = join(folder, PAGE);
  try {
    replaceFile(path, pageOf(results), 0o666);
    log.info(pageWritten(shownPath(path, cwd)));
  } catch (error) {
    // The report is printed all the same: a run may be in a folder that the user can only read.
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    log.warn(pageNotWritten(shownPath(path, cwd), refusedPath(error)?.message ?? code));
  }
}

/** The exit code: an experiment with missing records or incomplete cells, or whose expectations are not met, has failed. */
function exitOf(results: ExperimentResults): number {
  return isWhole(results) && results.expect.every(({ outcome }) => outcome !== 'not met') ? EXIT.done : EXIT.no;
}
