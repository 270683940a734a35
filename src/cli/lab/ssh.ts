import type { Verb } from '../verb';
import { inside } from './inside';
import { LAB_DIR } from './places';

export const ssh: Verb = {
  name: 'ssh',
  describe: 'open a shell in a VM',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  examples: [['virtwork lab ssh virtwork-cpu-0', 'open a shell; exit ends it']],
  run: (args, context) => inside(args, context, []),
};
