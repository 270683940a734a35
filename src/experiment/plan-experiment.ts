import type { Entry } from '../catalog/entry';
import { entryNames } from '../catalog/find';
import type { Problems } from '../catalog/problems';
import { formatProblem, type Problem, refuse, UserError } from '../errors';
import { type CatalogEntries, catalogEntries, planOf } from '../load-plan';
import type { ConfigFile } from '../options/config-file';
import { optionsOf, type Sources } from '../options/load';
import type { Options } from '../options/options';
import { refuseSecrets } from '../options/secrets';
import type { Spell } from '../options/spell';
import { MOST_TRIALS } from '../options/workload-settings';
import { accessLines } from '../plan/access';
import { namespaceProblems } from '../plan/namespace';
import type { RolePlan, TrialsPlan } from '../plan/plan';
import { totals } from '../plan/totals';
import { formatPath } from '../schema/schema-errors';
import type { PoolsPlan } from '../synth/pools';
import { nearest } from '../text/suggest';
import type { YamlFile } from '../yaml/yaml-file';
import { type Axis, readAxes } from './axes';
import { combine, type Matrix } from './cells';
import { type ExperimentFile, readExperiment } from './experiment-file';
import type { ExperimentPlan, PlannedGroup, PlannedMetric, PlannedPools, PlannedRamp, PlanTotals } from './experiment-plan';
import { besideName, type Common, commonConfig, groupConfig } from './group-options';
import { type Group, groupsOf } from './groups';
import {
  manyVms,
  measuredBeside,
  NO_WORKLOAD,
  NOT_IN_SETTINGS,
  noResults,
  notInSettings,
  notMeasurable,
  ofMeasured,
  POOLS,
  tooManyGroups,
  unknownWorkload,
} from './messages';
import { sha256 } from './names';
import type { Judging } from './needs';
import { planHash } from './plan-hash';
import { NO_EFFECT_IN_POD } from './pod/messages';
import { ONLY_IN_VMS, podProblems } from './pod/pod-problems';
import type { GroupPlan } from './pod/render-group';
import { readPools } from './pools';
import { type Rules, readRules } from './rules';
import { sameValues } from './same-values';
import { isMap, mapAt, problemAt } from './source';
import { tuningOf } from './tuning';
import { readUntil } from './until';

/** An experiment: what it measures, and what is rendered for it. */
export interface PlannedExperiment {
  readonly plan: ExperimentPlan;
  /** The options of all groups, with the folder of the output. */
  readonly options: Options;
  /** By ID, in the order of the plan. */
  readonly groups: ReadonlyMap<string, GroupPlan>;
  /** @default the experiment has none */
  readonly pools?: PoolsPlan;
  /** Oddities that are not errors. */
  readonly warnings: readonly string[];
  /** What workloads next to the measured one may do in the cluster. */
  readonly permissions: readonly string[];
}

/** Seconds that are estimated until the VMs of a group are ready, and until they are deleted. */
const READY = 300;
const MOST_GROUPS = 1000;
/** VMs of all groups from which on the experiment is probably not meant. */
const MANY_VMS = 20_000;
/** Variables that an experiment uses: what is rendered depends on its file alone. */
const VARIABLES = ['HOME', 'VIRTWORK_CATALOG_DIR', 'VIRTWORK_OUTPUT_DIR'];
const NO_FILE: ConfigFile = { values: {}, workloads: new Map(), folder: '.', place: formatPath };

/** An option as the file of an experiment has it. */
const asKey: Spell = (key, value) => (value === undefined ? key : `${key}: ${value}`);

/**
 * Reads the file of an experiment, and plans all groups.
 * @param given path of the file, or the name of an experiment of the catalog
 * @throws UserError with every problem
 */
export async function planExperiment(given: string, { flags, env, cwd, problems: before = [] }: Sources): Promise<PlannedExperiment> {
  const problems = [...before];
  const sources = { flags, env: Object.fromEntries(VARIABLES.map((name) => [name, env[name]])), cwd, problems, spell: asKey };
  const { catalogDir } = await optionsOf(NO_FILE, sources);
  refuse(problems);
  const read = readExperiment(given, catalogEntries(catalogDir, cwd).catalog, cwd, problems);
  const { file } = read;
  problems.push(...misplaced(file));
  const options = await optionsOf(commonConfig({ file }, problems), sources);
  const entries = catalogEntries(options.catalogDir, cwd);
  problems.push(...namespaceProblems(options).problems);
  const entry = measuredEntry(file, entries, problems);
  if (entry === undefined) throw new UserError(problems);
  const known = problems.length;
  const pools = readPools(read, options.runId, problems);
  const tuning = tuningOf(file, problems);
  const axes = readAxes(file, entry, pools, problems);
  const isGood = problems.length === known;
  const metrics = entry.results.map(({ key, unit, better, vms }): PlannedMetric => ({ key, unit, better, vms }));
  const matrix = combine(file, axes, problems);
  // What a wrong value would set is not known.
  if (isGood) problems.push(...sameValues(file, entry, matrix.axes));
  const warnings: string[] = [];
  const judging: Judging = { file, matrix, metrics, ...(isGood ? { entry } : {}), problems, warnings };
  const rules = readRules(judging);
  const ramp = rampOf(judging, axes);
  const groups = groupsOf(read.name, file, matrix);
  if (groups.length > MOST_GROUPS) problems.push(problemAt(file, ['matrix'], tooManyGroups(MOST_GROUPS, groups.length)));
  if (groups.length === 0 || groups.length > MOST_GROUPS) throw new UserError(problems);
  const order = orderOf(file, groups, ramp !== undefined);
  const planned = await planGroups({ ...read, ...order, workload: entry.name }, order.groups, { ...sources, entries });
  refuse([...problems, ...planned.problems], [...warnings, ...planned.warnings]);
  const plan = composed(read, entry, options, order, { matrix, metrics, rules, ramp, pools }, planned.plans);
  const unused = pools ? notMeasured(pools, groups) : [];
  return {
    plan: tuning === undefined ? plan : { ...plan, tuning },
    options,
    groups: planned.plans,
    ...(pools ? { pools } : {}),
    warnings: [...warnings, ...sizeWarnings(file, plan), ...planned.warnings, ...(unused.length > 0 ? [POOLS.notMeasured(unused)] : [])],
    permissions: planned.permissions,
  };
}

/** A ramp doubles, so a mistake in one digit may mean hundreds of thousands of VMs. */
function sizeWarnings(file: YamlFile, { groups, totals: { vms }, ramp }: ExperimentPlan): string[] {
  if (vms <= MANY_VMS) return [];
  const largest = groups.reduce((most, group) => Math.max(most, group.vms), 0);
  const at = ramp ? ['matrix', ramp.axis, 'ramp'] : ['matrix'];
  return [formatProblem(problemAt(file, at, manyVms(groups.length, vms, largest, ramp !== undefined)))];
}

/** Classes of pools that no setting names: a name may be misspelled. */
function notMeasured({ classes }: PoolsPlan, groups: readonly Group[]): string[] {
  const used = groups.flatMap(({ own, workloads }) => [
    own.get('storage_class')?.value,
    ...[...workloads.values()].map(({ value }) => (isMap(value) ? value.storage_class : undefined)),
  ]);
  return classes.map(({ name }) => name).filter((name) => !used.includes(name));
}

/** Settings that an experiment has elsewhere, or sets itself. */
function misplaced(file: YamlFile): Problem[] {
  const stated = Object.keys(mapAt(file.data, 'settings')).filter((key) => Object.hasOwn(NOT_IN_SETTINGS, key));
  return stated.map((key) => problemAt(file, ['settings', key], notInSettings(key)));
}

/** @returns undefined if the entry cannot be measured */
function measuredEntry(file: YamlFile, entries: CatalogEntries, problems: Problem[]): Entry | undefined {
  const name = isMap(file.data) ? file.data.workload : undefined;
  if (name === undefined) problems.push({ where: file.locate([]), ...NO_WORKLOAD });
  // The schema reports another type.
  if (typeof name !== 'string') return undefined;
  const known = entryNames(entries.catalog);
  const findings: Problems = { problems, warnings: [] };
  const entry = known.includes(name) ? entries.open(name, findings) : undefined;
  const isMeasurable = (each: Entry | undefined) => each?.roles.some(({ trial }) => trial) === true;
  if (!isMeasurable(entry)) {
    if (known.includes(name) && entry === undefined) return undefined;
    const unread: Problems = { problems: [], warnings: [] };
    const good = known.filter((each) => isMeasurable(entries.open(each, unread)));
    const wrong = entry ? notMeasurable(name, good) : unknownWorkload(name, good, nearest(name, good));
    problems.push(problemAt(file, ['workload'], wrong));
    return undefined;
  }
  if (entry?.results.length === 0) problems.push(problemAt(file, ['workload'], noResults(name)));
  const twice = [['workloads'], ...valuePaths(file).map((path) => [...path, 'workloads'])].filter((path) =>
    Object.hasOwn(mapIn(file.data, path), name),
  );
  problems.push(...twice.map((path) => problemAt(file, [...path, name], ofMeasured(name))));
  return entry;
}

/** The paths of all named values of the matrix. */
function valuePaths(file: YamlFile): string[][] {
  return Object.entries(mapAt(file.data, 'matrix')).flatMap(([axis, values]) =>
    isMap(values) ? Object.keys(values).map((value) => ['matrix', axis, value]) : [],
  );
}

function mapIn(data: unknown, path: readonly string[]) {
  return path.reduce<{ readonly [key: string]: unknown }>(mapAt, { ...(isMap(data) ? data : {}) });
}

function rampOf(judging: Judging, axes: readonly Axis[]): PlannedRamp | undefined {
  const axis = axes.find(({ ramp }) => ramp);
  if (!axis?.ramp) return undefined;
  const until = readUntil(judging, ['matrix', axis.name, 'ramp', 'until']);
  return until && { axis: axis.name, ...axis.ramp, until };
}

interface Order {
  readonly repeats: number;
  /** The one of the plan, also where nothing is random. */
  readonly planSeed: number;
  /** Absent: nothing is random. */
  readonly seed?: number;
  readonly groups: readonly Group[];
}

/** A ramp visits its counts in an order of its own. */
function orderOf(file: YamlFile, groups: readonly Group[], isRamp: boolean): Order {
  // The schema reports other values.
  const whole = (key: string, least: number) => {
    const value = isMap(file.data) ? file.data[key] : undefined;
    return Number.isInteger(value) && (value as number) >= least ? (value as number) : 1;
  };
  const [repeats, seed] = [Math.min(whole('repeats', 1), MOST_TRIALS), whole('seed', 0)];
  const order = isMap(file.data) ? (file.data.order ?? 'random') : 'random';
  if (order !== 'random') return { repeats, planSeed: seed, groups };
  const keys = new Map(groups.map((group) => [group, sha256([seed, group.id])]));
  const shuffled = groups.toSorted((a, b) => ((keys.get(a) as string) < (keys.get(b) as string) ? -1 : 1));
  return { repeats, planSeed: seed, seed, groups: isRamp ? groups : shuffled };
}

interface PlannedGroups {
  readonly plans: ReadonlyMap<string, GroupPlan>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  readonly permissions: readonly string[];
}

/** Each group as `virtwork synth` would plan it. What several groups report is reported once. */
async function planGroups(
  common: Common,
  groups: readonly Group[],
  { entries, ...sources }: Parameters<typeof optionsOf>[1] & { readonly entries: CatalogEntries },
): Promise<PlannedGroups> {
  const plans = new Map<string, GroupPlan>();
  const problems = new Map<string, Problem>();
  const warnings = new Set<string>();
  const permissions = new Set<string>();
  for (const group of groups) {
    const found: Problem[] = [];
    const inNames = (text: string) => text.replaceAll(group.id, common.workload).replaceAll(`-${group.id.slice(-6)}`, '');
    const config = groupConfig(common, group, found);
    try {
      const options = await optionsOf(config, { ...sources, problems: found });
      const plan = planOf(options, found, sources.cwd, entries);
      refuse([...besideProblems(config, plan, group, common.workload), ...inPodProblems(common, group, plan)], plan.warnings);
      refuseSecrets(options, plan.workloads);
      for (const warning of plan.warnings) warnings.add(inNames(warning));
      for (const line of accessLines(plan)) permissions.add(inNames(line));
      plans.set(group.id, { ...plan, group: group.id, ...(group.pod ? { pod: group.pod } : {}) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      for (const warning of error.warnings) warnings.add(inNames(warning));
      for (const { where, message, hint } of error.problems) {
        const named = { where: inNames(where), message: inNames(message), ...(hint === undefined ? {} : { hint: inNames(hint) }) };
        problems.set(formatProblem(named), named);
      }
    }
  }
  return { plans, problems: [...problems.values()], warnings: [...warnings], permissions: [...permissions] };
}

/** @param workload the one that is measured, which is reported elsewhere */
function besideProblems(config: ConfigFile, { workloads }: GroupPlan, group: Group, workload: string): Problem[] {
  const known = [group.id, besideName(workload, group.id)];
  const measured = workloads.filter(({ name, roles }) => !known.includes(name) && roles.some(({ trials }) => trials));
  return measured.map(({ name, entry }) => ({ where: config.place(['workloads', name]), ...measuredBeside(entry ?? name) }));
}

function inPodProblems({ file, workload }: Common, group: Group, plan: GroupPlan): Problem[] {
  const { pod } = group;
  if (!pod) return [];
  const wrong = podProblems(measuredRole(plan, group), workload).map((each) => problemAt(file, pod.from, each));
  // Settings of disks are those of the VMs next to the pods too.
  const idle =
    group.workloads.size > 0 ? [] : [...group.own].filter(([key, { from }]) => ONLY_IN_VMS.includes(key) && from[0] !== 'settings');
  return [...wrong, ...idle.map(([, { from }]) => problemAt(file, from, NO_EFFECT_IN_POD))];
}

interface Judged {
  readonly matrix: Matrix;
  readonly metrics: readonly PlannedMetric[];
  readonly rules: Rules;
  readonly ramp: PlannedRamp | undefined;
  readonly pools: PoolsPlan | undefined;
}

function composed(
  { name, file }: ExperimentFile,
  entry: Entry,
  { namespace }: Options,
  { repeats, planSeed, groups: ordered }: Order,
  { matrix, metrics, rules, ramp, pools }: Judged,
  plans: ReadonlyMap<string, GroupPlan>,
): ExperimentPlan {
  const groups = ordered.map((group) => plannedGroup(group, plans.get(group.id) as GroupPlan));
  const { question } = file.data as { readonly question?: string };
  const cells = inMatrixOrder(matrix, ordered);
  const content: Omit<ExperimentPlan, 'hash' | 'schema'> = {
    name,
    ...(question === undefined ? {} : { question }),
    workload: entry.name,
    seed: planSeed,
    repeats,
    namespace,
    axes: matrix.axes.map(({ name: axis, values, kind }) => ({ name: axis, values: values.map((value) => value.name), kind })),
    metrics,
    groups,
    cells,
    ...rules,
    ...(ramp ? { ramp } : {}),
    totals: totalsOf(groups, cells.length, repeats),
    ...(pools ? { pools: plannedPools(pools) } : {}),
  };
  return { schema: 'virtwork.plan/1', hash: planHash(content), ...content };
}

/** Keys are sorted, as they are rendered, so that their order in the file does not make another plan. */
function plannedPools({ namespace, block, filesystems, classes }: PoolsPlan): PlannedPools {
  return { classes: classes.map(({ name }) => name), digest: `sha256:${sha256(sorted({ namespace, block, filesystems, classes }))}` };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  const keys = Object.keys(value).sort();
  return keys.map((key) => [key, sorted(value[key])]);
}

function cellId(group: Group, trial: string): string {
  return `${group.id}/${trial}`;
}

/** The groups are in the order in which they run; the cells stay in that of the matrix. */
function inMatrixOrder({ axes, combinations }: Matrix, groups: readonly Group[]) {
  const named = (values: { readonly [axis: string]: string }) => JSON.stringify(axes.map(({ name }) => values[name]));
  const found = new Map(
    groups.flatMap((group) =>
      group.cells.map(({ values, trial }) => [named(values), { id: cellId(group, trial), group: group.id, trial, values }] as const),
    ),
  );
  return combinations.flatMap((combination) => found.get(JSON.stringify(combination.map(({ name }) => name))) ?? []);
}

function measuredRole({ workloads }: GroupPlan, { id }: Group) {
  return workloads.find(({ name }) => name === id)?.roles.find(({ trials }) => trials) as RolePlan & { readonly trials: TrialsPlan };
}

function plannedGroup(group: Group, plan: GroupPlan): PlannedGroup {
  const { trials, vms } = measuredRole(plan, group);
  const { cpuCores, memoryBytes, diskBytes } = totals(plan);
  return {
    id: group.id,
    settings: group.settings,
    workload: group.id,
    vms: vms.length,
    ...(group.pod ? { pod: { image: group.pod.image } } : {}),
    plan: trials.plan,
    seconds: trials.list.reduce((sum, { seconds }) => sum + seconds + trials.settle, READY),
    vcpus: cpuCores,
    memoryBytes: Number(memoryBytes),
    diskBytes: Number(diskBytes),
    trials: trials.list.map(({ id, name, repeat, seconds, params }) => ({ id, name, cell: cellId(group, name), repeat, seconds, params })),
  };
}

function totalsOf(groups: readonly PlannedGroup[], cells: number, repeats: number): PlanTotals {
  const sum = (of: (group: PlannedGroup) => number) => groups.reduce((total, group) => total + of(group), 0);
  const most = (of: (group: PlannedGroup) => number) => groups.reduce((total, group) => Math.max(total, of(group)), 0);
  return {
    groups: groups.length,
    cells,
    trials: cells * repeats,
    vms: sum(({ vms }) => vms),
    records: sum(({ vms, trials }) => vms * trials.length),
    seconds: sum(({ seconds }) => seconds),
    peak: {
      vcpus: most(({ vcpus }) => vcpus),
      memoryBytes: most(({ memoryBytes }) => memoryBytes),
      diskBytes: most(({ diskBytes }) => diskBytes),
    },
  };
}
