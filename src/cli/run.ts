import { EXIT, UserError } from '../errors';
import { loadPlan } from '../load-plan';
import { renderStream } from '../synth/render';
import type { Args, Context } from './context';
import { COMPANION, CONFIG_FLAG } from './options-of';
import type { Verb } from './verb';

export const run: Verb = {
  name: 'run',
  describe: 'with --dry-run: print the manifests as YAML',
  flags: CONFIG_FLAG,
  options: COMPANION,
  examples: [['virtwork run --dry-run | kubectl apply --server-side -f -', 'without a folder in between']],
  run: runRun,
};

async function runRun(args: Args, { env, cwd, problems, stream, log }: Context): Promise<number> {
  const { options, plan } = await loadPlan({ flags: args, env, cwd, problems });
  plan.warnings.forEach(log.warn);
  if (!options.dryRun) {
    throw new UserError([
      {
        where: 'virtwork run',
        message: 'needs --dry-run: this version applies nothing by itself',
        hint: 'virtwork synth && kubectl apply --server-side -k dist',
      },
    ]);
  }
  await stream(renderStream(plan));
  return EXIT.done;
}
