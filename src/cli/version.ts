import { EXIT } from '../errors';
import { version as current } from '../package';
import type { Verb } from './verb';

export const version: Verb = {
  name: 'version',
  describe: 'print the version',
  flags: {},
  options: [],
  examples: [['virtwork version', 'print the version of this virtwork']],
  run: async (_args, { out }) => {
    out(`${current()}\n`);
    return EXIT.done;
  },
};
