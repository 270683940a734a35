import { EXIT } from '../../errors';
import type { Args, Context } from '../context';
import type { Verb } from '../verb';
import { chosen } from './chosen';
import { EMPTY } from './messages';
import { consoleOf, journalOf } from './output';
import { folderOf, LAB_DIR } from './places';

export const logs: Verb = {
  name: 'logs',
  describe: 'print the journals of the VMs, or the console of a guest that cannot be reached',
  words: 'VM',
  flags: {
    'lab-dir': LAB_DIR,
    unit: { alias: 'u', metavar: 'UNIT', describe: 'only of this unit' },
    console: { describe: 'print the console' },
  },
  options: [],
  examples: [
    ['virtwork lab logs virtwork-cpu-0', 'the journal of a VM'],
    ['virtwork lab logs -u virtwork-cpu.service', 'one unit, in all VMs'],
    ['virtwork lab logs virtwork-cpu-0 --console', 'the console of a VM'],
  ],
  run: runLogs,
};

async function runLogs(args: Args, context: Context): Promise<number> {
  const folder = folderOf(args, context);
  const vms = chosen(folder, args);
  if (vms.length === 0) context.log.info(EMPTY);
  for (const vm of vms) {
    const units = args.unit === undefined ? [] : ['-u', String(args.unit)];
    context.out(args.console === true ? consoleOf(folder, vm) : await journalOf(folder, vm, units));
  }
  return EXIT.done;
}
