import { apply } from './companion/apply';
import { audit } from './companion/audit';
import { chaos } from './companion/chaos';
import { cleanup } from './companion/cleanup';
import { results } from './companion/results';
import { status } from './companion/status';
import { wait } from './companion/wait';
import { completion } from './completion';
import { experiment } from './experiment/group';
import { lab } from './lab/group';
import { list } from './list';
import { newEntry } from './new';
import { run } from './run';
import { synth } from './synth';
import { validate } from './validate';
import type { Verb, VerbGroup } from './verb';
import { verify } from './verify/verify';
import { watch } from './verify/watch';
import { version } from './version';

/** Every verb, in the order of the help. */
export const VERBS: readonly (Verb | VerbGroup)[] = [
  synth,
  run,
  apply,
  wait,
  status,
  results,
  verify,
  watch,
  chaos,
  cleanup,
  audit,
  list,
  validate,
  newEntry,
  experiment,
  lab,
  version,
  completion,
];
