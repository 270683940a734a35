import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { refuse, UserError } from '../../../errors';
import { planDifferences } from '../../../experiment/changed-plan';
import type { ExperimentPlan } from '../../../experiment/experiment-plan';
import { type ReadPlan, readPlan } from '../../../experiment/read-plan';
import type { GroupFacts, RunFacts } from '../../../experiment/run-facts';
import { readBounded } from '../../../files/bounded-file';
import { isFolder, makeFolder, mayExist } from '../../../files/make-folder';
import { placeNew, replaceFile } from '../../../files/new-file';
import { shownPath } from '../../../files/shown-path';
import { roundFolder } from '../../../report/rounds';
import { ResultsFolder } from '../../../results/folder';
import type { Flag } from '../../verb';
import { IN_EXPERIMENT, noRun, otherPlan, otherTuning, runExists, wrongPlanOfRun } from './messages';
import { lockFolder, refuseOthers } from './run-lock';
import type { Source } from './source';

export const RUN_DIR: Flag = { alias: 'o', metavar: 'DIR', describe: 'folder of the run (default: runs/NAME/TIME)' };

export interface RunFolderProps {
  readonly source: Source;
  readonly cwd: string;
  /** The folder of the run. @default a folder below runs/NAME */
  readonly output?: string;
  /** How the cluster is tuned, which is the same during a run. @default that of the plan */
  readonly tuning?: string;
}

/** The folder of one run: the plan, the facts, and the records of each group. */
export class RunFolder {
  readonly results: ResultsFolder;
  private release = () => {};

  /** @param shown the path for messages and commands */
  private constructor(
    readonly path: string,
    readonly shown: string,
  ) {
    this.results = this.round(1);
  }

  /** The folder for a new run, which does not exist or has no run. @throws UserError */
  static unused(props: RunFolderProps): RunFolder {
    const { cwd, output } = props;
    const plan = planOf(props);
    const folder = RunFolder.at(output === undefined ? unused(parentOf(plan, cwd)) : resolve(cwd, output), cwd);
    if (!folder.has(plan)) return folder;
    refuseOthers(folder.path, folder.shown);
    refuse([runExists(folder.shown)]);
    return folder;
  }

  /** Begins a run, and locks it. @throws UserError when the folder has one */
  static begin(props: RunFolderProps): RunFolder {
    const folder = RunFolder.unused(props);
    makeFolder(folder.path);
    // Another process may have begun a run in the meantime.
    if (!placeNew(join(folder.path, 'plan.json'), Buffer.from(planText(props)))) refuse([runExists(folder.shown)]);
    return folder.locked();
  }

  /** Goes on with a run, and locks it: by default, the newest one of the plan. @throws UserError, also when another process uses it */
  static resume(props: RunFolderProps): RunFolder {
    const { cwd, output } = props;
    const plan = planOf(props);
    const parent = parentOf(plan, cwd);
    const folder = RunFolder.at(output === undefined ? (newest(parent, plan) ?? parent) : resolve(cwd, output), cwd);
    if (!folder.has(plan)) refuse([noRun(folder.shown)]);
    return folder.locked();
  }

  /** Goes on with a run, if there is one. @throws UserError */
  static existing(props: RunFolderProps): RunFolder | undefined {
    const { cwd, output } = props;
    const plan = planOf(props);
    const path = output === undefined ? newest(parentOf(plan, cwd), plan) : resolve(cwd, output);
    return path !== undefined && RunFolder.at(path, cwd).has(plan) ? RunFolder.resume(props) : undefined;
  }

  private static at(path: string, cwd: string): RunFolder {
    return new RunFolder(path, shownPath(path, cwd));
  }

  private locked(): RunFolder {
    this.release = lockFolder(this.path, this.shown);
    return this;
  }

  /** Lets other processes use it. */
  close(): void {
    this.release();
  }

  /** The records of a round. Those of a further round, for which a ramp measures a group again, must not be mixed with the first ones. */
  round(round: number): ResultsFolder {
    return new ResultsFolder(join(roundFolder(this.path, round), 'groups'));
  }

  /** The folder of the records. */
  get records(): string {
    return this.results.path;
  }

  /** Whether it has a run of the plan. @throws UserError for a run of another or a changed plan, or with other tuning */
  private has(plan: ExperimentPlan): boolean {
    const read = planIn(this.path, plan);
    if (read === undefined) return false;
    if ('wrong' in read) throw new UserError([wrongPlanOfRun(join(this.shown, 'plan.json'), read.wrong)]);
    const { plan: there } = read;
    if (there.hash !== plan.hash) refuse([otherPlan(this.shown, planDifferences(there, plan, IN_EXPERIMENT))]);
    if (!hasTuning(there, plan)) refuse([otherTuning(this.shown, there.tuning, plan.tuning)]);
    return true;
  }

  /** Adds to facts.json. */
  addFacts(facts: { readonly [key: string]: unknown }): void {
    const all = { schema: 'virtwork.facts/1', groups: {}, ...factsIn(this.path), ...facts };
    replaceFile(join(this.path, 'facts.json'), `${JSON.stringify(all, null, 2)}\n`, 0o666);
  }

  /** Adds what the place is like now. What it was like before, when the run began or went on, is kept if it differs. */
  addPlace(place: { readonly [key: string]: unknown }): void {
    const { schema: _, groups: __, plan: ___, tuning: ____, since, earlier = [], ...before } = factsIn(this.path);
    if (JSON.stringify(before) === JSON.stringify(place)) return;
    const isFirst = Object.keys(before).length === 0;
    this.addFacts({ since: new Date().toISOString(), ...place, ...(isFirst ? {} : { earlier: [...earlier, { since, ...before }] }) });
  }

  /** What facts.json says of a round of a group. @returns undefined if it has not begun */
  groupFacts(group: string, round: number): GroupFacts | undefined {
    const first = factsIn(this.path).groups?.[group];
    return round === 1 ? first : first?.rounds?.[round];
  }

  /** Replaces what facts.json says of a round of a group. */
  setGroupFacts(group: string, round: number, facts: GroupFacts): void {
    const { groups = {} } = factsIn(this.path);
    const { rounds, ...first } = groups[group] ?? {};
    const all = round === 1 ? rounds : { ...rounds, [round]: facts };
    this.addFacts({ groups: { ...groups, [group]: { ...(round === 1 ? facts : first), ...(all ? { rounds: all } : {}) } } });
  }

  /** Adds to what facts.json says of the VMs of a round of a group. */
  addVmFacts(group: string, round: number, facts: { readonly [vm: string]: object }): void {
    const known = this.groupFacts(group, round);
    const vms = Object.entries(facts).map(([name, now]) => [name, { ...known?.vms?.[name], ...stated(now, known?.vms?.[name]) }]);
    this.setGroupFacts(group, round, { ...known, vms: { ...known?.vms, ...Object.fromEntries(vms) } });
  }
}

/** Facts without lists and maps that are empty now: VMs that are being deleted have lost them. */
function stated(now: object, before: object | undefined): object {
  return before === undefined ? now : Object.fromEntries(Object.entries(now).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function factsIn(folder: string): Partial<RunFacts> {
  const file = join(folder, 'facts.json');
  if (!mayExist(file)) return {};
  try {
    const bytes = readBounded(file, 64 << 20);
    return typeof bytes === 'string' ? {} : JSON.parse(bytes.toString('utf8'));
  } catch {
    return {};
  }
}

/** The plan, with the tuning of the run. */
function planOf({ source: { plan }, tuning = plan.tuning }: RunFolderProps): ExperimentPlan {
  return tuning === undefined ? plan : { ...plan, tuning };
}

function planText(props: RunFolderProps): string {
  const { plan, planText: text } = props.source;
  const own = planOf(props);
  return own.tuning === plan.tuning ? text : `${JSON.stringify(own, null, 2)}\n`;
}

/** Whether a run has the tuning of the plan. Any is good if that is not stated. */
function hasTuning(run: Pick<ExperimentPlan, 'tuning'>, { tuning }: ExperimentPlan): boolean {
  return tuning === undefined || run.tuning === tuning;
}

/** @param plan the one that it should have. @returns undefined without a plan */
function planIn(folder: string, plan: ExperimentPlan): ReadPlan | undefined {
  const file = join(folder, 'plan.json');
  return mayExist(file) ? readPlan(file, () => [plan]) : undefined;
}

function parentOf({ name }: ExperimentPlan, cwd: string): string {
  return join(cwd, 'runs', name);
}

function newest(parent: string, plan: ExperimentPlan): string | undefined {
  if (!isFolder(parent)) return undefined;
  const names = readdirSync(parent).sort().reverse();
  return names
    .map((name) => join(parent, name))
    .find((folder) => {
      const there = isFolder(folder) ? planIn(folder, plan) : undefined;
      return there && 'plan' in there && there.plan.hash === plan.hash && hasTuning(there.plan, plan);
    });
}

/** A folder named after the time, which does not exist. */
function unused(parent: string): string {
  const name = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  let path = join(parent, name);
  for (let count = 2; mayExist(path); count += 1) path = join(parent, `${name}-${count}`);
  return path;
}
