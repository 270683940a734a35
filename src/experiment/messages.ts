/** Every message and hint about the file of an experiment. Where it is, is known to the caller. */
import type { Problem } from '../errors';
import { didYouMean } from '../text/messages';
import { show } from '../text/show';

type Text = Pick<Problem, 'message' | 'hint'>;

function near(word: string | undefined): { readonly hint?: string } {
  return word === undefined ? {} : { hint: didYouMean(word) };
}

function listed(words: readonly string[]): string {
  const most = 20;
  return words.length > most ? `${words.slice(0, most).join(', ')}, …` : words.join(', ');
}

// The file.

export function unknownPreset(name: string, known: readonly string[], nearest?: string): Text {
  return {
    message: `no experiment named ${show(name)}; known: ${listed(known) || 'none'}`,
    hint: nearest === undefined ? `for a file, state its path: ./${name}` : didYouMean(nearest),
  };
}

/** Why a plan.json is none. @param change as far as it is known */
export function changedPlan(change: string): string {
  return `it was changed after virtwork wrote it: ${change}`;
}

/** Where nothing more is known. */
export function hashIs(hash: string): string {
  return `the hash of its content is ${hash}`;
}

/** Where two plans have the same values. */
export const KEYS_IN_OTHER_ORDER = 'its keys are in another order';
/** Between a value and the one that virtwork wrote. */
export const WAS = 'was';
/** In the place of a value. */
export const ABSENT = 'absent';

/** A place in which two plans differ. @param than precedes the value of the other plan */
export function valuesOf(path: string, own: string, than: string, other: string): string {
  return `${path} is ${own}, ${than} ${other}`;
}

/** Places after those that are named. */
export function moreValues(count: number): string {
  return `and ${count} more`;
}

/** A map, or a list of maps. */
export function sizeOf(value: object): string {
  return Array.isArray(value) ? `a list of ${value.length}` : 'a map';
}

export const WRONG_NAME = 'be a DNS label of at most 40 characters: lowercase letters, digits and hyphens';

/** @param names that other folders of the output have */
export function takenName(names: readonly string[]): string {
  return `be another name than ${names.join(', ')}`;
}

export const NO_NAME_HINT = 'state one: name: my-experiment';

export function TUNING(longest: number): string {
  return `be one line of 1 to ${longest} characters, without blanks around it and without control characters`;
}

export const NO_WORDS_OF_TUNING: Text = { message: 'must have at least one key', hint: 'as in tuning: { scrub: "off" }' };

export const NO_WORKLOAD: Text = {
  message: 'needs the key "workload"',
  hint: 'name a catalog entry that can be measured, such as workload: fio-bench',
};

export function unknownWorkload(name: string, known: readonly string[], nearest?: string): Text {
  return { message: `unknown workload ${show(name)}; can be measured: ${listed(known)}`, ...near(nearest) };
}

export function notMeasurable(name: string, known: readonly string[]): Text {
  return { message: `workload ${name} cannot be measured: its entry has no trial`, hint: `can be measured: ${listed(known)}` };
}

export function noResults(name: string): Text {
  return { message: `workload ${name} has no results to compare`, hint: 'declare them under results in its workload.yaml' };
}

/** @param text as in `<storage class of local volumes>` */
export function placeholder(text: string): Text {
  return {
    message: `needs a value of yours in the place of ${show(text)}`,
    hint: 'state it in a file that extends this experiment',
  };
}

// Settings.

/** By key, what to do instead. */
export const NOT_IN_SETTINGS: { readonly [key: string]: string } = {
  workloads: 'state workloads next to settings',
  extends: 'state extends next to settings',
  params: 'state params next to settings',
  run: 'remove it: each group is a run of its own',
  run_id: 'remove it: each group is a run of its own',
  output_dir: 'use the flag --output-dir',
  components: 'render components with virtwork synth, and apply them before the groups',
  from_catalog: 'state workloads next to settings',
};

export function notInSettings(key: string): Text {
  return { message: 'cannot be a setting of an experiment', hint: NOT_IN_SETTINGS[key] as string };
}

export const SAME_FOR_ALL: Text = { message: 'must be the same for all groups', hint: 'state it under settings' };

export function ofMeasured(name: string): Text {
  return {
    message: `${name} is the measured workload`,
    hint: `use settings and params for it, or another name with entry: ${name} for more VMs of the same kind`,
  };
}

export function measuredBeside(name: string): Text {
  return {
    message: `workload ${name} must not be measured: an experiment measures one workload`,
    hint: 'remove trials, or choose an entry with a continuous load, such as disk',
  };
}

// The matrix.

export const AXIS = 'be a list of values, or a map of names and what each sets';

export const AXIS_NAME = 'have names of axes with 1 to 63 characters, without control characters';

/** @param nested what is stated under settings */
export function settingsInValue(value: string, nested: unknown): Text {
  const [key = 'memory'] = Object.keys(typeof nested === 'object' && nested !== null ? nested : {});
  return { message: 'settings stand directly in the value', hint: `write ${value}: { ${key}: … }` };
}

export function emptyAxis(): Text {
  return { message: 'must have at least one value', hint: 'add a value, or remove the axis' };
}

export function unknownAxisKey(key: string, workload: string, params: readonly string[], nearest?: string): Text {
  return {
    message: `${show(key)} is neither a setting nor a param of ${workload}; its params: ${listed(params)}`,
    hint: nearest === undefined ? `for an axis of your own, name its values: ${key}: { small: { memory: 2Gi } }` : didYouMean(nearest),
  };
}

export function settingAndParam(key: string, workload: string): Text {
  return {
    message: `${show(key)} is a setting and a param of ${workload}`,
    hint: `name the values: ${key}: { small: { params: { ${key}: 1 } } }`,
  };
}

export function noScalar(axis: string): Text {
  return { message: 'must be a string, a number, true or false', hint: `name the values: ${axis}: { NAME: { … } }` };
}

export const VALUE_NAME = 'be a name: at most 63 letters, digits, dots, hyphens and underscores, beginning with a letter or digit';

export const VALUE_LENGTH = 'have 1 to 63 characters, without control characters';

export function twice(value: string): Text {
  return { message: `value ${show(value)} is given twice` };
}

export function sameAs(value: string, other: string): Text {
  return { message: `values ${show(other)} and ${show(value)} set the same`, hint: 'change what one of them sets, or remove it' };
}

export function removesNothing(workload: string): Text {
  return {
    message: `null removes a workload, but workloads has none named ${show(workload)}`,
    hint: `for a workload with its defaults, write ${workload}: {}`,
  };
}

export const NO_VMS: Text = { message: 'must be at least 1, got 0', hint: 'for no VMs, write enabled: false' };

export function setsNothing(): Text {
  return { message: 'changes nothing', hint: 'state settings, params or workloads for at least one value' };
}

/** @param what such as `memory`, `params.size` */
export function setByBoth(what: string, other: string): Text {
  return { message: `${what} is also set by matrix.${other}`, hint: 'set it in one axis only' };
}

export function tooManyCells(most: number, got: number): Text {
  return { message: `must have at most ${most} combinations, got ${got}`, hint: 'use fewer values or axes' };
}

export function tooManyGroups(most: number, got: number): Text {
  return { message: `must have at most ${most} groups, got ${got}`, hint: 'exclude some combinations' };
}

// include, exclude and other places that name axes and values.

export function unknownAxis(axis: string, known: readonly string[], nearest?: string): Text {
  return { message: `no axis named ${show(axis)}; axes: ${listed(known) || 'none'}`, ...near(nearest) };
}

export function matchesNothing(glob: string, axis: string, values: readonly string[], nearest?: string): Text {
  return { message: `${show(glob)} matches no value of ${axis}; values: ${listed(values)}`, ...near(nearest) };
}

export function unknownValue(name: string, axis: string, values: readonly string[], nearest?: string): Text {
  return { message: `no value named ${show(name)} in ${axis}; values: ${listed(values)}`, ...near(nearest) };
}

export const MATCHES_NO_CELL: Text = {
  message: 'matches no combination of values',
  hint: 'compare it with exclude: run virtwork experiment plan without this row',
};

export const NO_AXES_STATED: Text = { message: 'must name at least one axis', hint: 'state an axis and a value: { storage: rbd }' };

export const INCLUDES_NOTHING: Text = {
  message: 'adds nothing: the matrix has all of these combinations',
  hint: 'include adds combinations; to measure fewer, use exclude',
};

export const NOTHING_LEFT: Text = { message: 'leaves no combination', hint: 'exclude less' };

// Metrics and limits.

export function unknownMetric(of: string, known: readonly string[], nearest?: string): Text {
  return { message: `unknown metric ${show(of)}; known: ${listed(known)}`, ...near(nearest) };
}

export function needsPercentile(key: string, percentiles: readonly string[]): Text {
  return {
    message: `${key} is a histogram, and needs a percentile`,
    hint: `write ${key}.${percentiles[2] ?? 'p99'}; known: ${percentiles.join(', ')}`,
  };
}

export function unknownPercentile(of: string, percentiles: readonly string[]): Text {
  return { message: `unknown percentile in ${show(of)}; known: ${percentiles.join(', ')}` };
}

export function noHistogram(key: string, histograms: readonly string[]): Text {
  return { message: `${key} is no histogram, and has no percentiles`, hint: `histograms: ${listed(histograms) || 'none'}` };
}

/** Values of params, without which or with which a figure is not measured. */
interface Conditions {
  readonly needs: readonly (readonly [param: string, values: readonly string[]])[];
  readonly unless: readonly (readonly [param: string, values: readonly string[]])[];
}

/** As in `measured only with profile app-server, database or log`. */
function measuredIf({ needs, unless }: Conditions): string {
  const oneOf = (values: readonly string[]) => [values.slice(0, -1).join(', '), values.at(-1)].filter(Boolean).join(' or ');
  const [only, not] = [needs, unless].map((all) => all.map(([param, values]) => `${param} ${oneOf(values)}`).join(' and '));
  if (only === '') return `not measured with ${not}`;
  return `measured only with ${only}${not === '' ? '' : `, and not with ${not}`}`;
}

export function measuredByNone(metric: string, conditions: Conditions): Text {
  return {
    message: `${metric} is ${measuredIf(conditions)}; no trial that it is used for leaves it`,
    hint: 'change the params, or use another metric',
  };
}

/**
 * @param values those with which it is not measured, as in `job: random-4k`
 * @param good one with which it is
 */
export function notMeasuredBySome(metric: string, conditions: Conditions, values: readonly string[], good: string): Text {
  return {
    message: `${metric} is ${measuredIf(conditions)}; some trials that it is used for do not leave it: ${listed(values)}`,
    hint: `use it only for values that have it, such as ${good}`,
  };
}

/** @param example such as `10ms` */
export function wrongAmount(unit: string, example: string): string {
  return `be a number of at least 0, with a unit that converts to ${unit}, such as ${example}`;
}

/** @param better the number with a unit that people use */
export function noUnit(text: string, better: string): Text {
  return { message: `must have a unit, got ${text}`, hint: `write ${better}, or another unit` };
}

export const SHARE = 'be a percentage, such as 5%';

export const ONE_LIMIT: Text = {
  message: 'must have one of at-most, at-least and worse-than-baseline-by-at-most',
};

export const NO_BASELINE: Text = {
  message: 'needs a baseline',
  hint: 'state one next to expect, such as baseline: { storage: rbd }',
};

export const ONLY_BASELINE: Text = {
  message: 'applies to the baseline alone, which cannot be worse than itself',
  hint: 'name another value, or remove the row',
};

/** @param other the row before, such as `score[0]` */
export function sameRow(other: string): Text {
  return { message: `is the same as ${other}`, hint: 'remove one of them, or change what it applies to' };
}

export function oneValue(names: readonly string[]): Text {
  return { message: `must be one value, matches ${listed(names)}` };
}

// Ramps.

export const RAMP_PLACE: Text = { message: 'only vm_count can have a ramp', hint: 'write matrix: { vm_count: { ramp: … } }' };

export const RAMP_UNTIL = 'be a metric, > or <, and a limit, such as write-latency.p99 > 5ms';

/** @param sign the one to write */
export function rampSign(key: string, better: 'more' | 'less', sign: '<' | '>'): Text {
  return { message: `must end where ${key} becomes worse: ${better} is better`, hint: `write ${key} ${sign} and the limit` };
}

export function rampOrder(from: number, to: number): Text {
  return { message: `to must be at least from (${from}), got ${to}` };
}

export const RAMP_KEYS: Text = {
  message: 'must have the keys from, to and until, and no others',
  hint: 'as in ramp: { from: 1, to: 256, until: write-latency.p99 > 5ms }',
};

export function rampCount(most: number): string {
  return `be an integer from 1 to ${most}`;
}

/**
 * @param vms of all groups
 * @param largest VMs of the largest group
 */
export function manyVms(groups: number, vms: number, largest: number, isRamp: boolean): Text {
  return {
    message: `has ${vms} VMs in ${groups} groups, up to ${largest} in one: to render them takes minutes, and a quota or the API server may reject them`,
    hint: isRamp ? 'use a smaller to: half of it has about half of the VMs' : 'use a smaller vm_count, or exclude combinations',
  };
}

// Pools.

export const POOLS = {
  name: 'be a DNS label: lowercase letters, digits and hyphens, at most 63 characters',
  none: {
    message: 'must have at least one pool, under block or filesystem',
    hint: 'as in block: { bench-rep2: { replicated: { size: 2 } } }',
  },
  clusterId: (longest: number) => `have 1 to ${longest} characters`,
  noNamespace: (id: string): Text => ({
    message: `${show(id)} is not the name of a namespace, so the key namespace is required`,
    hint: 'state the namespace of the CephCluster; run: kubectl get cephcluster -A',
  }),
  noKind: { message: 'must have replicated or erasureCoded', hint: 'as in replicated: { size: 3 }' },
  twoKinds: { message: 'must have only one of replicated and erasureCoded' },
  noFailureDomain: {
    message: 'needs a failure domain',
    hint: 'state failureDomain here or under pools; run: kubectl get cephblockpool -A -o custom-columns=NAME:.metadata.name,DOMAIN:.spec.failureDomain',
  },
  unsafeSize: {
    message: 'size 1 needs requireSafeReplicaSize: false',
    hint: 'a pool with one copy loses its data with the first OSD that fails',
  },
  perDomain: (size: number, each: number): Text => ({ message: `must divide size and be less than it, got ${each} of size ${size}` }),
  sameDomain: (domain: string): Text => ({ message: `must be another domain than failureDomain, got ${show(domain)}` }),
  twoRatios: { message: 'is also set by replicated.targetSizeRatio', hint: 'remove one of them' },
  ratio: 'be a number of at least 0',
  needsMetadataPool: {
    message: 'is erasure-coded, and needs a metadataPool: RBD stores the metadata of images in a replicated pool',
    hint: 'name a replicated pool under block, or one of the cluster: metadataPool: { existing: NAME }',
  },
  metadataOfReplicated: { message: 'is only for erasure-coded pools', hint: 'remove it' },
  unknownPool: (name: string, known: readonly string[], nearest?: string): Text => ({
    message: `no pool named ${show(name)}; pools: ${listed(known) || 'none'}`,
    ...near(nearest),
  }),
  notReplicated: (name: string): Text => ({ message: `must be a replicated pool, got ${name}, which is erasure-coded` }),
  firstDataPool: {
    message: 'must be replicated: the first data pool of a file system is its default pool',
    hint: 'put a replicated pool first, and name this one in the class: dataPool: NAME',
  },
  whichDataPool: (names: readonly string[]): Text => ({
    message: `needs the key dataPool: the file system has ${names.length} data pools`,
    hint: `state it under classes; data pools: ${listed(names)}`,
  }),
  classTwice: (name: string): Text => ({ message: `makes storage class ${name} a second time`, hint: 'rename one of them under classes' }),
  poolTwice: (name: string): Text => ({ message: `makes pool ${name} a second time`, hint: 'rename one of them' }),
  needsEncrypted: { message: 'needs encrypted: true' },
  unknownFeature: (name: string, known: readonly string[], nearest?: string): Text => ({
    message: `unknown feature ${show(name)}; known: ${listed(known)}`,
    ...near(nearest),
  }),
  needsFeature: (feature: string, needed: string): Text => ({ message: `${feature} needs ${needed}`, hint: `add ${needed}` }),
  needsNbd: (feature: string): Text => ({ message: `${feature} needs mounter: rbd-nbd` }),
  mapOptions: (item: string): Text => ({ message: `must begin with krbd: or nbd:, got ${show(item)}`, hint: 'as in krbd:rxbounce' }),
  noPools: { message: 'needs pools in the file', hint: 'state pools, or list classes of the cluster' },
  noClasses: { message: 'has no classes: none of the pools has one' },
  notMeasured: (names: readonly string[]) =>
    `${names.length === 1 ? 'storage class' : 'storage classes'} ${listed(names)} of pools: no setting of the experiment uses ${names.length === 1 ? 'it' : 'them'}`,
} as const;
