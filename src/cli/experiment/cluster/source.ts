import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { objectsOf } from '../../../companion/apply';
import type { Client } from '../../../companion/client';
import type { KubeObject } from '../../../companion/objects';
import type { Problem } from '../../../errors';
import type { ExperimentPlan, PlannedGroup } from '../../../experiment/experiment-plan';
import { readPlan } from '../../../experiment/read-plan';
import { mayExist } from '../../../files/make-folder';
import type { Args } from '../../context';
import { noPlan, oneSource, sourceMissing, wrongPlan } from './messages';

/** An experiment that a user named, as it runs on a cluster. */
export interface Source {
  /** As the user named it. */
  readonly given: string;
  readonly plan: ExperimentPlan;
  /** The text of plan.json. */
  readonly planText: string;
  /** The objects of a group. @throws UserError, Interrupted */
  readonly objectsOf: (client: Client, group: PlannedGroup) => Promise<KubeObject[]>;
  /** The objects that all groups need: the namespace, if there is one to create. */
  readonly shared: (client: Client) => Promise<KubeObject[]>;
}

/** Opens the experiment that the arguments of a verb name. @returns undefined with a problem */
export function openSource(verb: string, args: Args, cwd: string, problems: Problem[]): Source | undefined {
  const words = (args.FILE as string[] | undefined) ?? [];
  const [given = ''] = words;
  if (words.length !== 1) {
    problems.push(oneSource(verb, words));
    return undefined;
  }
  const path = resolve(cwd, given);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return openFolder(given, path, problems);
  problems.push(sourceMissing(verb, given));
  return undefined;
}

/** A folder that `experiment synth` wrote. */
function openFolder(given: string, path: string, problems: Problem[]): Source | undefined {
  if (!mayExist(join(path, 'plan.json'))) {
    problems.push(noPlan(given));
    return undefined;
  }
  const read = readPlan(join(path, 'plan.json'));
  if ('wrong' in read) {
    problems.push(wrongPlan(join(given, 'plan.json'), read.wrong));
    return undefined;
  }
  return {
    given,
    plan: read.plan,
    planText: read.text,
    objectsOf: (client, { id }) => objectsOf(client, join(given, 'groups', id)),
    shared: async (client) => (mayExist(join(path, 'namespace.yaml')) ? objectsOf(client, given) : []),
  };
}
