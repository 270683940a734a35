import { EXIT } from '../../errors';
import { takeDown } from '../../lab/vm';
import type { Args, Context } from '../context';
import type { Verb } from '../verb';
import { chosen } from './chosen';
import { EMPTY, removed } from './messages';
import { folderOf, LAB_DIR } from './places';

export const down: Verb = {
  name: 'down',
  describe: 'stop the named VMs, or all, and remove their disks',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  examples: [
    ['virtwork lab down', 'stop all VMs'],
    ['virtwork lab down virtwork-cpu-0', 'stop one VM'],
  ],
  run: runDown,
};

async function runDown(args: Args, context: Context): Promise<number> {
  const folder = folderOf(args, context);
  const vms = chosen(folder, args).map(({ name }) => name);
  await takeDown(folder, vms);
  context.out(vms.length === 0 ? `${EMPTY}\n` : vms.map((name) => `${removed(name)}\n`).join(''));
  return EXIT.done;
}
