/** Loads the libraries when they are needed: few commands compare anything. */

/** What is known of a sample whose values are not. */
interface SampleSummary {
  readonly mean: number;
  readonly variance: number;
  readonly size: number;
}

type TTest = (
  left: readonly number[] | SampleSummary,
  right?: readonly number[],
) => {
  readonly pValue: () => number;
  readonly confidence: () => readonly [number, number];
};

/** Welch's test of two samples, or Student's test of one: two-sided, with the 95 % confidence interval of the mean or of the difference. */
export function tTest(): TTest {
  return require('ttest') as TTest;
}

export function simpleStatistics(): typeof import('simple-statistics') {
  return require('simple-statistics') as typeof import('simple-statistics');
}
