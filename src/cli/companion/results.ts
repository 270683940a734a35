import type { Client } from '../../companion/client';
import { GuestRequests, WAYS, type Way } from '../../companion/guest-requests';
import { type MeasuredVm, measuredVms } from '../../companion/measured';
import { noMeasuredVms, noSuchVms, VM_MISSING } from '../../companion/messages';
import { EXIT, formatProblem, UserError } from '../../errors';
import { loadOptions } from '../../options/load';
import type { ResultsFolder } from '../../results/folder';
import { VmResults } from '../../results/vm-results';
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
    const requests = new GuestRequests({ client, say: context.log.info, ...(args.via === undefined ? {} : { only: args.via as Way }) });
    const chosen = new ChosenVms({ client, requests, selector: selected(options), folder, args, warn: context.log.warn });
    return { round: () => chosen.round(), seen: () => chosen.seen, hasWholeGroups: true };
  });
}

interface ChosenVmsProps {
  readonly client: Client;
  readonly requests: GuestRequests;
  readonly selector: string;
  readonly folder: ResultsFolder | undefined;
  readonly args: Args;
  readonly warn: (message: string) => void;
}

/** The measured VMs that the arguments choose. */
class ChosenVms {
  private readonly known = new Map<string, VmResults>();

  constructor(private readonly props: ChosenVmsProps) {}

  /** Every VM that was there in some round. */
  get seen(): VmResults[] {
    return [...this.known.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  }

  /** @throws UserError when there are no such VMs */
  async round(): Promise<void> {
    const { client, requests, selector, folder } = this.props;
    const vms = this.chosen(await measuredVms(client, selector));
    for (const { name, group } of vms) {
      if (!this.known.has(name)) this.known.set(name, new VmResults({ name, group, ...(folder ? { folder } : {}) }));
    }
    const gone = this.seen.filter(({ name }) => !vms.some((vm) => vm.name === name));
    for (const vm of gone) await vm.update(async () => ({ trouble: { kind: 'halted', message: VM_MISSING } }));
    await requests.each(vms, (vm, ask) => (this.known.get(vm.name) as VmResults).update(ask));
  }

  private chosen(all: readonly MeasuredVm[]): readonly MeasuredVm[] {
    const { client, args, warn } = this.props;
    const { group, workloads } = args as { readonly group?: string; readonly workloads?: string | readonly string[] };
    const names = [workloads ?? []].flat().flatMap((each) => each.split(',').map((name) => name.trim()));
    const wanted = all.filter((vm) => (group === undefined || vm.group === group) && (names.length === 0 || names.includes(vm.workload)));
    if (this.known.size > 0) return wanted;
    if (all.length === 0) throw new UserError([noMeasuredVms(client.namespace)], EXIT.no);
    const known = [...new Set(all.map((vm) => `${vm.workload} (group ${vm.group})`))];
    const missing = names.filter((name) => !wanted.some((vm) => vm.workload === name));
    const ofGroup = group === undefined ? [] : [`group ${group}`];
    const asked = [...ofGroup, ...(missing.length === 0 ? [] : [`workload ${missing.join(' or ')}`])].join(' and ');
    if (wanted.length === 0) throw new UserError([noSuchVms(client.namespace, asked, known)], EXIT.no);
    if (missing.length > 0) warn(formatProblem(noSuchVms(client.namespace, asked, known)));
    return wanted;
  }
}
