import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readBounded } from '../files/bounded-file';
import { formatPath } from '../schema/schema-errors';
import { show } from '../text/show';
import type { DocumentPath } from '../yaml/yaml-file';
import type { ExperimentPlan } from './experiment-plan';
import { ABSENT, changedPlan, hashIs, KEYS_IN_OTHER_ORDER, moreValues, sizeOf, valuesOf, WAS } from './messages';
import { planHash } from './plan-hash';
import { validate } from './plan-validator';
import { isMap } from './source';

/** Bytes of a plan: more than one of 100 000 trials has. */
export const LARGEST_PLAN = 256 << 20;
/** Differences that a message states. */
const MOST = 3;
/** Runs whose plans are read. */
const MOST_RUNS = 20;

/** Plans that may be the one of a file as virtwork wrote it, by the name of the experiment. */
export type Copies = (name: string) => Iterable<ExperimentPlan>;

/**
 * Looks whether a plan that was read is the one that was written.
 * @param copies where the one that was written may still be
 * @returns what was changed; undefined for nothing
 */
export function changeOf(plan: ExperimentPlan, copies: Copies): string | undefined {
  const hash = planHash(plan);
  if (hash === plan.hash) return undefined;
  for (const copy of copies(plan.name)) {
    if (copy.hash === plan.hash || copy.hash === hash) return changedPlan(planDifferences(plan, copy, WAS));
  }
  return changedPlan(hashIs(hash));
}

/** The plans of an experiment that were rendered in a folder, and of its newest runs there. */
export function copiesIn(cwd: string): Copies {
  return function* (name) {
    const runs = join(cwd, 'runs', name);
    const folders = [join(cwd, 'dist', name), ...newest(runs).map((run) => join(runs, run))];
    for (const folder of folders) {
      const plan = intactPlan(join(folder, 'plan.json'));
      if (plan) yield plan;
    }
  };
}

function newest(folder: string): string[] {
  try {
    return readdirSync(folder).sort().reverse().slice(0, MOST_RUNS);
  } catch {
    return [];
  }
}

function intactPlan(path: string): ExperimentPlan | undefined {
  try {
    const bytes = readBounded(path, LARGEST_PLAN);
    const value: unknown = typeof bytes === 'string' ? undefined : JSON.parse(bytes.toString('utf8'));
    if (validate(value).length > 0) return undefined;
    const plan = value as ExperimentPlan;
    return planHash(plan) === plan.hash ? plan : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What differs between two plans, with both values of the first differences: `seed is 1, was 2; and 3 more`. How the cluster is tuned is no
 * part of a plan.
 * @param than precedes each value of the other plan
 */
export function planDifferences(plan: ExperimentPlan, other: ExperimentPlan, than: string): string {
  const [own, others] = [plan, other].map(({ tuning: _, hash: __, ...content }) => content);
  // The hashes of two plans differ anyway.
  const content = differences(own, others, []);
  const all = content.length > 0 ? content : differences(plan.hash, other.hash, ['hash']);
  const first = all.slice(0, MOST).map(({ path, values: [value, old] }) => valuesOf(formatPath(path), shown(value), than, shown(old)));
  if (first.length === 0) return KEYS_IN_OTHER_ORDER;
  return [...first, ...(all.length > MOST ? [moreValues(all.length - MOST)] : [])].join('; ');
}

interface Difference {
  readonly path: DocumentPath;
  readonly values: readonly [own: unknown, other: unknown];
}

/** Lists of different lengths differ as a whole. */
function differences(own: unknown, other: unknown, path: DocumentPath): Difference[] {
  if (isMap(own) && isMap(other)) {
    const keys = [...new Set([own, other].flatMap((each) => Object.keys(each)))];
    return keys.flatMap((key) => differences(own[key], other[key], [...path, key]));
  }
  if (Array.isArray(own) && Array.isArray(other) && own.length === other.length) {
    return own.flatMap((each, index) => differences(each, other[index], [...path, index]));
  }
  return JSON.stringify(own) === JSON.stringify(other) ? [] : [{ path, values: [own, other] }];
}

function shown(value: unknown): string {
  if (value === undefined) return ABSENT;
  const isShort = !isMap(value) && !(Array.isArray(value) && value.some((each) => typeof each === 'object'));
  return isShort ? show(value) : sizeOf(value);
}
