import type { Verb } from '../verb';
import { inside } from './inside';
import { LAB_DIR } from './places';

export const ssh: Verb = {
  name: 'ssh',
  describe: 'open a shell in a VM',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  run: (args, context) => inside(args, context, []),
};
