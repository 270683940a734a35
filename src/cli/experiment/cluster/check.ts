import { checkExperiment } from '../../../companion/experiment/check';
import { EXIT, formatProblem } from '../../../errors';
import { announced, clientOf, interruptible } from '../../companion/cluster';
import { counter } from '../../companion/progress';
import type { Args, Context } from '../../context';
import { outputFlag } from '../../options-of';
import { table } from '../../table';
import type { Verb } from '../../verb';
import { checked, NEED_OF_ALL } from './messages';
import { ONLY } from './only';
import { OF_EXPERIMENT, prepare } from './prepare';
import { poolsOf } from './source';

export const check: Verb = {
  name: 'check',
  describe: 'check that a cluster has what an experiment needs, and change nothing: permissions, classes, quotas, capacity, admission',
  words: 'FILE',
  flags: { only: ONLY, output: outputFlag('table', 'json') },
  options: OF_EXPERIMENT,
  examples: [['virtwork experiment check dist/rank', 'which groups can run, and why others cannot']],
  run: runCheck,
};

async function runCheck(args: Args, context: Context): Promise<number> {
  const { source, groups, options } = await prepare(check, args, context);
  return interruptible(context, async (signal) => {
    const client = clientOf(options, context, signal);
    await announced(client, context);
    const count = counter(context.log, 'groups checked');
    const { problems, skipped, warnings } = await checkExperiment({
      client,
      groups,
      ...poolsOf(source),
      objectsOf: (group) => source.objectsOf(client, group),
      progress: (done) => count(done, groups.length),
    });
    warnings.forEach(context.log.warn);
    if (args.output === 'json') {
      const rows = groups.map(({ id, settings }) => ({ id, settings, skipped: skipped.get(id) ?? [] }));
      context.out(`${JSON.stringify({ command: 'experiment check', problems, groups: rows })}\n`);
    } else {
      const [state, why] = problems.length > 0 ? ['cannot run', NEED_OF_ALL] : ['can run', '-'];
      const rows = groups.map(({ id }) => (skipped.has(id) ? [id, 'skipped', skipped.get(id)?.join('; ') ?? ''] : [id, state, why]));
      const fit = problems.length > 0 ? 0 : groups.length - skipped.size;
      context.out(`${table(['GROUP', 'STATE', 'WHY'], rows)}${checked(groups.length, fit, skipped.size)}\n`);
    }
    for (const problem of problems) context.log.error(formatProblem(problem));
    return problems.length + skipped.size === 0 ? EXIT.done : EXIT.no;
  });
}
