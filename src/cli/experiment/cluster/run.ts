import { inventory } from '../../../companion/cleanup';
import { type Client, Interrupted } from '../../../companion/client';
import { checkExperiment } from '../../../companion/experiment/check';
import { clusterFacts } from '../../../companion/experiment/facts';
import { type GroupProgress, type GroupProps, type GroupResult, measureGroup, removeGroup } from '../../../companion/experiment/group';
import { measuredNames, missingRecords } from '../../../companion/experiment/records';
import type { GuestRequests } from '../../../companion/guest-requests';
import { runToEnd } from '../../../companion/process';
import { EXIT, type Problem, UserError } from '../../../errors';
import type { PlannedGroup } from '../../../experiment/experiment-plan';
import { GROUP } from '../../../kubernetes/labels';
import { atATime } from '../../../results/at-a-time';
import { audited } from '../../companion/audited';
import { announced, clientOf, interruptible } from '../../companion/cluster';
import { applyCounted } from '../../companion/progress';
import type { Args, Context } from '../../context';
import type { Verb } from '../../verb';
import { Estimate } from './estimate';
import {
  COMPLETE,
  COMPLETE_BEFORE,
  commandFailed,
  EMPTY_COMMAND,
  goOn,
  groupProgress,
  groupSays,
  groupSkipped,
  groupsExist,
  leftOnCluster,
  NOTHING_CHANGED,
  onceMore,
  removeCommand,
  resumeCommand,
  runFolderIs,
  wrongParallel,
} from './messages';
import { ONLY } from './only';
import { OF_EXPERIMENT, type Prepared, prepare, requestsOf, VIA } from './prepare';
import { RUN_DIR, RunFolder } from './run-folder';
import { type GroupEnd, reasons, runJson, runTable } from './summary';

export const run: Verb = {
  name: 'run',
  describe: 'run an experiment on a cluster: apply each group, store its records, delete it; the folder of the run has everything',
  words: 'FILE',
  flags: {
    parallel: { metavar: 'N', describe: 'groups that run at the same time; they share the cluster (default: 1)' },
    only: ONLY,
    resume: { describe: 'go on with a run: keep its records, and run only the groups that miss some' },
    keep: { describe: 'do not delete the VMs of a group when it is complete' },
    'on-complete': { metavar: 'COMMAND', describe: 'shell command to run at the end, with a summary in JSON on its standard input' },
    via: VIA,
    output: RUN_DIR,
  },
  options: [...OF_EXPERIMENT, 'timeout', 'audit', 'audit_db'],
  examples: [
    ['virtwork experiment run fio-bench/quick', 'an experiment of the catalog'],
    ['virtwork experiment run dist/rank', 'what experiment synth wrote, all groups, one after another'],
    ['virtwork experiment run dist/rank --resume', 'go on after an interrupt'],
  ],
  run: runExperiment,
};

const MOST_PARALLEL = 99;
/** Milliseconds that the command of --on-complete may print nothing. */
const SILENCE = 600_000;

async function runExperiment(args: Args, context: Context): Promise<number> {
  const problems: Problem[] = [];
  const parallel = parallelOf(args, problems);
  if (args['on-complete'] === '') problems.push(EMPTY_COMMAND);
  const prepared = await prepare(run, args, context, problems);
  const place = {
    source: prepared.source,
    cwd: context.cwd,
    ...(args.output === undefined ? {} : { output: String(args.output) }),
  };
  const folder = args.resume === true ? RunFolder.resume(place) : undefined;
  // A folder that cannot be used is reported before any request. It is created after the check.
  if (folder === undefined) RunFolder.unused(place);
  const runs = new Run({ ...prepared, args, context, parallel, folder, begin: () => RunFolder.begin(place) });
  return interruptible(
    context,
    async (signal) => {
      const client = clientOf(prepared.options, context, signal);
      const { columns } = await announced(client, context);
      const log = { command: 'experiment run', ...columns };
      return audited({ options: prepared.options, context, log }, async (record) => {
        const code = await runs.all({ client, requests: requestsOf(client, args, context), report: record.report, signal });
        const ending = code === EXIT.done ? { status: 'success' as const } : { status: 'failed' as const, error: 'groups are incomplete' };
        return { code, ending };
      });
    },
    () => runs.goOn,
  );
}

function parallelOf({ parallel = '1' }: Args, problems: Problem[]): number {
  const number = /^[1-9][0-9]?$/.test(String(parallel)) ? Number(parallel) : 0;
  if (number < 1 || number > MOST_PARALLEL) problems.push(wrongParallel(parallel));
  return Math.max(1, number);
}

interface RunProps extends Prepared {
  readonly args: Args;
  readonly context: Context;
  readonly parallel: number;
  /** The folder of the run that goes on. @default a new run */
  readonly folder: RunFolder | undefined;
  /** Creates the folder of a new run. */
  readonly begin: () => RunFolder;
}

/** One run of an experiment. */
class Run {
  private readonly ends = new Map<string, GroupEnd>();
  /** Groups that may have objects on the cluster. */
  private readonly standing = new Set<string>();
  private readonly estimate: Estimate;
  private readonly began = Date.now();
  private folder: RunFolder | undefined;

  constructor(private readonly props: RunProps) {
    this.estimate = new Estimate(props.groups, props.parallel);
    this.folder = props.folder;
  }

  /** What an interrupt leaves, and how to go on. */
  get goOn(): string {
    if (!this.folder) return NOTHING_CHANGED;
    return this.standing.size > 0
      ? leftOnCluster([...this.standing], this.namespace, this.commands([...this.standing]))
      : goOn(this.resume);
  }

  /** @returns the exit code */
  async all(work: Work): Promise<number> {
    const { client, report } = work;
    const { groups, source, context, args, parallel } = this.props;
    try {
      const there = await this.existing(client);
      const names = new Map<string, readonly string[]>();
      for (const group of groups) names.set(group.id, measuredNames(await source.objectsOf(client, group), group));
      const open = groups.filter((group) => !this.isComplete(group, names.get(group.id) ?? []));
      const possible = await this.possible(client, open, there);
      this.folder ??= this.props.begin();
      context.log.info(runFolderIs(this.folder.shown));
      for (const group of groups.filter((each) => !open.includes(each))) {
        this.ends.set(group.id, { status: 'complete', missing: [], isLate: false });
        this.estimate.ended(group);
        this.say(group, COMPLETE_BEFORE);
        if (there.has(group.id) && args.keep !== true) await this.remove(work, group);
      }
      if (possible.length > 0) {
        await applyCounted(client, await source.shared(client), report, context.log);
        this.folder.addFacts({ plan: source.plan.hash, cluster: await clusterFacts(client) });
      }
      await atATime(parallel, possible, (group) => this.measure(work, group));
      const again = possible.filter(({ id }) => this.ends.get(id)?.status !== 'complete');
      if (again.length > 0) context.log.info(onceMore(again.length));
      await atATime(parallel, again, (group) => this.measure(work, group));
    } catch (error) {
      if (!(error instanceof Interrupted) && this.folder) context.log.info(this.goOn);
      throw error;
    }
    return this.end(work);
  }

  private get namespace(): string {
    return this.props.source.plan.namespace;
  }

  /** The command that goes on with this run. */
  private get resume(): string {
    const { source, args } = this.props;
    const values = ['only', 'parallel', 'kubeconfig', 'context', 'via', 'timeout', 'catalog-dir', 'on-complete'] as const;
    const options = [
      ...values.flatMap((flag) => [args[flag] ?? []].flat().map((value) => [`--${flag}`, String(value)] as const)),
      ...(args.keep === true ? [['--keep'] as const] : []),
    ];
    return resumeCommand(source.given, this.folder?.shown ?? '', options);
  }

  private commands(groups: readonly string[]) {
    return { resume: this.resume, remove: removeCommand(this.namespace, groups) };
  }

  private isComplete(group: PlannedGroup, names: readonly string[]): boolean {
    return this.folder !== undefined && names.length > 0 && missingRecords(this.folder.results, group, names).length === 0;
  }

  /** The groups that have objects on the cluster. @throws UserError for a new run: they may hold results of another one */
  private async existing(client: Client): Promise<Set<string>> {
    const { groups } = this.props;
    const wanted = new Set(groups.map(({ id }) => id));
    const { objects } = await inventory(client, GROUP);
    // An interrupted deletion may leave other objects than VMs.
    const found = this.folder ? objects : objects.filter(({ kind }) => kind === 'VirtualMachine');
    const there = new Set(found.flatMap(({ metadata }) => metadata.labels?.[GROUP] ?? []).filter((id) => wanted.has(id)));
    if (there.size > 0 && !this.folder) {
      const ids = [...there].sort();
      throw new UserError([
        groupsExist(ids, this.namespace, {
          resume: resumeCommand(this.props.source.given, 'DIR', []),
          remove: removeCommand(this.namespace, ids),
        }),
      ]);
    }
    for (const id of there) this.standing.add(id);
    return there;
  }

  /** The groups that the cluster can run; the others are skipped. @throws UserError when nothing can run */
  private async possible(client: Client, groups: readonly PlannedGroup[], running: ReadonlySet<string>): Promise<PlannedGroup[]> {
    const { source, context } = this.props;
    if (groups.length === 0) return [];
    const objectsOf = (group: PlannedGroup) => source.objectsOf(client, group);
    const { problems, skipped, warnings } = await checkExperiment({ client, groups, objectsOf, running });
    warnings.forEach(context.log.warn);
    if (problems.length > 0) throw new UserError(problems);
    for (const [id, why] of skipped) {
      context.log.warn(groupSkipped(id, why));
      this.ends.set(id, { status: 'skipped', missing: why.map((each) => ({ why: each })), isLate: false });
      this.estimate.ended({ id } as PlannedGroup);
    }
    return groups.filter(({ id }) => !skipped.has(id));
  }

  private async measure(work: Work, group: PlannedGroup): Promise<void> {
    const { options, args, source } = this.props;
    const folder = this.folder as RunFolder;
    const started = Date.now();
    const result = await measureGroup({
      ...this.common(work, group),
      requests: work.requests,
      folder: folder.results,
      objects: await source.objectsOf(work.client, group),
      timeout: options.companion.timeout,
      keep: args.keep === true,
      progress: this.progressOf(group),
    });
    const seconds = (Date.now() - started) / 1000;
    folder.addFacts({}, { [group.id]: { started: new Date(started).toISOString(), seconds: Math.round(seconds), vms: result.facts } });
    this.ended(group, result, seconds);
  }

  private ended(group: PlannedGroup, { missing, isLate, left }: GroupResult, seconds: number): void {
    const isComplete = missing.length === 0;
    this.ends.set(group.id, { status: isComplete ? 'complete' : 'incomplete', missing, isLate, ...(left === undefined ? {} : { left }) });
    if (isComplete) this.estimate.ended(group, seconds);
    this.say(group, `${isComplete ? COMPLETE : reasons(missing)}${left === undefined ? '' : `; ${left}`}`);
  }

  private common({ client, report }: Work, group: PlannedGroup): Pick<GroupProps, 'client' | 'group' | 'report' | 'say' | 'standing'> {
    return {
      client,
      group,
      report,
      say: (what) => this.say(group, what),
      standing: (isStanding) => {
        if (isStanding) this.standing.add(group.id);
        else this.standing.delete(group.id);
      },
    };
  }

  private async remove(work: Work, group: PlannedGroup): Promise<void> {
    const { left } = await removeGroup(this.common(work, group));
    if (left !== undefined) this.ends.set(group.id, { status: 'complete', missing: [], isLate: false, left });
  }

  /** Prints the progress of a group when it changes. */
  private progressOf(group: PlannedGroup): (progress: GroupProgress) => void {
    let last = '';
    return (progress) => {
      this.estimate.progress(group, progress.records / progress.planned);
      const state = JSON.stringify(progress);
      if (state !== last) this.say(group, groupProgress(progress, this.estimate.seconds));
      last = state;
    };
  }

  private say({ id }: PlannedGroup, what: string): void {
    const { groups, context } = this.props;
    context.log.info(groupSays(groups.findIndex((group) => group.id === id) + 1, groups.length, id, what.replace(/\s+/g, ' ')));
  }

  private async end({ signal }: Work): Promise<number> {
    const { groups, source, context, args } = this.props;
    const folder = (this.folder as RunFolder).shown;
    const report = { plan: source.plan, groups, ends: this.ends, folder, seconds: (Date.now() - this.began) / 1000 };
    context.out(runTable(report));
    const all = groups.map(({ id }) => this.ends.get(id));
    const isComplete = all.every((end) => end?.status === 'complete');
    if (this.standing.size > 0) context.log.info(leftOnCluster([...this.standing], this.namespace, this.commands([...this.standing])));
    else if (!isComplete) context.log.info(goOn(this.resume));
    if (args['on-complete'] !== undefined) await this.tell(String(args['on-complete']), runJson(report), signal);
    if (isComplete) return EXIT.done;
    return all.some((end) => end?.isLate && end.status === 'incomplete') ? EXIT.timeout : EXIT.no;
  }

  /** Passes the summary to a command of the user. */
  private async tell(command: string, summary: string, signal: AbortSignal): Promise<void> {
    const { log } = this.props.context;
    const { code, stdout, stderr, silent } = await runToEnd({
      command: ['sh', '-c', command],
      input: summary,
      heard: () => {},
      signal,
      silence: SILENCE,
    });
    for (const text of [stdout, stderr]) if (text.trim() !== '') log.info(text.trimEnd());
    if (code !== 0) log.warn(commandFailed(command, silent ? 'no output for 10 min' : `exit code ${code ?? 'unknown'}`));
  }
}

interface Work extends Pick<GroupProps, 'client' | 'report'> {
  readonly requests: GuestRequests;
  readonly signal: AbortSignal;
}
