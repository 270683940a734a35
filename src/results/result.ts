/**
 * What one trial on one VM left: `virtwork.result/1`. Numbers that are not known are absent.
 * @see result.schema.json for the meaning of each field
 */
export interface Result {
  readonly schema: 'virtwork.result/1';
  /** Digest of the list of trials; equal for all VMs of a group. */
  readonly plan: string;
  readonly group: string;
  /** Position in the plan: 001 to 999. */
  readonly trial: string;
  readonly name: string;
  readonly repeat: number;
  readonly vm: string;
  readonly index: number;
  readonly workload: string;
  readonly role: string;
  readonly run: string;
  readonly params: { readonly [key: string]: string };
  readonly cell?: { readonly [axis: string]: string | number | boolean };
  readonly outcome: 'done' | 'failed' | 'timeout' | 'no-result';
  readonly why: string;
  readonly started?: number;
  /** Run time of the unit. */
  readonly seconds?: number;
  readonly barrier: Barrier;
  /** @default the trial does not report it */
  readonly window?: Window;
  readonly metrics?: { readonly [key: string]: number };
  readonly histograms?: { readonly [key: string]: Histogram };
  readonly series?: { readonly [key: string]: Series };
  readonly unit?: { readonly [key: string]: number | string };
  readonly guest?: { readonly boot?: string; readonly [fact: string]: unknown };
  readonly job?: string;
  readonly raw?: unknown;
}

export interface Barrier {
  readonly expected: number;
  readonly arrived?: number;
  readonly ahead?: number;
  readonly waited?: number;
  readonly late?: number;
  readonly asked?: number;
  readonly outcome: 'together' | 'partial' | 'alone' | 'none';
}

/** The interval in which the load was measured, in seconds. */
export interface Window {
  /** Since the start of the group, or since that of the unit if the barrier's outcome is `alone`. */
  readonly from: number;
  readonly seconds: number;
}

export interface Histogram {
  readonly unit: string;
  readonly count: number;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  /** Value of a bin, and its number of samples. */
  readonly bins: readonly (readonly [number, number])[];
}

export interface Series {
  readonly unit?: string;
  /** Seconds between two values. */
  readonly every: number;
  readonly values: readonly number[];
}

/**
 * How far the trials of one VM are: `virtwork.state/1`.
 * @see state.schema.json for the meaning of each field
 */
export interface TrialsState {
  readonly schema: 'virtwork.state/1';
  readonly plan: string;
  readonly group: string;
  readonly vm: string;
  readonly index: number;
  readonly boot: string;
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  readonly left: number;
  readonly running: string | null;
  readonly phase: 'waiting' | 'preparing' | 'barrier' | 'running' | 'settling' | 'finished';
  readonly records: readonly string[];
  readonly why: string;
}
