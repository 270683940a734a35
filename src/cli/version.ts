import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../catalog/find';
import { EXIT } from '../errors';
import type { Verb } from './verb';

export const version: Verb = {
  name: 'version',
  describe: 'print the version',
  flags: {},
  options: [],
  run: async (_args, { out }) => {
    out(`${(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version}\n`);
    return EXIT.done;
  },
};
