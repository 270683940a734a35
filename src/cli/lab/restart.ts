import { EXIT } from '../../errors';
import { booting } from '../../lab/standing';
import { restart as restartVms } from '../../lab/vm';
import type { Args, Context } from '../context';
import type { Verb } from '../verb';
import { chosen } from './chosen';
import { folderOf, LAB_DIR, sameLab } from './places';
import { listed } from './show';

export const restart: Verb = {
  name: 'restart',
  describe: 'start VMs again on a new root disk, with their data disks unchanged',
  words: 'VM',
  flags: {
    'lab-dir': LAB_DIR,
    'keep-root': { describe: 'keep the root disk too, as a restart does for a VM whose root disk is a data volume' },
  },
  options: [],
  examples: [['virtwork lab restart virtwork-disk-0', 'check that a workload continues after a restart']],
  run: runRestart,
};

async function runRestart(args: Args, context: Context): Promise<number> {
  const folder = folderOf(args, context);
  const vms = await restartVms(folder, chosen(folder, args), args['keep-root'] === true);
  context.out(listed(vms.map(booting), sameLab(args)));
  return EXIT.done;
}
