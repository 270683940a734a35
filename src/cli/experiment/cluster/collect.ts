import type { Client } from '../../../companion/client';
import { measuredVms } from '../../../companion/measured';
import { MeasuredResults } from '../../../companion/measured-results';
import { EXIT, UserError } from '../../../errors';
import type { PlannedGroup } from '../../../experiment/experiment-plan';
import { GROUP } from '../../../kubernetes/labels';
import { clientOf, interruptible } from '../../companion/cluster';
import type { Args, Context } from '../../context';
import { gather } from '../../results/gather';
import { FOLLOW } from '../../results/output';
import type { Verb } from '../../verb';
import { notCollected, nothingToCollect, runFolderIs } from './messages';
import { ONLY } from './only';
import { OF_EXPERIMENT, prepare, requestsOf, VIA } from './prepare';
import { RUN_DIR, RunFolder } from './run-folder';

export const collect: Verb = {
  name: 'collect',
  describe: 'store what the guests of an experiment hold now, in the folder of its newest run',
  words: 'FILE',
  flags: { only: ONLY, follow: FOLLOW, via: VIA, output: RUN_DIR },
  options: OF_EXPERIMENT,
  examples: [['virtwork experiment collect dist/rank -o runs/rank/monday', 'after kubectl apply --server-side -k dist/rank/groups/ID']],
  run: runCollect,
};

async function runCollect(args: Args, context: Context): Promise<number> {
  const { source, groups, options } = await prepare(collect, args, context);
  const place = { source, cwd: context.cwd, ...(args.output === undefined ? {} : { output: String(args.output) }) };
  const existing = RunFolder.existing(place);
  // Without a cluster, or without VMs of the experiment, no folder is created.
  const code = existing ? EXIT.done : await interruptible(context, (signal) => hasVms(clientOf(options, context, signal), groups));
  if (code !== EXIT.done) return code;
  const run = existing ?? RunFolder.begin(place);
  context.log.info(runFolderIs(run.shown));
  const again = groups.filter(({ id }) => run.groupFacts(id, 2) !== undefined);
  if (again.length > 0) context.log.info(notCollected(again.map(({ id }) => id)));
  const workloads = new Map(groups.filter((group) => !again.includes(group)).map(({ id, workload }) => [id, workload]));
  const collected = gather({ ...args, output: run.records }, context, (signal, folder) => {
    const client = clientOf(options, context, signal);
    const vms: MeasuredResults = new MeasuredResults({
      client,
      requests: requestsOf(client, args, context),
      selector: GROUP,
      ...(folder ? { folder } : {}),
      choose: (all) => {
        const chosen = all.filter(({ group, workload }) => workloads.get(group) === workload);
        if (chosen.length === 0 && vms.seen.length === 0) throw new UserError([nothingToCollect(client.namespace)], EXIT.no);
        return chosen;
      },
    });
    // A role without trials has nothing to collect.
    const seen = () => vms.seen.filter(({ trouble }) => trouble?.kind !== 'unmeasured');
    return { round: () => vms.round(), seen, hasWholeGroups: true };
  });
  return collected.finally(() => run.close());
}

/** @throws UserError if the cluster has no VMs of the groups, or cannot be asked */
async function hasVms(client: Client, groups: readonly PlannedGroup[]): Promise<number> {
  const workloads = new Map(groups.map(({ id, workload }) => [id, workload]));
  const all = await measuredVms(client, GROUP);
  if (!all.some(({ group, workload }) => workloads.get(group) === workload))
    throw new UserError([nothingToCollect(client.namespace)], EXIT.no);
  return EXIT.done;
}
