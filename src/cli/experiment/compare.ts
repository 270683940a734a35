import { EXIT, formatProblem, UserError } from '../../errors';
import { compareRuns, type RunComparison } from '../../report/compare-runs';
import { isWhole } from '../../report/gaps';
import { notOneOfRuns, sameRunTwice, TWO_RUNS, valuesNamed } from '../../report/messages';
import { ratio } from '../../report/quantity';
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
  describe: 'compare runs of an experiment with one of them',
  words: 'RUN',
  flags: {
    baseline: { metavar: 'RUN', describe: 'run with which the others are compared (default: the first)' },
    output: outputFlag('text', 'html', 'json'),
  },
  options: [],
  examples: [
    ['virtwork experiment compare runs/rank/before runs/rank/after', 'run folders'],
    ['virtwork experiment compare monday.json tuesday.json friday.json', 'files that experiment report -o json wrote'],
    ['virtwork experiment compare runs/rank/* -o html > runs.html', 'all runs in their order, as a page with charts'],
  ],
  run: runCompare,
};

async function runCompare(args: Args, { cwd, out, stream, log }: Context): Promise<number> {
  const paths = (args.RUN as string[] | undefined) ?? [];
  if (paths.length < 2) throw new UserError([TWO_RUNS]);
  const repeated = paths.filter((path, index) => paths.indexOf(path) !== index);
  if (repeated.length > 0) throw new UserError(repeated.map(sameRunTwice));
  const base = args.baseline === undefined ? undefined : String(args.baseline);
  if (base !== undefined && !paths.includes(base)) throw new UserError([notOneOfRuns(base, paths)]);
  const runs = paths.map((path) => ({ name: path, results: readResults(path, cwd) }));
  const baseline = base === undefined ? undefined : runs.find(({ name }) => name === base);
  const comparison = compareRuns(runs, baseline);
  for (const note of comparison.notes) log.warn(formatProblem({ where: '', message: note }));
  if (args.output === 'json') await stream([visible(JSON.stringify(comparison)), '\n']);
  else if (args.output === 'html') {
    const { comparisonPage } = require('../../report/page/comparison') as typeof import('../../report/page/comparison');
    await stream([comparisonPage(comparison)]);
  } else out(comparisonText(comparison));
  return runs.every(({ results }) => isWhole(results)) ? EXIT.done : EXIT.no;
}

function comparisonText(comparison: RunComparison): string {
  const { runs, rows, baseline } = comparison;
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
  return `${summary}\n${baseLine(labels.get(baseline) ?? baseline)}${compared}`;
}

/** By run, what it is called in the rows: its tuning, if that tells all runs apart, and otherwise its name. */
function labelsOf(runs: RunComparison['runs']): ReadonlyMap<string, string> {
  const isTold = runs.every(({ tuning }) => tuning !== undefined) && new Set(runs.map(({ tuning }) => tuning)).size === runs.length;
  return new Map(runs.map(({ name, tuning }) => [name, isTold ? (tuning ?? name) : name]));
}
