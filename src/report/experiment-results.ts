import type { AxisValues, ExperimentPlan } from '../experiment/experiment-plan';
import type { RunFacts } from '../experiment/run-facts';

/**
 * What an experiment found: `virtwork.results/1`. Everything that a report shows comes from here. Figures that are not known are absent,
 * never 0: a direction without I/O has no latency.
 */
export interface ExperimentResults {
  readonly schema: 'virtwork.results/1';
  readonly name: string;
  readonly question?: string;
  /** `hash` of the plan. */
  readonly plan: string;
  /** How the cluster was tuned while the run measured. @default not stated */
  readonly tuning?: string;
  readonly axes: ExperimentPlan['axes'];
  readonly metrics: readonly ResultMetric[];
  /** In the order of the plan. */
  readonly cells: readonly CellResult[];
  /** Each cell against its baseline cell, by metric. Empty: the experiment has no baseline. */
  readonly comparisons: readonly Comparison[];
  /** @default the experiment has no score */
  readonly score?: Score;
  readonly expect: readonly Expectation[];
  readonly curves: readonly Curve[];
  /** As in the plan. @default no axis grows until a limit is passed */
  readonly ramp?: NonNullable<ExperimentPlan['ramp']>;
  /** One for each combination of the other axes. @default the experiment has no ramp */
  readonly ramps?: readonly RampResult[];
  /** Records that the plan has and that do not exist, or whose trial was not done. */
  readonly missing: readonly Missing[];
  /** What was found and does not count, such as a damaged record or a second one of the same trial. */
  readonly broken: readonly { readonly place: string; readonly why: string }[];
  /** Facts of the run, as they were recorded. */
  readonly facts?: RunFacts;
  /** By cell: the files of its records, with the part of a file that has several. */
  readonly records: { readonly [cell: string]: readonly string[] };
}

/** A metric that some cell has. */
export interface ResultMetric {
  /** That of the plan, or a percentile of a histogram: `read-latency.p50`, `.p95`, `.p99`, `.p99.9`, `.p99.99`. */
  readonly key: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
}

export interface CellResult {
  readonly id: string;
  readonly values: AxisValues;
  readonly group: string;
  /** All VMs have valid records of all repeats, without errors, and measured at the same time. */
  readonly complete: boolean;
  /** What is missing or wrong. Empty for a complete cell. */
  readonly why: readonly string[];
  readonly flags: readonly { readonly kind: FlagKind; readonly text: string }[];
  /** The figures to lead with, which are compared with the baseline: what score and expectations name, and p99 of each histogram. */
  readonly main: readonly string[];
  /** By key of the metric. Absent: no repeat has it. */
  readonly figures: { readonly [metric: string]: Figure };
  readonly vms: readonly VmFigures[];
  /**
   * Jain's index of the first metric with `vms: sum`: 1 if all VMs got the same, 1/n if one of n got everything.
   * @default fewer than two VMs
   */
  readonly fairness?: number;
  /** By key of the metric: all samples of all VMs and repeats. */
  readonly histograms: { readonly [metric: string]: MergedHistogram };
  /** By key, as the VMs reported them in the repeat whose first summed metric is the median. */
  readonly series: { readonly [key: string]: CellSeries };
}

export type FlagKind =
  | 'incomplete'
  | 'errors'
  | 'overlap'
  | 'zero'
  | 'slow-vm'
  | 'unsteady'
  | 'guest-cpu'
  | 'steal'
  | 'read-again'
  | 'rate'
  /** Faster than the layer beneath it. */
  | 'layer'
  /** A percentile is absent because it would have fewer than ten samples beyond it. */
  | 'few-samples';

/** A metric of a cell. */
export interface Figure {
  /** One for each repeat, of all VMs together. null: the repeat has no such figure. */
  readonly values: readonly (number | null)[];
  /** Number of values that are not null. */
  readonly n: number;
  /** Geometric mean; the arithmetic one if a value is 0 or less. */
  readonly mean?: number;
  /** Limits of the 95 % confidence interval of the mean. @default fewer than two values, or a value is 0 or less */
  readonly low?: number;
  readonly high?: number;
}

export interface VmFigures {
  readonly vm: string;
  /** Mean over the repeats, as in {@link Figure}. */
  readonly figures: { readonly [metric: string]: number };
}

export interface MergedHistogram {
  readonly unit: string;
  readonly count: number;
  /** Value of a bin and its number of samples, by increasing value. */
  readonly bins: readonly (readonly [value: number, count: number])[];
}

export interface CellSeries {
  /** Seconds between two values. */
  readonly every: number;
  /** One list for each VM, in the order of {@link CellResult.vms}. */
  readonly values: readonly (readonly number[])[];
}

/** A cell against another one. */
export interface Comparison {
  readonly cell: string;
  readonly baseline: string;
  readonly metric: string;
  /** Geometric mean of the cell, divided by that of the baseline. */
  readonly ratio: number;
  /** Limits of the 95 % Welch interval of the ratio. @default one repeat */
  readonly low?: number;
  readonly high?: number;
  /** Of Welch's test, adjusted by Holm's method over all comparisons of the report. */
  readonly p?: number;
  readonly verdict: 'better' | 'worse' | 'no difference shown' | 'not decided: one repeat' | 'not decided: 0 in a repeat' | 'incomplete';
}

export interface Score {
  /** The best first. */
  readonly entries: readonly ScoreEntry[];
  /** What does not rank, because a cell of the score is not complete. */
  readonly unranked: readonly { readonly values: AxisValues; readonly why: readonly string[] }[];
}

export interface ScoreEntry {
  /** Of the axes that rank: those of the baseline; without one, those that no rule of the score fixes. */
  readonly values: AxisValues;
  /** 0 to 100. */
  readonly points: number;
  /**
   * Interval of the rank, by comparing the points of all pairs: in 95 % of experiments, all of these intervals are right. All ranks with one repeat,
   * whose spread is not known.
   */
  readonly rank: readonly [from: number, to: number];
  readonly parts: readonly { readonly of: string; readonly points: number }[];
}

export interface Expectation {
  /** What is expected. */
  readonly text: string;
  readonly outcome: 'met' | 'not met' | 'not decided';
  readonly got: string;
  readonly cell?: string;
}

/** Throughput and latency over an axis of numbers, such as the queue depth. */
export interface Curve {
  readonly axis: string;
  /** Of the other axes. */
  readonly values: AxisValues;
  /** Keys of the figures. */
  readonly throughput: string;
  readonly latency: string;
  /** The complete cells, by increasing value of the axis. */
  readonly cells: readonly string[];
  /** The cell with the largest throughput divided by latency. */
  readonly knee?: string;
}

/** How far the counts of a ramp went. */
export interface RampResult {
  /** Of the other axes. */
  readonly values: AxisValues;
  /** The largest count within the limit, by the mean of its figure. */
  readonly within?: number;
  /** The smallest count beyond the limit. */
  readonly beyond?: number;
  /** The count that is measured next. @default none: the ramp has ended */
  readonly next?: number;
  /** All counts of the plan, ascending. */
  readonly counts: readonly RampVisit[];
}

export interface RampVisit {
  readonly count: number;
  /** ID of its cell. */
  readonly cell: string;
  /** beyond: also when a VM has no record, or its rate was not reached. unknown: the cell does not have the figure. */
  readonly outcome: 'within' | 'beyond' | 'unknown' | 'not measured';
  /** The interval of the figure is on one side of the limit. */
  readonly decided: boolean;
  /** How often it was measured, each time with new VMs. */
  readonly rounds: number;
  /** Why it was not measured. */
  readonly why?: string;
}

export interface Missing {
  readonly group: string;
  readonly vm?: string;
  readonly trial?: string;
  readonly why: string;
}
