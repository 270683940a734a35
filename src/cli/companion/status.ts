import { examine } from '../../companion/observe';
import { EXIT } from '../../errors';
import { loadOptions } from '../../options/load';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import type { Verb } from '../verb';
import { CLUSTER, clientOf, interruptible, OUTPUT, selected } from './cluster';
import { vmReport } from './summary';

export const status: Verb = {
  name: 'status',
  describe: 'show the VMs in the namespace: ready or why not, older than their manifests, in need of a restart',
  flags: { ...CONFIG_FLAG, output: OUTPUT },
  options: CLUSTER,
  examples: [['virtwork status -o json', 'for a script']],
  run: runStatus,
};

async function runStatus(args: Args, context: Context): Promise<number> {
  const options = await loadOptions({ flags: args, env: context.env, cwd: context.cwd, problems: context.problems, uses: status.options });
  return interruptible(context, async (signal) => {
    const states = await examine(clientOf(options, context, signal), selected(options));
    context.out(vmReport(args.output, { command: 'status', namespace: options.namespace, states }));
    return EXIT.done;
  });
}
