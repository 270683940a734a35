/** The part of `virtwork.plan/1` that a report reads. */
export interface ExperimentPlan {
  readonly schema: 'virtwork.plan/1';
  readonly name: string;
  readonly question?: string;
  /** Name of the entry that is measured. */
  readonly workload: string;
  /** Digest of the plan, `sha256:…`. */
  readonly hash: string;
  readonly seed: number;
  readonly repeats: number;
  readonly namespace: string;
  readonly axes: readonly { readonly name: string; readonly values: readonly string[]; readonly kind: 'settings' | 'params' | 'mixed' }[];
  readonly metrics: readonly {
    readonly key: string;
    readonly unit: string;
    readonly better: 'more' | 'less';
    readonly vms: 'sum' | 'mean' | 'max' | 'merge';
  }[];
  readonly groups: readonly {
    readonly id: string;
    readonly settings: { readonly [axis: string]: string };
    readonly workload: string;
    readonly vms: number;
    readonly plan: string;
    readonly seconds: number;
    readonly vcpus: number;
    readonly memoryBytes: number;
    readonly diskBytes: number;
    readonly trials: readonly {
      readonly id: string;
      readonly name: string;
      readonly cell: string;
      readonly repeat: number;
      readonly seconds: number;
      readonly params: { readonly [key: string]: string };
    }[];
  }[];
  readonly cells: readonly {
    readonly id: string;
    readonly group: string;
    readonly trial: string;
    readonly values: { readonly [axis: string]: string };
  }[];
  readonly baseline?: { readonly [axis: string]: string };
  readonly steady?: { readonly of: string; readonly rounds: number; readonly spread: number; readonly slope: number };
  readonly score: readonly { readonly of: string; readonly where: { readonly [axis: string]: string }; readonly weight: number }[];
  readonly expect: readonly {
    readonly of: string;
    readonly where: { readonly [axis: string]: string };
    readonly atMost?: number;
    readonly atLeast?: number;
    readonly worseThanBaselineByAtMost?: number;
  }[];
  readonly totals: {
    readonly groups: number;
    readonly cells: number;
    readonly trials: number;
    readonly vms: number;
    readonly records: number;
    readonly seconds: number;
    readonly peak: { readonly vcpus: number; readonly memoryBytes: number; readonly diskBytes: number };
  };
}
