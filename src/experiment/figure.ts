import type { Problem } from '../errors';
import { nearest } from '../text/suggest';
import type { PlannedMetric } from './experiment-plan';
import { needsPercentile, noHistogram, unknownMetric, unknownPercentile } from './messages';

/** Percentiles of a histogram, as they are written after its key. */
export const PERCENTILES = ['p50', 'p95', 'p99', 'p99.9', 'p99.99'];

/**
 * The metric that a figure is of: its key, or the key of a histogram with a percentile, such as `write-latency.p99`.
 * @param report gets what is wrong
 * @returns undefined if the figure is wrong
 */
export function figureOf(
  of: string,
  metrics: readonly PlannedMetric[],
  report: (wrong: Pick<Problem, 'message' | 'hint'>) => void,
): PlannedMetric | undefined {
  const dot = of.indexOf('.');
  const [key, percentile] = dot < 0 ? [of, undefined] : [of.slice(0, dot), of.slice(dot + 1)];
  const metric = metrics.find((each) => each.key === key);
  const wrong = metric ? problemOf(of, metric, percentile, metrics) : unknown(of, key, metrics);
  if (wrong) report(wrong);
  return wrong ? undefined : metric;
}

function unknown(of: string, key: string, metrics: readonly PlannedMetric[]) {
  const known = metrics.map((metric) => metric.key);
  return unknownMetric(of, known, nearest(key, known));
}

function problemOf(of: string, { key, vms }: PlannedMetric, percentile: string | undefined, metrics: readonly PlannedMetric[]) {
  if (vms !== 'merge') {
    const histograms = metrics.filter((metric) => metric.vms === 'merge').map((metric) => metric.key);
    return percentile === undefined ? undefined : noHistogram(key, histograms);
  }
  if (percentile === undefined) return needsPercentile(key, PERCENTILES);
  return PERCENTILES.includes(percentile) ? undefined : unknownPercentile(of, PERCENTILES);
}
