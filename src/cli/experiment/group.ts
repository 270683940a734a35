import type { VerbGroup } from '../verb';
import { compare } from './compare';
import { plan } from './plan';
import { report } from './report';
import { synth } from './synth';

export const experiment: VerbGroup = {
  name: 'experiment',
  describe: 'measure combinations of settings and params, and compare them',
  verbs: [plan, synth, report, compare],
};
