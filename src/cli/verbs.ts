import { apply } from './cluster/apply';
import { audit } from './cluster/audit';
import { cleanup } from './cluster/cleanup';
import { status } from './cluster/status';
import { wait } from './cluster/wait';
import { completion } from './completion';
import { lab } from './lab/group';
import { list } from './list';
import { newEntry } from './new';
import { run } from './run';
import { synth } from './synth';
import { validate } from './validate';
import type { Verb, VerbGroup } from './verb';
import { version } from './version';

/** Every verb, in the order of the help. */
export const VERBS: readonly (Verb | VerbGroup)[] = [
  synth,
  run,
  apply,
  wait,
  status,
  cleanup,
  audit,
  list,
  validate,
  newEntry,
  lab,
  version,
  completion,
];
