import { GuestRequests, RESULTS, WAYS, type Way } from '../../companion/guest-requests';
import type { MeasuredVm } from '../../companion/measured';
import { MeasuredResults } from '../../companion/measured-results';
import { noMeasuredVms, noSuchVms } from '../../companion/messages';
import { EXIT, formatProblem, UserError } from '../../errors';
import { loadOptions } from '../../options/load';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import { gather } from '../results/gather';
import { FOLLOW, OUTPUT, outputProblems } from '../results/output';
import type { Verb } from '../verb';
import { CLUSTER, clientOf, selected } from './cluster';

export const results: Verb = {
  name: 'results',
  describe: 'get the results of measured VMs: show the outcomes, print the records, or store them',
  flags: {
    ...CONFIG_FLAG,
    group: { metavar: 'GROUP', describe: 'only VMs with this label virtwork/group' },
    workloads: { metavar: 'NAME,…', many: true, describe: 'only VMs of these workloads' },
    follow: FOLLOW,
    output: OUTPUT,
    via: { metavar: 'WAY', choices: WAYS, describe: `only this way to the guests: ${WAYS.join(' or ')} (default: what works)` },
  },
  options: CLUSTER,
  examples: [
    ['virtwork results --follow -o runs/monday', 'store each record as soon as it is there'],
    ["virtwork results -o json | jq '.[] | [.vm, .name, .metrics]'", 'the records as one list'],
  ],
  run: runResults,
};

async function runResults(args: Args, context: Context): Promise<number> {
  // The option of the same name says what is rendered.
  const { workloads: _, ...flags } = args;
  const problems = [...context.problems, ...outputProblems(args)];
  const options = await loadOptions({ flags, env: context.env, cwd: context.cwd, problems, uses: results.options });
  return gather(args, context, (signal, folder) => {
    const client = clientOf(options, context, signal);
    const requests = new GuestRequests({
      client,
      protocol: RESULTS,
      say: context.log.info,
      ...(args.via === undefined ? {} : { only: args.via as Way }),
    });
    const vms: MeasuredResults = new MeasuredResults({
      client,
      requests,
      selector: selected(options),
      ...(folder ? { folder } : {}),
      choose: (all) => chosen(all, { args, isFirst: vms.seen.length === 0, namespace: options.namespace, warn: context.log.warn }),
    });
    return { round: () => vms.round(), seen: () => vms.seen, hasWholeGroups: true };
  });
}

interface Choice {
  readonly args: Args;
  /** Arguments that choose no VM are reported in the first round only: later, VMs may be gone. */
  readonly isFirst: boolean;
  readonly namespace: string;
  readonly warn: (message: string) => void;
}

/** The measured VMs that the arguments choose. @throws UserError when there are no such VMs */
function chosen(all: readonly MeasuredVm[], { args, isFirst, namespace, warn }: Choice): readonly MeasuredVm[] {
  const { group, workloads } = args as { readonly group?: string; readonly workloads?: string | readonly string[] };
  const names = [workloads ?? []].flat().flatMap((each) => each.split(',').map((name) => name.trim()));
  const wanted = all.filter((vm) => (group === undefined || vm.group === group) && (names.length === 0 || names.includes(vm.workload)));
  if (!isFirst) return wanted;
  if (all.length === 0) throw new UserError([noMeasuredVms(namespace)], EXIT.no);
  const known = [...new Set(all.map((vm) => `${vm.workload} (group ${vm.group})`))];
  const missing = names.filter((name) => !wanted.some((vm) => vm.workload === name));
  const ofGroup = group === undefined ? [] : [`group ${group}`];
  const asked = [...ofGroup, ...(missing.length === 0 ? [] : [`workload ${missing.join(' or ')}`])].join(' and ');
  if (wanted.length === 0) throw new UserError([noSuchVms(namespace, asked, known)], EXIT.no);
  if (missing.length > 0) warn(formatProblem(noSuchVms(namespace, asked, known)));
  return wanted;
}
