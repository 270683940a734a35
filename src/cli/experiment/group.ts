import type { VerbGroup } from '../verb';
import { compare } from './compare';
import { report } from './report';

export const experiment: VerbGroup = {
  name: 'experiment',
  describe: 'measure combinations of settings and params, and compare them',
  verbs: [report, compare],
};
