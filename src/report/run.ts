import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Problem, refuse, refusedPath, UserError } from '../errors';
import { changeOf, copiesIn } from '../experiment/changed-plan';
import type { ExperimentPlan } from '../experiment/experiment-plan';
import { validate as validatePlan } from '../experiment/plan-validator';
import type { RunFacts } from '../experiment/run-facts';
import { readBounded } from '../files/bounded-file';
import { shownPath } from '../files/shown-path';
import { notFormat } from '../results/messages';
import { documentError } from '../schema/schema-errors';
import { collect } from './collect';
import type { ExperimentResults } from './experiment-results';
import {
  danglingPlan,
  isNotReadable,
  MANIFESTS,
  NO_SUCH_FILE,
  NOT_JSON,
  noPlanFound,
  notAPlan,
  notARun,
  oneRun,
  planNotUsed,
  planOfOtherRecords,
  severalPlansFit,
} from './messages';
import type { TrialRecord } from './record';
import { experimentResults } from './results';
import { validate as validateResults } from './results-validator';
import { counted, knownFacts, roundsIn, withRounds } from './rounds';
import { type Found, readSources } from './sources';

/** Bytes of a plan or of results that are read. */
const LARGEST = 512 << 20;

export interface RunProps {
  /** A run folder, a results.json, or files and folders with records, as the user named them. */
  readonly paths: readonly string[];
  /** File of the plan. @default that of the run folder, or the one of dist/ whose groups the records have */
  readonly plan?: string;
  /** How the cluster was tuned. @default what the run recorded, or the plan */
  readonly tuning?: string;
  readonly cwd: string;
  /** Gets the path of the plan, if the user named none and the records are not in a run folder. @default it is not reported */
  readonly onPlan?: (path: string) => void;
}

/**
 * Reads a run and evaluates it.
 * @throws UserError for files that cannot be read, and if there is no plan
 */
export function readRun({ paths, plan: stated, tuning, cwd, onPlan = () => undefined }: RunProps): ExperimentResults {
  const problems: Problem[] = [];
  const whole = paths.find((path) => isRun(resolve(cwd, path)) || isResultsFile(resolve(cwd, path)));
  if (whole !== undefined && paths.length > 1) throw new UserError([oneRun(paths)]);
  if (whole !== undefined && !isRun(resolve(cwd, whole))) {
    if (stated !== undefined) throw new UserError([{ where: 'flag --plan', ...planNotUsed(whole) }]);
    const results = readResults(whole, cwd);
    return tuning === undefined ? results : { ...results, tuning };
  }
  const folder = whole;
  // The output of synth has a plan too, and the page must not be written into it.
  if (folder !== undefined && existsSync(resolve(cwd, folder, 'kustomization.yaml')))
    throw new UserError([{ where: folder, ...MANIFESTS }]);
  const path = stated ?? (folder === undefined ? undefined : join(folder, 'plan.json'));
  const known = path === undefined ? undefined : planAt(path, cwd, problems);
  const found = folder === undefined ? readSources(paths, cwd, problems) : readSources([recordsOf(folder, cwd)], cwd, problems, true);
  refuse(problems);
  // Without any record, no plan can be found, and what is wrong with the files is the reason.
  if (known === undefined && found.records.length === 0) refuse(found.broken.map(({ place, why }) => ({ where: place, message: why })));
  const plan = known ?? foundPlan(found.records, cwd, onPlan);
  // One error instead of one for each record.
  if (stated !== undefined && folder === undefined) refuse(planOfOthers(plan, found.records));
  return folder === undefined
    ? experimentResults(plan, collect(plan, found), undefined, tuning)
    : ofRun(plan, folder, cwd, found, { tuning });
}

/** Whether a round of a group counts. */
type Counts = (group: string, round: number) => boolean;

/**
 * Evaluates what a run has so far.
 * @param folder of the run
 * @param counts which groups and rounds. Others are treated as not measured
 */
export function resultsSoFar(plan: ExperimentPlan, folder: string, counts: Counts): ExperimentResults {
  return ofRun(plan, folder, folder, readSources([recordsOf(folder, folder)], folder, [], true), { counts });
}

function ofRun(
  plan: ExperimentPlan,
  folder: string,
  cwd: string,
  first: Found,
  { counts = () => true, tuning }: { readonly counts?: Counts; readonly tuning?: string | undefined },
): ExperimentResults {
  const facts = factsOf(resolve(cwd, folder));
  const rounds = [{ round: 1, found: first }, ...roundsIn(folder, cwd)].map(({ round, found }) => ({
    round,
    found: counted(found, (group) => counts(group, round)),
  }));
  const known = knownFacts(facts, counts);
  const whole = withRounds(plan, rounds, known);
  return experimentResults(whole.plan, collect(whole.plan, whole.found), known, tuning);
}

/**
 * Reads a run, or the results of one.
 * @param path run folder, or a file `results.json`
 */
export function readResults(path: string, cwd: string): ExperimentResults {
  const absolute = resolve(cwd, path);
  if (isRun(absolute)) return readRun({ paths: [path], cwd });
  const problems: Problem[] = [];
  const value = jsonAt(absolute, shownPath(absolute, cwd), problems, notARun);
  refuse(problems);
  const wrong = resultsProblem(value);
  if (wrong !== undefined) throw new UserError([{ where: shownPath(absolute, cwd), ...notARun(wrong) }]);
  return value as ExperimentResults;
}

function resultsProblem(value: unknown): string | undefined {
  const { schema } = (value ?? {}) as { readonly schema?: unknown };
  return schema === 'virtwork.results/1' ? documentError(value, validateResults) : notFormat('virtwork.results/1', schema);
}

/** A file that `experiment report -o json` wrote: records are compressed. */
function isResultsFile(path: string): boolean {
  return path.endsWith('.json') && !isFolder(path);
}

/** A folder that `virtwork experiment run` wrote. */
export function isRun(path: string): boolean {
  return isFolder(path) && existsSync(join(path, 'plan.json'));
}

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function recordsOf(folder: string, cwd: string): string {
  const groups = join(folder, 'groups');
  return isFolder(resolve(cwd, groups)) ? groups : folder;
}

function factsOf(folder: string): RunFacts | undefined {
  const facts = jsonAt(join(folder, 'facts.json'), '', [], notARun);
  return typeof facts === 'object' && facts !== null ? (facts as RunFacts) : undefined;
}

function planAt(path: string, cwd: string, problems: Problem[]): ExperimentPlan | undefined {
  const absolute = resolve(cwd, path);
  const shown = shownPath(absolute, cwd);
  const value = jsonAt(absolute, shown, problems, notAPlan);
  if (value === undefined) return undefined;
  const wrong = planProblem(value, cwd);
  if (wrong !== undefined) problems.push({ where: shown, ...notAPlan(wrong) });
  return wrong === undefined ? (value as ExperimentPlan) : undefined;
}

function planProblem(value: unknown, cwd: string): string | undefined {
  const { schema } = (value ?? {}) as { readonly schema?: unknown };
  if (schema !== 'virtwork.plan/1') return notFormat('virtwork.plan/1', schema);
  const error = documentError(value, validatePlan);
  if (error !== undefined) return error;
  const { groups, cells } = value as ExperimentPlan;
  const known = { groups: new Set(groups.map(({ id }) => id)), cells: new Set(cells.map(({ id }) => id)) };
  const group = cells.find((cell) => !known.groups.has(cell.group))?.group;
  if (group !== undefined) return danglingPlan('group', group);
  const cell = groups.flatMap(({ trials }) => trials).find((trial) => !known.cells.has(trial.cell))?.cell;
  return cell === undefined ? changeOf(value as ExperimentPlan, copiesIn(cwd)) : danglingPlan('cell', cell);
}

/** @param wrong the problem of a file with another content */
function jsonAt(path: string, shown: string, problems: Problem[], wrong: (detail: string) => Omit<Problem, 'where'>): unknown {
  try {
    const bytes = readBounded(path, LARGEST);
    if (Buffer.isBuffer(bytes)) return JSON.parse(bytes.toString('utf8'));
    problems.push({ where: shown, ...wrong(isNotReadable(bytes)) });
  } catch (error) {
    const refused = refusedPath(error);
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError) problems.push({ where: shown, ...wrong(NOT_JSON) });
    else if (code === 'ENOENT') problems.push({ where: shown, message: NO_SUCH_FILE });
    else if (code === 'EISDIR') problems.push({ where: shown, ...wrong(isNotReadable('a folder')) });
    else if (refused) problems.push({ where: shown, message: refused.message });
    else throw error;
  }
  return undefined;
}

/** The plan in dist/ whose groups the records have, with the same trials. */
function foundPlan(records: readonly TrialRecord[], cwd: string, onPlan: (path: string) => void): ExperimentPlan {
  const paths = plansIn(resolve(cwd, 'dist')).map((path) => ({ path, shown: shownPath(path, cwd) }));
  const plans = paths.flatMap(({ path, shown }) => {
    const plan = planAt(path, cwd, []);
    return plan ? [{ plan, shown }] : [];
  });
  const digests = new Set(records.map(({ group, plan }) => `${group} ${plan}`));
  const counts = plans.map(({ plan }) => plan.groups.filter(({ id, plan: digest }) => digests.has(`${id} ${digest}`)).length);
  const most = Math.max(0, ...counts);
  const fitting = most === 0 ? [] : plans.filter((_, index) => counts[index] === most);
  const [first] = fitting;
  if (first === undefined) throw new UserError([{ where: 'flag --plan', ...noPlanFound(paths.map(({ shown }) => shown)) }]);
  if (new Set(fitting.map(({ plan }) => plan.hash)).size > 1)
    throw new UserError([{ where: 'flag --plan', ...severalPlansFit(fitting.map(({ shown }) => shown)) }]);
  onPlan(first.shown);
  return first.plan;
}

/** The problem of a plan that has no group of any record. */
function planOfOthers({ name, groups }: ExperimentPlan, records: readonly TrialRecord[]): Problem[] {
  const known = new Set(groups.map(({ id }) => id));
  const [first] = records;
  return first === undefined || records.some(({ group }) => known.has(group))
    ? []
    : [{ where: 'flag --plan', ...planOfOtherRecords(name, first.group) }];
}

function plansIn(folder: string): string[] {
  if (!isFolder(folder)) return [];
  const names = readdirSync(folder).sort();
  return names.map((name) => join(folder, name, 'plan.json')).filter(existsSync);
}
