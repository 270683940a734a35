import { loadPlan } from '../load-plan';
import { accessLines } from '../plan/access';
import type { Args, Context } from './context';
import { dryRun } from './dry-run';
import { COMPANION, CONFIG_FLAG, outputFlag } from './options-of';
import type { Verb } from './verb';

export const run: Verb = {
  name: 'run',
  describe: 'render, apply and wait until the VMs are ready; with --dry-run, only print the manifests',
  flags: {
    ...CONFIG_FLAG,
    output: outputFlag('table', 'json'),
  },
  options: COMPANION,
  examples: [
    ['virtwork run --workloads cpu,disk --vm-count 3', 'render and apply without writing dist/'],
    ['virtwork run --dry-run | kubectl apply --server-side -f -', 'print the manifests as YAML'],
    ['virtwork run --dry-run -o json', 'print a summary as one JSON object'],
  ],
  run: runRun,
};

async function runRun(args: Args, context: Context): Promise<number> {
  const { env, cwd, problems, log } = context;
  const { options, plan } = await loadPlan({ flags: args, env, cwd, problems, uses: run.options });
  plan.warnings.forEach(log.warn);
  accessLines(plan).forEach(log.info);
  if (options.companion.dryRun) return dryRun(args, options, plan, context);
  const { applyPlan } = require('./companion/apply-plan') as typeof import('./companion/apply-plan');
  return applyPlan(args, options, plan, context);
}
