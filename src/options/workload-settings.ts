import { bool, integer, type Kind, label } from './kinds';
import type { Given, Origin } from './origin';
import { isOfWorkload, specs, type WorkloadKey } from './table';

/** Value of a param before its type is known from the entry. */
export type RawParam = string | number | boolean | readonly unknown[] | { readonly [key: string]: unknown };

/** The settings of one workload: `workloads.X` of the file, `--set X.K=V`, `--params X.K=V`. */
export interface WorkloadSettings {
  /** false: the workload is not rendered even if it is named. */
  readonly enabled: boolean;
  /** Catalog entry of the workload. Absent: the entry with the name of the workload. */
  readonly entry?: string;
  /** What is stated for this workload alone, by option; the first has priority. */
  readonly own: ReadonlyMap<WorkloadKey, readonly Given[]>;
  readonly params: GivenParams;
  /** Measurements, in the order in which they run. Absent: none are stated. */
  readonly trials?: readonly GivenTrial[];
  /** How often all trials run. Absent: once. */
  readonly repeats?: number;
  /** Number from which the order of the trials in each repeat follows. Absent: they run in the order in which they are stated. */
  readonly seed?: number;
  /** Where the file states the workload, or one of its settings, for messages. Absent: the file does not. */
  readonly place?: (key?: string) => string;
}

/** By param key the values of all sources; the first has priority. */
export type GivenParams = ReadonlyMap<string, readonly GivenParam[]>;

export interface GivenTrial {
  readonly name: string;
  /** In place of those of the workload. */
  readonly params: GivenParams;
  /** Where it was given, for messages. */
  readonly place: () => string;
}

export interface GivenParam {
  readonly raw: RawParam;
  /** The value with its scalars as they were written. Absent: `raw` is what was written. */
  readonly written?: unknown;
  readonly origin: Origin;
  /** Where it was given, for messages: `flag --params`, `virtwork.yaml:12:5`. Looked up only when needed. */
  readonly source: () => string;
}

/** Maximum number of trials of a workload, with their repeats: their numbers have three digits. */
export const MOST_TRIALS = 999;

const MOST_SEED = 2 ** 32 - 1;

interface SettingSpec {
  readonly kind: Kind;
  readonly describe: string;
}

/** The keys of `workloads.X` except `params` and `trials`. */
export const SETTINGS: { readonly [key: string]: SettingSpec } = {
  entry: { kind: label, describe: 'catalog entry of the workload (default: the entry with the name of the workload)' },
  enabled: { kind: bool, describe: 'false: the workload is not rendered' },
  repeats: { kind: integer(1, MOST_TRIALS), describe: 'how often all trials run' },
  seed: {
    kind: integer(0, MOST_SEED),
    describe: 'number from which a random order of the trials in each repeat follows (default: the order of the file)',
  },
  ...Object.fromEntries(specs().filter(([key]) => isOfWorkload(key))),
};

/** @returns undefined for an unknown key */
export function settingSpec(key: string): SettingSpec | undefined {
  return Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : undefined;
}

/** The settings of a workload for which no source states any. */
export const NO_SETTINGS: WorkloadSettings = { enabled: true, own: new Map(), params: new Map() };

const ASSIGNMENT = /^([a-z0-9][-a-z0-9]*)\.([A-Za-z0-9_][-\w]*)=([\s\S]*)$/;
const NEXT_ASSIGNMENT = /,(?=\s*[a-z0-9][-a-z0-9]*\.[A-Za-z0-9_][-\w]*=)/;

export interface Assignment {
  readonly workload: string;
  readonly key: string;
  readonly value: string;
}

/**
 * `cpu.cpu-method=ackermann,redis-bench.test-mode=set,get`: a comma separates assignments only if another assignment follows, so that
 * values may contain commas.
 * @returns the assignments, and the parts that are not assignments
 */
export function parseAssignments(raw: string): { assignments: Assignment[]; wrong: string[] } {
  const assignments: Assignment[] = [];
  const wrong: string[] = [];
  for (const part of raw.split(NEXT_ASSIGNMENT)) {
    const match = ASSIGNMENT.exec(part.trim());
    if (match) assignments.push({ workload: match[1] as string, key: match[2] as string, value: match[3] as string });
    else wrong.push(part);
  }
  return { assignments, wrong };
}
