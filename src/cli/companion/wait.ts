import { waitReady } from '../../companion/wait';
import { EXIT, UserError } from '../../errors';
import { loadOptions } from '../../options/load';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import type { Verb } from '../verb';
import { CLUSTER, clientOf, interruptible, OUTPUT, selected } from './cluster';
import { noVms } from './messages';
import { readyCounter } from './progress';
import { verdict, vmReport } from './summary';

export const wait: Verb = {
  name: 'wait',
  describe: 'wait until the VMs in the namespace are ready, or show why they are not',
  flags: { ...CONFIG_FLAG, output: OUTPUT },
  options: [...CLUSTER, 'timeout'],
  examples: [['virtwork wait --timeout 15m', 'after kubectl apply --server-side -k dist']],
  run: runWait,
};

async function runWait(args: Args, context: Context): Promise<number> {
  const options = await loadOptions({ flags: args, env: context.env, cwd: context.cwd, problems: context.problems, uses: wait.options });
  const started = Date.now();
  return interruptible(context, async (signal) => {
    const client = clientOf(options, context, signal);
    const states = await waitReady({
      client,
      selector: selected(options),
      timeout: options.companion.timeout,
      report: () => {},
      progress: readyCounter(context.log),
    });
    if (states.length === 0) throw new UserError([noVms(options.namespace)], EXIT.no);
    context.out(vmReport(args.output, { command: 'wait', namespace: options.namespace, states, started }));
    return verdict(states, options.companion.timeout, context.log);
  });
}
