import { resolve } from 'node:path';
import { EXIT } from '../errors';
import { shownPath } from '../files/shown-path';
import { formatBytes } from '../kubernetes/quantity';
import { loadPlan } from '../load-plan';
import { refuseSecrets } from '../options/secrets';
import type { OptionKey } from '../options/table';
import { accessLines } from '../plan/access';
import type { Plan } from '../plan/plan';
import { totals } from '../plan/totals';
import { compareBase, writeBase } from '../synth/base';
import { render } from '../synth/render';
import { alertLines } from './alert-lines';
import type { Args, Context } from './context';
import { dueAlerts } from './due-alerts';
import { removedFile, sizes, unchangedFiles, upToDate, wroteFile } from './messages';
import { CONFIG_FLAG, GENERATION, OF_FOLDER } from './options-of';
import { folder, refuseLink, reportDifferences } from './output-folder';
import type { Verb } from './verb';

const OPTIONS: readonly OptionKey[] = [...GENERATION, ...OF_FOLDER];

export const synth: Verb = {
  name: 'synth',
  describe: 'render the Kustomize base into dist/',
  flags: {
    ...CONFIG_FLAG,
    check: { describe: 'write nothing; exit 1 if the folder differs from what would be rendered' },
  },
  options: OPTIONS,
  examples: [
    ['virtwork synth', 'render the default workloads'],
    ['virtwork synth --workloads cpu,disk --vm-count 3', 'three VMs of each of two workloads'],
    ['virtwork synth --check', 'in CI: exit 1 if the committed base is out of date'],
  ],
  run: runSynth,
};

async function runSynth(args: Args, { env, cwd, problems, out, log }: Context): Promise<number> {
  const { options, plan } = await loadPlan({ flags: args, env, cwd, problems, uses: OPTIONS });
  plan.warnings.forEach(log.warn);
  accessLines(plan).forEach(log.info);
  refuseSecrets(options, plan.workloads);
  const dir = resolve(cwd, options.outputDir);
  const shown = shownPath(dir, cwd);
  if (!['flag', 'env'].includes(options.origin('output_dir'))) refuseLink(dir, shown);
  const files = render(plan);
  if (args.check) return reportDifferences(shown, compareBase(dir, files), out, 'virtwork synth');
  const { written, removed, unchanged } = writeBase(dir, files);
  if (written.length + removed.length === 0) out(upToDate(folder(shown)));
  for (const name of written) out(wroteFile(folder(shown) + name));
  for (const name of removed) out(removedFile(folder(shown) + name));
  log.debug(unchangedFiles(unchanged.length));
  out(alertLines(dueAlerts(plan)));
  out(summary(plan));
  return EXIT.done;
}

/** What the VMs of a plan request, as a line. */
function summary(plan: Plan): string {
  const { vms, cpuCores, memoryBytes, diskBytes, trials, sizedByInstancetype } = totals(plan);
  return sizes(vms, cpuCores, formatBytes(memoryBytes), formatBytes(diskBytes), trials, sizedByInstancetype);
}
