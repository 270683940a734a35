import { type Problem, refuse } from '../errors';
import { loadPlan as load } from '../load-plan';
import type { Options } from '../options/options';
import { specs } from '../options/table';
import type { Plan } from '../plan/plan';
import { nearest } from '../text/suggest';
import { unknownFlag } from './messages';
import type { Keys } from './options';
import { keyed } from './stated';

/** Everything outside the program that decides about a plan, as for `virtwork synth`. */
export interface Sources {
  /** Flags by long name, e.g. `{ 'vm-count': 3 }`; `config` names the configuration file. @default none */
  readonly flags?: { readonly [flag: string]: unknown };
  /** Environment with variables `VIRTWORK_…`. @default that of the process */
  readonly env?: { readonly [name: string]: string | undefined };
  /** Folder of `virtwork.yaml` and start of relative paths. @default the working directory of the process */
  readonly cwd?: string;
}

const KEYS: Keys<Sources> = { flags: 'flags', env: 'env', cwd: 'cwd' };

/**
 * The plan that `virtwork synth` renders, from `virtwork.yaml`, the environment and flags.
 * @throws UserError with every problem of the sources, the selection and the selected entries
 */
export async function loadPlan(sources: Sources = {}): Promise<{ options: Options; plan: Plan }> {
  const problems: Problem[] = [];
  keyed(sources, KEYS, 'loadPlan', problems);
  refuse(problems);
  const { flags = {}, env = process.env, cwd = process.cwd() } = sources;
  return load({ flags, env, cwd, problems: unknownFlags(flags) });
}

function unknownFlags(flags: object): Problem[] {
  const known = ['config', ...specs().flatMap(([, { flag }]) => flag ?? [])];
  const unknown = Object.keys(flags).filter((flag) => !known.includes(flag));
  return unknown.map((flag) => ({ where: '', ...unknownFlag(flag, nearest(flag, known)) }));
}
