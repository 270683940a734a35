import { EXIT, formatProblem, UserError } from '../../errors';
import { compareRuns, type RunComparison } from '../../report/compare-runs';
import { ratio, sameRunTwice, TWO_RUNS, valuesNamed } from '../../report/messages';
import { readResults } from '../../report/run';
import { visible } from '../../text/show';
import type { Args, Context } from '../context';
import { outputFlag } from '../options-of';
import { table } from '../table';
import type { Verb } from '../verb';
import { baseLine, NO_COMMON_CELLS } from './report-messages';
import { pValue } from './report-text';

export const compare: Verb = {
  name: 'compare',
  describe: 'compare runs of an experiment with the first of them',
  words: 'RUN',
  flags: { output: outputFlag('text', 'json') },
  options: [],
  examples: [
    ['virtwork experiment compare runs/rank/before runs/rank/after', 'run folders'],
    ['virtwork experiment compare monday.json tuesday.json friday.json', 'files that experiment report -o json wrote'],
  ],
  run: runCompare,
};

async function runCompare(args: Args, { cwd, out, stream, log }: Context): Promise<number> {
  const paths = (args.RUN as string[] | undefined) ?? [];
  if (paths.length < 2) throw new UserError([TWO_RUNS]);
  const repeated = paths.filter((path, index) => paths.indexOf(path) !== index);
  if (repeated.length > 0) throw new UserError(repeated.map(sameRunTwice));
  const runs = paths.map((path) => ({ name: path, results: readResults(path, cwd) }));
  const comparison = compareRuns(runs);
  for (const note of comparison.notes) log.warn(formatProblem({ where: '', message: note }));
  if (args.output === 'json') await stream([visible(JSON.stringify(comparison)), '\n']);
  else out(comparisonText(comparison));
  return runs.some(({ results }) => results.missing.length > 0) ? EXIT.no : EXIT.done;
}

function comparisonText({ runs, rows }: RunComparison): string {
  const labels = labelsOf(runs);
  const isTuned = runs.some(({ tuning }) => tuning !== undefined);
  const summary = table(
    ['RUN', 'EXPERIMENT', ...(isTuned ? ['TUNING'] : []), 'COMPLETE'],
    runs.map(({ name, experiment, tuning, complete, cells }) => [
      name,
      experiment,
      ...(isTuned ? [tuning ?? '-'] : []),
      `${complete}/${cells}`,
    ]),
  );
  if (rows.length === 0) return `${summary}\n${NO_COMMON_CELLS}`;
  const compared = table(
    ['CELL', 'FIGURE', 'RUN', 'RATIO [95 %]', 'P', 'VERDICT'],
    rows.map(({ values, metric, run, ratio: value, low, high, p, verdict }) => [
      valuesNamed(values),
      metric,
      labels.get(run) ?? run,
      ratio(value, low, high),
      p === undefined ? '-' : pValue(p),
      verdict,
    ]),
  );
  return `${summary}\n${baseLine(labels.get(runs[0]?.name ?? '') ?? '')}${compared}`;
}

/** By run, what it is called in the rows: its tuning, if that tells all runs apart, and otherwise its name. */
function labelsOf(runs: RunComparison['runs']): ReadonlyMap<string, string> {
  const isTold = runs.every(({ tuning }) => tuning !== undefined) && new Set(runs.map(({ tuning }) => tuning)).size === runs.length;
  return new Map(runs.map(({ name, tuning }) => [name, isTold ? (tuning ?? name) : name]));
}
