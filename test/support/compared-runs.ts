import { compareRuns, type NamedRun, type RunComparison } from '../../src/report/compare-runs';
import { evaluate, histogramOf, type PlanProps, planOf } from './experiments';
import { normal } from './normal';
import { seeded } from './random';

const SHAPE: PlanProps = { name: 'nightly', settings: { storage: ['rbd', 'cephfs'] }, params: { job: ['random', 'log'] }, repeats: 5 };

/** A run of two storage classes and two jobs. @param factor of the IOPS of rbd */
export function namedRun(name: string, factor: number, seed: number, shape: PlanProps = SHAPE): NamedRun {
  const random = normal(seeded(seed));
  const results = evaluate(planOf(shape), ({ values }) => {
    const speed = (values.storage === 'rbd' ? 24_000 * factor : 9000) * Math.exp(0.01 * random());
    const samples = Array.from({ length: 2000 }, (_, index) => Math.round((1e9 / speed) * (20 + index / 50)));
    return { metrics: { iops: speed }, histograms: { 'read-latency': histogramOf(samples) } };
  });
  return { name, results };
}

/** Runs of a week, of which the third is slower. */
export function week(): RunComparison {
  const factors = [1, 1.005, 0.7, 1.25, 1];
  return compareRuns(
    factors.map((factor, index) => namedRun(['monday', 'tuesday', 'wednesday', 'thursday', 'friday'][index] as string, factor, index + 1)),
  );
}
