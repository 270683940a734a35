import type { ExperimentPlan, PlannedMetric } from '../experiment/experiment-plan';
import { type Bins, merged, percentileOf } from '../statistics/histogram';
import { meanOf } from '../statistics/ratio';
import type { Figure, ResultMetric } from './experiment-results';
import type { TrialRecord } from './record';

/** Percentiles that are shown of every histogram. */
const PERCENTILES = ['50', '95', '99', '99.9', '99.99'] as const;

/** A metric, or a percentile of a histogram. */
export interface PlannedFigure extends ResultMetric {
  readonly metric: PlannedMetric;
  /** @default not of a histogram */
  readonly percent?: string;
}

/** All figures that the plan's metrics may have, in their order. */
export function plannedFigures({ metrics }: ExperimentPlan): PlannedFigure[] {
  return metrics.flatMap((metric): PlannedFigure[] => {
    const { key, unit, better } = metric;
    if (metric.vms !== 'merge') return [{ key, unit, better, metric }];
    return PERCENTILES.map((percent) => ({ key: `${key}.p${percent}`, unit, better, metric, percent }));
  });
}

/**
 * The figures of all VMs together, by key. Absent: it does not exist, or a VM does not have it.
 * @param records of all VMs, in one repeat
 */
export function together(planned: readonly PlannedFigure[], records: readonly TrialRecord[]): { readonly [key: string]: number } {
  const found: { [key: string]: number } = {};
  const histograms = new Map<string, Bins | undefined>();
  for (const { key, metric, percent } of planned) {
    if (percent !== undefined && !histograms.has(metric.key)) histograms.set(metric.key, samplesOf(metric.key, records));
    const bins = histograms.get(metric.key);
    const value = percent === undefined ? added(metric, records) : bins && percentileOf(bins, percent);
    if (value !== undefined) found[key] = value;
  }
  return found;
}

function added({ key, vms }: PlannedMetric, records: readonly TrialRecord[]): number | undefined {
  const values = records.flatMap(({ metrics }) => metrics?.[key] ?? []);
  if (values.length === 0 || values.length < records.length) return undefined;
  if (vms === 'max') return values.reduce((most, value) => Math.max(most, value));
  const sum = values.reduce((total, value) => total + value, 0);
  return vms === 'sum' ? sum : sum / values.length;
}

/** All samples of a histogram. @returns undefined if there are none: a direction without I/O has no latency */
export function samplesOf(key: string, records: readonly TrialRecord[]): (Bins & { readonly unit: string }) | undefined {
  const histograms = records.flatMap(({ histograms }) => histograms[key] ?? []).filter(({ counts }) => counts.some((count) => count > 0));
  const [first] = histograms;
  return first && { unit: first.unit, ...merged(histograms) };
}

/**
 * The values of the repeats as one figure.
 * @param main figures that the report leads with
 * @returns undefined without a value, and for a rate that is 0 in every repeat and that the report does not lead with: nothing of the kind was done
 */
export function figureOf(
  { key, better }: PlannedFigure,
  values: readonly (number | undefined)[],
  main: readonly string[],
): Figure | undefined {
  const known = values.filter((value) => value !== undefined);
  const isIdle = better === 'more' && !main.includes(key) && known.every((value) => value === 0);
  if (known.length === 0 || isIdle) return undefined;
  return { values: values.map((value) => value ?? null), n: known.length, ...meanOf(known) };
}

/** The values of the repeats that have one. */
export function knownValues({ values }: Figure): number[] {
  return values.filter((value) => value !== null);
}
