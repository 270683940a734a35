import { MINIMUM_MEMORY } from '../kubernetes/minimum-sizes';
import { bool, bytes, integer, type Kind } from './kinds';
import type { Origin } from './origin';

/** Value of a param before the entry says of which type it is. */
export type RawParam = string | number | boolean | readonly unknown[] | { readonly [key: string]: unknown };

/** What the configuration says of one workload: `workloads.X` of the file, `--params X.K=V`. */
export interface WorkloadSettings {
  /** false drops the workload even when it is named. */
  readonly enabled: boolean;
  readonly vmCount?: number;
  readonly cpuCores?: number;
  readonly memory?: string;
  readonly params: GivenParams;
  /** Where the file speaks of the workload, or of one of its settings, for error texts. Absent: it does not. */
  readonly place?: (key?: string) => string;
}

/** By param key what all sources gave; the first wins. */
export type GivenParams = ReadonlyMap<string, readonly GivenParam[]>;

export interface GivenParam {
  readonly raw: RawParam;
  /** The same with its scalars as they were written. Absent: they are texts. */
  readonly written?: unknown;
  readonly origin: Origin;
  /** Where it was given, for error texts: `flag --params`, `virtwork.yaml:12:5`. Looked up only when needed. */
  readonly source: () => string;
}

/** The keys of `workloads.X` but `params`. */
export const SETTINGS: { readonly [key: string]: Kind } = {
  enabled: bool,
  vm_count: integer(1, 100_000),
  cpu_cores: integer(1, 512),
  memory: bytes(MINIMUM_MEMORY),
};

const ASSIGNMENT = /^([a-z0-9][-a-z0-9]*)\.([A-Za-z0-9_][-\w]*)=([\s\S]*)$/;
const NEXT_ASSIGNMENT = /,(?=\s*[a-z0-9][-a-z0-9]*\.[A-Za-z0-9_][-\w]*=)/;

export interface Assignment {
  readonly workload: string;
  readonly key: string;
  readonly value: string;
}

/**
 * `cpu.cpu-method=ackermann,redis-bench.test-mode=set,get`: a comma separates assignments only where another
 * one follows, so that values may hold commas.
 * @returns the assignments, and the parts that are none
 */
export function parseAssignments(raw: string): { assignments: Assignment[]; faulty: string[] } {
  const assignments: Assignment[] = [];
  const faulty: string[] = [];
  for (const part of raw.split(NEXT_ASSIGNMENT)) {
    const match = ASSIGNMENT.exec(part.trim());
    if (match) assignments.push({ workload: match[1] as string, key: match[2] as string, value: match[3] as string });
    else faulty.push(part);
  }
  return { assignments, faulty };
}
