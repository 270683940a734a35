import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Problem, refuse } from '../../../errors';
import type { PlannedGroup } from '../../../experiment/experiment-plan';
import { builtImage } from '../../../lab/image';
import { tooManyVms } from '../../../lab/messages';
import { MOST_VMS } from '../../../lab/network';
import type { Plan } from '../../../plan/plan';
import type { Args, Context } from '../../context';
import { imageMissing } from '../../lab/messages';
import { cacheOf, folderOf } from '../../lab/places';
import { acceleratorFor, foreignArchitectures, memoryWarnings, requireLabPrograms, unknownSizes } from '../../lab/requirements';
import type { Prepared } from '../cluster/prepare';
import { CLASS, readClasses } from './classes';
import { axesWithoutEffect, idleSettings } from './effect';
import { vmsOf } from './lab-group';
import type { LabPlaceProps } from './lab-place';
import { NOT_PARALLEL, needsFile, onlyInLab, onlyOnCluster, PODS, withoutEffect } from './messages';

/** Flags that only make sense in the lab. */
export const LAB_FLAGS = {
  class: CLASS,
  'lab-dir': { metavar: 'DIR', describe: 'with --in lab: folder of VMs without a --class (default: ~/.virtwork/lab)' },
} as const;
/** Flags that only make sense on a cluster. */
const CLUSTER_FLAGS = ['kubeconfig', 'context', 'via', 'audit', 'audit-db'];

export function isInLab({ in: place }: Args): boolean {
  return place === 'lab';
}

/** Adds a problem for each flag that has no meaning where the experiment runs. */
export function misplacedFlags(args: Args, problems: Problem[]): void {
  const given = (flags: readonly string[]) => flags.filter((flag) => args[flag] !== undefined);
  if (isInLab(args)) {
    problems.push(...given(CLUSTER_FLAGS).map(onlyOnCluster));
    if (args.parallel !== undefined && String(args.parallel) !== '1') problems.push(NOT_PARALLEL);
  } else problems.push(...given(Object.keys(LAB_FLAGS)).map(onlyInLab));
}

/**
 * Checks that the groups can run in the lab, and that they compare something there. Says once what has no effect.
 * @throws UserError with every problem
 */
export async function labPlan({ source, groups }: Prepared, args: Args, context: Context): Promise<Omit<LabPlaceProps, 'signal'>> {
  const { env, cwd, log } = context;
  if (!source.groups) refuse([needsFile(source.given)]);
  const plans = source.groups as ReadonlyMap<string, Plan>;
  const chosen = groups.map((group): [PlannedGroup, Plan] => [group, plans.get(group.id) as Plan]);
  const problems: Problem[] = [];
  const classes = readClasses(args, cwd, plans, groups, problems);
  const isClassed = args.class !== undefined;
  const idle = axesWithoutEffect(
    source.plan,
    chosen.filter(([{ pod }]) => pod === undefined),
    isClassed,
  );
  problems.push(...idle.problems);
  const packages = [
    ...new Set(chosen.flatMap(([, { workloads }]) => workloads.flatMap(({ roles }) => roles.flatMap(({ guest }) => guest.packages)))),
  ];
  const image = builtImage(cacheOf(env), packages);
  if (!image)
    problems.push(imageMissing(packages, [...new Set(chosen.flatMap(([, { workloads }]) => workloads.map(({ entry }) => entry)))]));
  refuse(problems);
  requireLabPrograms();
  const settings = idleSettings(chosen, isClassed);
  for (const warning of [...(settings.length > 0 ? [withoutEffect(settings)] : []), ...idle.warnings]) log.warn(warning);
  const accelerator = await acceleratorFor(log);
  return {
    groups: new Map(chosen.map(([{ id }, plan]) => [id, plan])),
    folder: folderOf(args, context),
    ...(args['lab-dir'] === undefined ? {} : { labDir: String(args['lab-dir']) }),
    cwd,
    keyFile: join(env.HOME || homedir(), '.virtwork/lab.key'),
    classes,
    image: image as NonNullable<typeof image>,
    accelerator,
    skipped: new Map(chosen.map((each): [string, string[]] => [each[0].id, reasons(...each)]).filter(([, why]) => why.length > 0)),
    warnings: [
      ...new Set([...chosen.flatMap(([, plan]) => unknownSizes(plan, 'entry')), ...memoryWarnings(chosen.map(([, plan]) => plan))]),
    ],
  };
}

/** Why a group cannot run in the lab. */
function reasons({ pod }: PlannedGroup, plan: Plan): string[] {
  const count = vmsOf(plan).length;
  const foreign = foreignArchitectures(plan).map(({ message }) => message);
  return [...(pod ? [PODS] : []), ...foreign, ...(count > MOST_VMS ? [tooManyVms(MOST_VMS, count).message] : [])];
}
