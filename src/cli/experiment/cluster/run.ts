import { Interrupted } from '../../../companion/client';
import { type GroupProgress, type GroupProps, type GroupResult, measureGroup, removeGroup } from '../../../companion/experiment/group';
import { type Missing, missingRecords } from '../../../companion/experiment/records';
import { runToEnd } from '../../../companion/process';
import { EXIT, type Problem, refuse, UserError } from '../../../errors';
import type { PlannedGroup } from '../../../experiment/experiment-plan';
import { present } from '../../../options/present';
import { resultsSoFar } from '../../../report/run';
import { atATime } from '../../../results/at-a-time';
import { audited } from '../../companion/audited';
import { announced, clientOf, interruptible } from '../../companion/cluster';
import type { Args, Context } from '../../context';
import type { Verb } from '../../verb';
import { LabPlace } from '../lab/lab-place';
import { isInLab, LAB_FLAGS, labPlan, misplacedFlags } from '../lab/prepare';
import { TUNING, tuningFlag } from '../tuning-flag';
import { ClusterPlace } from './cluster-place';
import { Estimate } from './estimate';
import {
  anotherRound,
  COMPLETE,
  COMPLETE_BEFORE,
  commandFailed,
  EMPTY_COMMAND,
  goOn,
  groupProgress,
  groupSays,
  groupSkipped,
  groupsExist,
  KEEP_WITH_RAMP,
  leftIn,
  MEASURED_BEFORE,
  NOTHING_CHANGED,
  onceMore,
  rampStops,
  resumeCommand,
  runFolderIs,
  wrongParallel,
} from './messages';
import { ONLY } from './only';
import type { Place } from './place';
import { OF_EXPERIMENT, type Prepared, prepare, requestsOf, VIA } from './prepare';
import { RampLane, type Step } from './ramp';
import { RUN_DIR, RunFolder } from './run-folder';
import { type GroupEnd, type GroupStatus, isDone, reasons, runJson, runTable } from './summary';

export const run: Verb = {
  name: 'run',
  describe: 'run an experiment: create the VMs of each group, store their records, delete them; the folder of the run has everything',
  words: 'FILE',
  flags: {
    in: { metavar: 'PLACE', choices: ['cluster', 'lab'], describe: 'where: cluster, or lab for VMs on this machine (default: cluster)' },
    parallel: { metavar: 'N', describe: 'groups that run at the same time; they share the cluster (default: 1)' },
    only: ONLY,
    resume: { describe: 'go on with a run: keep its records, and run only the groups that miss some' },
    keep: { describe: 'do not delete the VMs of a group when it is complete' },
    'on-complete': { metavar: 'COMMAND', describe: 'shell command to run at the end, with a summary in JSON on its standard input' },
    tuning: TUNING,
    via: VIA,
    ...LAB_FLAGS,
    output: RUN_DIR,
  },
  options: [...OF_EXPERIMENT, 'timeout', 'audit', 'audit_db'],
  examples: [
    ['virtwork experiment run fio-bench/quick', 'an experiment of the catalog'],
    ['virtwork experiment run dist/rank --resume', 'go on after an interrupt'],
    ['virtwork experiment run fio-bench/quick --in lab', 'in VMs on this machine'],
  ],
  run: runExperiment,
};

const MOST_PARALLEL = 99;
/** How often a ramp measures a group that misses records, before it counts as a breach. */
const ATTEMPTS = 2;
/** Milliseconds that the command of --on-complete may print nothing. */
const SILENCE = 600_000;

async function runExperiment(args: Args, context: Context): Promise<number> {
  const problems: Problem[] = [];
  const parallel = parallelOf(args, problems);
  if (args['on-complete'] === '') problems.push(EMPTY_COMMAND);
  const tuning = tuningFlag(args, problems);
  misplacedFlags(args, problems);
  const prepared = await prepare(run, args, context, problems);
  const lanes = RampLane.of(prepared.source.plan, prepared.groups);
  if (lanes.length > 0 && args.keep === true) problems.push(KEEP_WITH_RAMP);
  refuse(problems);
  const lab = isInLab(args) ? await labPlan(prepared, args, context) : undefined;
  const place = {
    source: prepared.source,
    cwd: context.cwd,
    ...present('tuning', tuning),
    ...(args.output === undefined ? {} : { output: String(args.output) }),
  };
  const folder = args.resume === true ? RunFolder.resume(place) : undefined;
  // A folder that cannot be used is reported before any request. It is created after the check.
  if (folder === undefined) RunFolder.unused(place);
  const runs = new Run({
    ...prepared,
    lanes,
    ...present('tuning', tuning ?? prepared.source.plan.tuning),
    args,
    context,
    parallel,
    folder,
    begin: () => RunFolder.begin(place),
  });
  const ended = interruptible(
    context,
    async (signal) => {
      if (lab) return runs.all({ place: new LabPlace({ ...lab, signal }), signal });
      const client = clientOf(prepared.options, context, signal);
      const { columns } = await announced(client, context);
      const log = { command: 'experiment run', ...columns };
      return audited({ options: prepared.options, context, log }, async (record) => {
        const { source } = prepared;
        const place = new ClusterPlace({ client, requests: requestsOf(client, args, context), report: record.report, source, context });
        const code = await runs.all({ place, signal });
        const ending = code === EXIT.done ? { status: 'success' as const } : { status: 'failed' as const, error: 'groups are incomplete' };
        return { code, ending };
      });
    },
    () => runs.goOn,
  );
  return ended.finally(() => runs.close());
}

function parallelOf({ parallel = '1' }: Args, problems: Problem[]): number {
  const number = /^[1-9][0-9]?$/.test(String(parallel)) ? Number(parallel) : 0;
  if (number < 1 || number > MOST_PARALLEL) problems.push(wrongParallel(parallel));
  return Math.max(1, number);
}

interface RunProps extends Prepared {
  readonly lanes: readonly RampLane[];
  readonly args: Args;
  readonly context: Context;
  readonly parallel: number;
  /** How the cluster is tuned. @default not stated */
  readonly tuning?: string;
  /** The folder of the run that goes on. @default a new run */
  readonly folder: RunFolder | undefined;
  /** Creates the folder of a new run. */
  readonly begin: () => RunFolder;
}

/** One run of an experiment. */
class Run {
  private readonly ends = new Map<string, GroupEnd>();
  /** Groups that may have VMs. */
  private readonly standing = new Set<string>();
  private readonly estimate: Estimate;
  private readonly began = Date.now();
  private folder: RunFolder | undefined;
  private place: Place | undefined;

  /** Names of the measured VMs of each group. */
  private readonly names = new Map<string, readonly string[]>();
  private readonly laneOf: ReadonlyMap<string, RampLane>;
  /** Groups that the cluster cannot run, with the reasons. */
  private skipped: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(private readonly props: RunProps) {
    this.laneOf = new Map(props.lanes.flatMap((lane) => lane.groups.map(({ id }) => [id, lane])));
    this.estimate = new Estimate(
      props.groups.filter(({ id }) => !this.laneOf.has(id)),
      props.parallel,
    );
    this.folder = props.folder;
  }

  /** Lets other processes use the folder. */
  close(): void {
    this.folder?.close();
  }

  /** What an interrupt leaves, and how to go on. */
  get goOn(): string {
    if (!this.folder) return NOTHING_CHANGED;
    return this.left ?? goOn(this.resume);
  }

  /** @returns the exit code */
  async all(work: Work): Promise<number> {
    const { place } = work;
    this.place = place;
    const { groups, lanes, source, context, parallel } = this.props;
    try {
      const there = await this.existing(place);
      for (const group of groups) this.names.set(group.id, (await place.group(group, () => {})).names);
      const open = groups.filter((group) => !this.isComplete(group));
      const possible = await this.possible(place, open, there);
      this.folder ??= this.props.begin();
      context.log.info(runFolderIs(this.folder.shown));
      for (const group of groups.filter((each) => !open.includes(each))) {
        this.ends.set(group.id, { status: 'complete', missing: [], isLate: false });
        this.estimate.ended(group);
        this.say(group, this.laneOf.has(group.id) ? MEASURED_BEFORE : COMPLETE_BEFORE);
        if (there.has(group.id)) await this.endBefore(work, group);
      }
      if (possible.length > 0 || lanes.some((lane) => this.nextOf(lane))) {
        const facts = await place.begin();
        this.folder.addFacts({ plan: source.plan.hash, ...present('tuning', this.props.tuning) });
        this.folder.addPlace(facts);
      }
      const others = possible.filter(({ id }) => !this.laneOf.has(id));
      const works = [...others.map((group) => () => this.measure(work, group)), ...lanes.map((lane) => () => this.climb(work, lane))];
      await atATime(parallel, works, (each) => each().then(() => {}));
      const again = others.filter(({ id }) => this.ends.get(id)?.status !== 'complete');
      if (again.length > 0) context.log.info(onceMore(again.length));
      await atATime(parallel, again, (group) => this.measure(work, group).then(() => {}));
    } catch (error) {
      if (!(error instanceof Interrupted) && this.folder) context.log.info(this.goOn);
      throw error;
    }
    return this.end(work);
  }

  /** The command that goes on with this run. */
  private get resume(): string {
    const values = ['only', 'parallel', ...(this.place?.flags ?? []), 'timeout', 'catalog-dir', 'tuning', 'on-complete'];
    const options = [...this.given(values), ...(this.props.args.keep === true ? [['--keep'] as const] : [])];
    return resumeCommand(this.props.source.given, this.folder?.shown ?? '', options);
  }

  /** Flags as they were given. */
  private given(flags: readonly string[]): (readonly [flag: string, value: string])[] {
    const { args } = this.props;
    return flags.flatMap((flag) => [args[flag] ?? []].flat().map((value) => [`--${flag}`, String(value)] as const));
  }

  /** What is left, and the commands that continue and delete. @returns undefined for nothing */
  private get left(): string | undefined {
    const ids = [...this.standing];
    if (!this.place || ids.length === 0) return undefined;
    return leftIn(this.place.name, ids, { resume: this.resume, remove: this.place.removeCommand(ids) });
  }

  /** Whether nothing of a group is to be measured, or was begun. A ramp may still need a further round of it. */
  private isComplete(group: PlannedGroup): boolean {
    if (!this.laneOf.has(group.id)) return this.folder !== undefined && this.missing(group, 1)?.length === 0;
    const rounds = this.roundsOf(group);
    return rounds > 0 && this.folder?.groupFacts(group.id, rounds + 1) === undefined;
  }

  /** What a round of a group misses. */
  private missing({ id, ...group }: PlannedGroup, round: number): Missing[] | undefined {
    const names = this.names.get(id) ?? [];
    return this.folder && names.length > 0 ? missingRecords(this.folder.round(round), { id, ...group }, names) : undefined;
  }

  /** How often a group was measured to its end: it is complete, or has failed twice. */
  private roundsOf(group: PlannedGroup): number {
    for (let round = 1; ; round += 1) {
      const attempts = this.folder?.groupFacts(group.id, round)?.attempts ?? 0;
      if (attempts < ATTEMPTS && this.missing(group, round)?.length !== 0) return round - 1;
    }
  }

  /** The groups that have VMs, or what is left of them. @throws UserError for a new run: they may hold results of another one */
  private async existing(place: Place): Promise<ReadonlySet<string>> {
    const { groups, source } = this.props;
    const there = await place.existing(groups, this.folder !== undefined);
    if (there.size > 0 && !this.folder) {
      const ids = [...there].sort();
      const commands = { resume: resumeCommand(source.given, 'DIR', this.given(place.flags)), remove: place.removeCommand(ids) };
      throw new UserError([groupsExist(ids, place.where, commands)]);
    }
    for (const id of there) this.standing.add(id);
    return there;
  }

  /** The groups that can run; the others are skipped. @throws UserError when nothing can run */
  private async possible(place: Place, groups: readonly PlannedGroup[], running: ReadonlySet<string>): Promise<PlannedGroup[]> {
    const { context } = this.props;
    if (groups.length === 0) return [];
    const { problems, skipped, warnings } = await place.check(groups, running);
    warnings.forEach(context.log.warn);
    if (problems.length > 0) throw new UserError(problems);
    this.skipped = skipped;
    // A ramp may end before the groups that it cannot run.
    for (const id of skipped.keys()) if (!this.laneOf.has(id)) this.skip(id);
    return groups.filter(({ id }) => !skipped.has(id));
  }

  private skip(id: string): void {
    const why = this.skipped.get(id) ?? [];
    this.props.context.log.warn(groupSkipped(id, why));
    this.ends.set(id, { status: 'skipped', missing: why.map((each) => ({ why: each })), isLate: false });
    this.estimate.ended({ id } as PlannedGroup);
  }

  /** Measures what the ramps of a lane need, and nothing else. Everything that was measured decides, also in earlier processes. */
  private async climb(work: Work, lane: RampLane): Promise<void> {
    let stop: string | undefined;
    for (let step = this.nextOf(lane); step !== undefined && stop === undefined; step = this.nextOf(lane)) {
      const { group, round } = step;
      const why = this.skipped.get(group.id);
      if (why) {
        lane.skip(group, why);
        this.skip(group.id);
        continue;
      }
      stop = round > 1 ? await this.beginRound(work, group, round) : undefined;
      if (stop !== undefined) break;
      this.estimate.ramp(lane, lane.seconds - group.seconds);
      const { isRejected, missing, left } = await this.measure(work, group, round);
      this.estimate.ended(group);
      // The next count would share the cluster with what is left.
      if (left !== undefined) stop = rampStops(left);
      else if (isRejected)
        lane.skip(
          group,
          missing.map((each) => each.why),
        );
      else if (this.roundsOf(group) >= round) {
        this.nextOf(lane);
        this.say(group, lane.outcomeOf(group));
      }
    }
    this.nextOf(lane);
    this.estimate.ramp(lane, 0);
    for (const group of lane.groups) this.endOf(lane, group, stop);
  }

  /** What a lane measures next, after everything that has ended. */
  private nextOf(lane: RampLane): Step | undefined {
    const { plan } = this.props.source;
    const folder = this.folder as RunFolder;
    const rounds = new Map(lane.groups.map((group) => [group.id, this.roundsOf(group)]));
    const { cells } = resultsSoFar(plan, folder.path, (group, round) => round <= (rounds.get(group) ?? 0));
    lane.update(cells, ({ id }) => rounds.get(id) ?? 0);
    return lane.next;
  }

  /** Makes sure that VMs of an earlier round are not taken for those of a further one. @returns why that is not possible */
  private async beginRound(work: Work, group: PlannedGroup, round: number): Promise<string | undefined> {
    const folder = this.folder as RunFolder;
    this.say(group, anotherRound(round));
    if (folder.groupFacts(group.id, round) !== undefined) return undefined;
    const { left } = await removeGroup(await this.common(work, group));
    if (left !== undefined) return rampStops(left);
    folder.setGroupFacts(group.id, round, { started: new Date().toISOString() });
    return undefined;
  }

  /** @param stop why its lane stopped. @default all ramps have ended */
  private endOf(lane: RampLane, group: PlannedGroup, stop: string | undefined): void {
    const rounds = this.roundsOf(group);
    const before = this.ends.get(group.id);
    if (rounds > 0) {
      const missing = Array.from({ length: rounds }, (_, index) => this.missing(group, index + 1) ?? []).flat();
      const status: GroupStatus = missing.length === 0 ? 'complete' : 'incomplete';
      const known = before?.status === status ? before : { status, missing, isLate: before?.isLate ?? false };
      this.ends.set(group.id, { ...known, ...(before?.left === undefined ? {} : { left: before.left }), note: lane.outcomeOf(group) });
      return;
    }
    if (before) return;
    const isOpen = stop !== undefined || lane.hasUnknown;
    const note = stop ?? lane.reasonOf(group);
    this.ends.set(group.id, { status: isOpen ? 'left' : 'not needed', missing: [], isLate: false, note });
  }

  private async measure(work: Work, group: PlannedGroup, round = 1): Promise<GroupResult> {
    const { options, args } = this.props;
    const folder = this.folder as RunFolder;
    const lane = this.laneOf.get(group.id);
    const started = Date.now();
    const result = await measureGroup({
      ...(await this.common(work, group)),
      folder: folder.round(round),
      timeout: options.companion.timeout,
      keep: args.keep === true,
      deletesSilent: lane?.hasWithin === true,
      progress: this.progressOf(group),
      created: (at) => {
        const { attempts } = folder.groupFacts(group.id, round) ?? {};
        folder.setGroupFacts(group.id, round, { started: at.toISOString(), ...present('attempts', attempts) });
      },
      facts: (vms) => folder.addVmFacts(group.id, round, vms),
    });
    if (!result.isRejected) this.recordEnd(group, round, started);
    this.ended(group, result, (Date.now() - started) / 1000);
    return result;
  }

  /** @param began when the attempt began, if the facts do not say so */
  private recordEnd({ id }: PlannedGroup, round: number, began: number): void {
    const folder = this.folder as RunFolder;
    const { started = new Date(began).toISOString(), attempts = 0, vms = {} } = folder.groupFacts(id, round) ?? {};
    const seconds = Math.round((Date.now() - Date.parse(started)) / 1000);
    folder.setGroupFacts(id, round, { started, seconds, attempts: attempts + 1, vms });
  }

  private ended(group: PlannedGroup, { missing, isLate, left }: GroupResult, seconds: number): void {
    const isComplete = missing.length === 0;
    this.ends.set(group.id, { status: isComplete ? 'complete' : 'incomplete', missing, isLate, ...(left === undefined ? {} : { left }) });
    if (isComplete) this.estimate.ended(group, seconds);
    this.say(group, `${isComplete ? COMPLETE : reasons(missing)}${left === undefined ? '' : `; ${left}`}`);
  }

  private async common({ place }: Work, group: PlannedGroup): Promise<Pick<GroupProps, 'place' | 'group' | 'say' | 'standing'>> {
    const say = (what: string) => this.say(group, what);
    return {
      place: await place.group(group, say),
      group,
      say,
      standing: (isStanding) => {
        if (isStanding) this.standing.add(group.id);
        else this.standing.delete(group.id);
      },
    };
  }

  /** Ends a group that is complete, although an earlier process was interrupted before it had deleted everything of it. */
  private async endBefore(work: Work, group: PlannedGroup): Promise<void> {
    const folder = this.folder as RunFolder;
    const common = await this.common(work, group);
    const round = Math.max(1, this.laneOf.has(group.id) ? this.roundsOf(group) : 1);
    const isOpen = folder.groupFacts(group.id, round)?.seconds === undefined;
    if (isOpen && (await common.place.existing()).size > 0) folder.addVmFacts(group.id, round, await common.place.facts());
    const { left } = this.props.args.keep === true ? {} : await removeGroup(common);
    if (left !== undefined) this.ends.set(group.id, { status: 'complete', missing: [], isLate: false, left });
    if (isOpen) this.recordEnd(group, round, Date.now());
  }

  /** Prints the progress of a group when it changes. */
  private progressOf(group: PlannedGroup): (progress: GroupProgress) => void {
    let last = '';
    return (progress) => {
      this.estimate.progress(group, progress.records / progress.planned);
      const state = JSON.stringify(progress);
      if (state !== last) this.say(group, groupProgress(progress, this.estimate.seconds, this.estimate.isMost));
      last = state;
    };
  }

  private say({ id }: PlannedGroup, what: string): void {
    const { groups, context } = this.props;
    context.log.info(groupSays(groups.findIndex((group) => group.id === id) + 1, groups.length, id, what.replace(/\s+/g, ' ')));
  }

  private async end({ signal }: Work): Promise<number> {
    const { groups, lanes, source, context, args } = this.props;
    const folder = (this.folder as RunFolder).shown;
    const ramps = lanes.flatMap(({ summaries }) => summaries);
    const report = { plan: source.plan, groups, ends: this.ends, ramps, folder, seconds: (Date.now() - this.began) / 1000 };
    context.out(runTable(report));
    const all = groups.map(({ id }) => this.ends.get(id));
    const isComplete = all.every(isDone);
    if (this.left !== undefined) context.log.info(this.left);
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

interface Work {
  readonly place: Place;
  readonly signal: AbortSignal;
}
