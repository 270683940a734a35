import { join, resolve } from 'node:path';
import { EXIT } from '../../errors';
import { shownPath } from '../../files/shown-path';
import type { Args, Context } from '../context';
import { removedFile, upToDate, wroteFile } from '../messages';
import { folder, refuseLink, reportDifferences } from '../output-folder';
import type { Verb } from '../verb';
import { applyPools, poolsFirst } from './messages';
import { sizesOf } from './plan';
import { OPTIONS, planned } from './planned';

export const synth: Verb = {
  name: 'synth',
  describe: 'render the groups of an experiment into dist/NAME/, a Kustomize base each',
  words: 'FILE',
  flags: { check: { describe: 'write nothing; exit 1 if the folder differs from what would be rendered' } },
  options: ['output_dir', ...OPTIONS],
  examples: [
    ['virtwork experiment synth rank.yaml', 'render it into dist/rank/'],
    ['virtwork experiment synth rank.yaml --check', 'in CI: exit 1 if the committed folder is out of date'],
  ],
  run: runSynth,
};

async function runSynth(args: Args, context: Context): Promise<number> {
  const { cwd, out } = context;
  const experiment = await planned(args, context);
  const { compareExperiment, renderExperiment, writeExperiment } =
    require('../../experiment/experiment-folder') as typeof import('../../experiment/experiment-folder');
  const { plan, options } = experiment;
  const parent = resolve(cwd, options.outputDir);
  const dir = join(parent, plan.name);
  const shown = shownPath(dir, cwd);
  if (options.origin('output_dir') === 'default') refuseLink(parent, shownPath(parent, cwd));
  refuseLink(dir, shown);
  const rendered = renderExperiment(experiment);
  if (args.check) return reportDifferences(shown, compareExperiment(dir, rendered), out, 'virtwork experiment synth');
  const { written, removed } = writeExperiment(dir, rendered);
  if (written.length + removed.length === 0) out(upToDate(folder(shown)));
  out([...written.map((name) => wroteFile(folder(shown) + name)), ...removed.map((name) => removedFile(folder(shown) + name))].join(''));
  out(sizesOf(plan.totals));
  if (plan.pools) out(`${poolsFirst(applyPools(shown))}\n`);
  return EXIT.done;
}
