/**
 * What an experiment measures: `virtwork.plan/1`. Times are in seconds, sizes in bytes. A value of an axis is known by its name, as a string.
 * @see plan.schema.json
 */
export interface ExperimentPlan {
  readonly schema: 'virtwork.plan/1';
  readonly name: string;
  readonly question?: string;
  /** Catalog entry that is measured. */
  readonly workload: string;
  /** `sha256:…` of all other fields except `tuning`, by which two runs of the same plan are recognized. */
  readonly hash: string;
  readonly seed: number;
  readonly repeats: number;
  readonly namespace: string;
  readonly axes: readonly PlannedAxis[];
  /** Those of the entry, in its order. */
  readonly metrics: readonly PlannedMetric[];
  /** In the order in which they run. */
  readonly groups: readonly PlannedGroup[];
  readonly cells: readonly PlannedCell[];
  /** Values of some axes, with which the others are compared. @default nothing is compared */
  readonly baseline?: AxisValues;
  /** @default nothing is checked */
  readonly steady?: SteadyRule;
  readonly score: readonly ScoreRule[];
  readonly expect: readonly ExpectRule[];
  /** @default the number of VMs does not depend on what is measured */
  readonly ramp?: PlannedRamp;
  /** @default the values are not layers of one storage path */
  readonly layers?: PlannedLayers;
  readonly totals: PlanTotals;
  /** @default the experiment uses classes of the cluster only */
  readonly pools?: PlannedPools;
  /** How the cluster is tuned: runs with different tuning are runs of the same plan. @default not stated */
  readonly tuning?: string;
}

/** Pools that an administrator creates before the groups run. */
export interface PlannedPools {
  /** Names of their storage classes. */
  readonly classes: readonly string[];
  /** `sha256:…` of what is rendered for them. */
  readonly digest: string;
}

/** Names of values by axis. */
export type AxisValues = { readonly [axis: string]: string };

/** What an axis changes: the VMs, only what runs in them, or both. */
export type AxisKind = 'settings' | 'params' | 'mixed';

export interface PlannedAxis {
  readonly name: string;
  readonly values: readonly string[];
  readonly kind: AxisKind;
}

export interface PlannedMetric {
  readonly key: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** How the figures of the VMs of a group add up. */
  readonly vms: 'sum' | 'mean' | 'max' | 'merge';
}

/** The cells with equal settings: one set of VMs, rendered as one base. */
export interface PlannedGroup {
  /** A DNS label, unique in the namespace. */
  readonly id: string;
  /** Values of the axes that change settings. */
  readonly settings: AxisValues;
  /** Name of the measured workload in the base. */
  readonly workload: string;
  /** VMs that are measured, or pods in their place, each of which leaves a record per trial. */
  readonly vms: number;
  /** The trials run in pods with this image. @default in VMs */
  readonly pod?: { readonly image: string };
  /** Digest of the list of trials, as in its records. */
  readonly plan: string;
  /** Estimate, with the time until the VMs are ready. */
  readonly seconds: number;
  /** Of all VMs of the base. */
  readonly vcpus: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** In the order in which they run. */
  readonly trials: readonly PlannedTrial[];
}

/** One cell in one repeat. */
export interface PlannedTrial {
  /** Position in the group, such as 001. */
  readonly id: string;
  readonly name: string;
  /** ID of the cell. */
  readonly cell: string;
  /** From 1. */
  readonly repeat: number;
  readonly seconds: number;
  /** All of them. */
  readonly params: { readonly [key: string]: string };
}

/** One combination of values of all axes. */
export interface PlannedCell {
  readonly id: string;
  /** ID of the group. */
  readonly group: string;
  /** Name of its trials. */
  readonly trial: string;
  readonly values: AxisValues;
}

/** The steady state of SNIA: a series of rounds, of which the range and the slope are limited to a share of their mean. */
export interface SteadyRule {
  readonly of: string;
  readonly rounds: number;
  readonly spread: number;
  readonly slope: number;
}

export interface ScoreRule {
  /** Key of a metric, or of a histogram with a percentile, such as `write-latency.p99`. */
  readonly of: string;
  /** Globs by axis. */
  readonly where: AxisValues;
  readonly weight: number;
}

/** One of the limits is given. */
export interface ExpectRule {
  readonly of: string;
  readonly where: AxisValues;
  /** In the unit of the metric. */
  readonly atMost?: number;
  readonly atLeast?: number;
  /** As a share: 0.05 for 5%. */
  readonly worseThanBaselineByAtMost?: number;
}

/** The number of VMs grows until a figure passes a limit. */
export interface PlannedRamp {
  readonly axis: string;
  /** Counts that are visited first, ascending: each is twice the one before. */
  readonly steps: readonly number[];
  /** All counts that can be visited, ascending. */
  readonly counts: readonly number[];
  /** The ramp ends where the figure is above, or below, the limit, in the unit of the metric. */
  readonly until: { readonly of: string; readonly above?: number; readonly below?: number };
}

/** Values of an axis of which each runs on top of the one before, such as a pod, and a VM on the same storage class. */
export interface PlannedLayers {
  readonly axis: string;
  /** From the bottom. */
  readonly order: readonly string[];
}

export interface PlanTotals {
  readonly groups: number;
  readonly cells: number;
  /** Cells times repeats. */
  readonly trials: number;
  /** Sum over the groups. */
  readonly vms: number;
  /** Trials times the VMs of their groups. */
  readonly records: number;
  /** Of all groups, one after another. */
  readonly seconds: number;
  /** The maximum of each over the groups. */
  readonly peak: { readonly vcpus: number; readonly memoryBytes: number; readonly diskBytes: number };
}
