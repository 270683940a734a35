import type { VerbGroup } from '../verb';
import { check } from './cluster/check';
import { collect } from './cluster/collect';
import { discover } from './cluster/discover';
import { run } from './cluster/run';
import { compare } from './compare';
import { plan } from './plan';
import { report } from './report';
import { synth } from './synth';

export const experiment: VerbGroup = {
  name: 'experiment',
  describe: 'measure combinations of settings and params, and compare them',
  verbs: [plan, synth, check, run, collect, report, compare, discover],
};
