import { Interrupted } from '../../companion/client';
import { EXIT, refuse, UserError } from '../../errors';
import { resultsOf } from '../../lab/results';
import { atATime } from '../../results/at-a-time';
import { VmResults } from '../../results/vm-results';
import type { Args, Context } from '../context';
import { gather } from '../results/gather';
import { FOLLOW, OUTPUT, outputProblems } from '../results/output';
import type { Verb } from '../verb';
import { chosen } from './chosen';
import { EMPTY, NOTHING_MEASURED } from './messages';
import { folderOf, LAB_DIR } from './places';

export const results: Verb = {
  name: 'results',
  describe: 'get the results of the named VMs, or of all measured ones: show the outcomes, print the records, or store them',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR, follow: FOLLOW, output: OUTPUT },
  options: [],
  examples: [
    ['virtwork lab results --follow', 'wait until all trials are finished'],
    ['virtwork lab results -o runs/first', 'store the records'],
  ],
  run: runResults,
};

/** Guests that are asked at the same time. */
const AT_A_TIME = 16;

async function runResults(args: Args, context: Context): Promise<number> {
  refuse(outputProblems(args));
  const folder = folderOf(args, context);
  const names = chosen(folder, args).map(({ name }) => name);
  if (names.length === 0) {
    context.log.info(EMPTY);
    return EXIT.no;
  }
  const isNamed = ((args.VM as string[] | undefined) ?? []).length > 0;
  return gather(args, context, (signal, store) => {
    const known = names.map((name) => new VmResults({ name, ...(store ? { folder: store } : {}) }));
    // Other VMs of the lab need not be measured.
    const seen = () => known.filter((vm) => isNamed || vm.trouble?.kind !== 'unmeasured');
    const round = async () => {
      await atATime(AT_A_TIME, known, (vm) => vm.update(resultsOf(folder.find(vm.name), signal)));
      if (signal.aborted) throw new Interrupted();
      if (seen().length === 0) throw new UserError([NOTHING_MEASURED], EXIT.no);
    };
    return { round, seen, hasWholeGroups: !isNamed };
  });
}
