import type { Client } from '../../../companion/client';
import { GuestRequests, RESULTS, WAYS, type Way } from '../../../companion/guest-requests';
import type { Problem } from '../../../errors';
import type { PlannedGroup } from '../../../experiment/experiment-plan';
import { loadOptions } from '../../../options/load';
import type { Options } from '../../../options/options';
import type { OptionKey } from '../../../options/table';
import type { Args, Context } from '../../context';
import type { Flag } from '../../verb';
import { chosenGroups } from './only';
import { openSource, type Source } from './source';

/** The options of every verb that uses a cluster for an experiment: the namespace is that of the experiment. */
export const CLUSTER: readonly OptionKey[] = ['kubeconfig', 'context', 'verbose'];

/** The same for verbs that read an experiment. */
export const OF_EXPERIMENT: readonly OptionKey[] = [...CLUSTER, 'catalog_dir'];

export const VIA: Flag = {
  metavar: 'WAY',
  choices: WAYS,
  describe: `only this way to the guests: ${WAYS.join(' or ')} (default: what works)`,
};

/** An experiment, the groups that the arguments choose, and the options for its cluster. */
export interface Prepared {
  readonly source: Source;
  readonly groups: readonly PlannedGroup[];
  readonly options: Options;
}

/**
 * Reads the arguments of a verb.
 * @param problems further ones, which are reported together
 * @throws UserError with every problem
 */
export async function prepare(
  verb: { readonly name: string; readonly options: readonly OptionKey[] },
  args: Args,
  context: Context,
  problems: Problem[] = [],
): Promise<Prepared> {
  const { env, cwd } = context;
  problems.unshift(...context.problems);
  const source = await openSource(verb.name, args, context, problems);
  const groups = source ? chosenGroups(args, source.plan, problems) : [];
  const namespace = source ? { namespace: source.plan.namespace } : {};
  const flags = Object.fromEntries(verb.options.map((key) => key.replaceAll('_', '-')).map((flag) => [flag, args[flag]]));
  const options = await loadOptions({ flags: { ...flags, ...namespace }, env, cwd, problems, uses: verb.options });
  // Problems would have been thrown.
  return { source: source as Source, groups, options };
}

export function requestsOf(client: Client, args: Args, { log }: Context): GuestRequests {
  return new GuestRequests({ client, protocol: RESULTS, say: log.info, ...(args.via === undefined ? {} : { only: args.via as Way }) });
}
