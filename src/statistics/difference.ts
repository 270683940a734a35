import { tTest } from './libraries';

/** One of the independent sources of error of a difference. */
export interface ErrorPart {
  readonly variance: number;
  /** Degrees of freedom of the estimate of the variance. */
  readonly freedom: number;
}

/**
 * The probability of a difference as large as this, or larger, if there is none. Two-sided, by Student's distribution with the degrees of freedom
 * of Welch and Satterthwaite: for a difference of two means, this is Welch's test.
 * @param parts their variances add up to that of the difference
 */
export function pOfDifference(difference: number, parts: readonly ErrorPart[]): number {
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (variance < TINY ** 2) return Math.abs(difference) < TINY ? 1 : 0;
  const freedom = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0);
  const size = freedom + 1;
  return tTest()({ mean: difference, variance: variance * size, size }).pValue();
}

/** Differences of logarithms that are errors of rounding. */
const TINY = 1e-12;
