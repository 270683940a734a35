import { EXIT } from '../../errors';
import { standingOf } from '../../lab/standing';
import type { Args, Context } from '../context';
import type { Verb } from '../verb';
import { folderOf, LAB_DIR, sameLab } from './places';
import { listed, OUTPUT } from './show';

export const status: Verb = {
  name: 'status',
  describe: 'list the VMs of the lab and their states',
  flags: { 'lab-dir': LAB_DIR, output: OUTPUT },
  options: [],
  examples: [
    ['virtwork lab status', 'every VM with the state of its units'],
    ['virtwork lab status -o json', 'the same, for scripts'],
  ],
  run: runStatus,
};

async function runStatus(args: Args, context: Context): Promise<number> {
  const standings = await Promise.all(folderOf(args, context).list().map(standingOf));
  if (args.output === 'json') {
    context.out(`${JSON.stringify({ vms: standings.map(({ vm, trials, ...standing }) => ({ ...vm, ...standing, trials })) }, null, 2)}\n`);
  } else context.out(listed(standings, sameLab(args)));
  return EXIT.done;
}
