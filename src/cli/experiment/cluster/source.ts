import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { objectsIn, objectsOf } from '../../../companion/apply';
import type { Client } from '../../../companion/client';
import type { PoolClasses } from '../../../companion/experiment/check';
import type { KubeObject } from '../../../companion/objects';
import { type Problem, UserError } from '../../../errors';
import { copiesIn } from '../../../experiment/changed-plan';
import type { ExperimentPlan, PlannedGroup } from '../../../experiment/experiment-plan';
import type { PlannedExperiment } from '../../../experiment/plan-experiment';
import type { GroupPlan } from '../../../experiment/pod/render-group';
import { readPlan } from '../../../experiment/read-plan';
import { mayExist } from '../../../files/make-folder';
import { shellWord } from '../../../text/shell-word';
import type { Args, Context } from '../../context';
import { applyPools } from '../messages';
import { noPlan, oneSource, wrongPlan } from './messages';

/** An experiment that a user named, as it runs. */
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
  /** What creates the pools of the experiment, as a command. @default it has none */
  readonly createPools?: string;
  /** The plans of its groups, by ID. @default it is a rendered folder */
  readonly groups?: PlannedExperiment['groups'];
}

/** The classes of the pools for the check, with the command that creates them. */
export function poolsOf({ plan, createPools }: Source): { readonly pools?: PoolClasses } {
  if (!plan.pools || createPools === undefined) return {};
  return { pools: { classes: plan.pools.classes, experiment: plan.name, command: createPools } };
}

/**
 * Opens the experiment that the arguments of a verb name: a folder that `experiment synth` wrote, or what that verb reads.
 * @returns undefined with a problem
 */
export async function openSource(verb: string, args: Args, context: Context, problems: Problem[]): Promise<Source | undefined> {
  const words = (args.FILE as string[] | undefined) ?? [];
  const [given = ''] = words;
  if (words.length !== 1) {
    problems.push(oneSource(verb, words));
    return undefined;
  }
  const path = resolve(context.cwd, given);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return openFolder(given, path, context.cwd, problems);
  try {
    return await openFile(given, args, context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** A folder that `experiment synth` wrote. */
function openFolder(given: string, path: string, cwd: string, problems: Problem[]): Source | undefined {
  if (!mayExist(join(path, 'plan.json'))) {
    problems.push(noPlan(given));
    return undefined;
  }
  const read = readPlan(join(path, 'plan.json'), copiesIn(cwd));
  if ('wrong' in read) {
    problems.push(wrongPlan(join(given, 'plan.json'), read.wrong));
    return undefined;
  }
  return {
    given,
    plan: read.plan,
    planText: read.text,
    ...(read.plan.pools ? { createPools: applyPools(given) } : {}),
    objectsOf: (client, { id }) => objectsOf(client, join(given, 'groups', id)),
    shared: async (client) => (mayExist(join(path, 'namespace.yaml')) ? objectsOf(client, given) : []),
  };
}

/** An experiment file, or the name of one of the catalog. Its groups are rendered when they are needed. */
async function openFile(given: string, args: Args, { env, cwd, log }: Context): Promise<Source> {
  const { planExperiment } = require('../../../experiment/plan-experiment') as typeof import('../../../experiment/plan-experiment');
  const { groupManifests } = require('../../../experiment/pod/render-group') as typeof import('../../../experiment/pod/render-group');
  const { renderStream } = require('../../../synth/render') as typeof import('../../../synth/render');
  // The lab's image is Debian, whatever the image in the cluster is.
  const flags = { 'catalog-dir': args['catalog-dir'], ...(args.in === 'lab' ? { 'guest-os': 'debian' } : {}) };
  const { plan, options, groups, warnings, permissions } = await planExperiment(given, { flags, env, cwd, problems: [] });
  warnings.forEach(log.warn);
  permissions.forEach(log.info);
  const { namespace, createNamespace, runId } = options;
  return {
    given,
    plan,
    planText: `${JSON.stringify(plan, null, 2)}\n`,
    objectsOf: async (_, { id }) => objectsIn(groupManifests(groups.get(id) as GroupPlan)),
    ...(plan.pools
      ? { createPools: `virtwork experiment synth ${shellWord(given)} && ${applyPools(join(options.outputDir, plan.name))}` }
      : {}),
    shared: async () =>
      createNamespace ? objectsIn([...renderStream({ namespace, createNamespace, runId, workloads: [], warnings: [] })].join('')) : [],
    groups,
  };
}
