import { simpleStatistics } from './libraries';

/** The steady state of SNIA's Performance Test Specification. */
export interface SteadyLimits {
  /** Parts of equal length into which a series is divided. */
  readonly rounds: number;
  /** Largest minus smallest round, as a share of their mean. */
  readonly spread: number;
  /** Change of the fitted line over all rounds, as a share of their mean. */
  readonly slope: number;
}

export interface Steadiness {
  readonly isSteady: boolean;
  readonly spread: number;
  /** Without its sign. */
  readonly slope: number;
}

/**
 * Judges a series of values at equal distances. The limits themselves are steady.
 * @returns undefined if the series has fewer values than rounds, or their mean is 0
 */
export function steadinessOf(
  values: readonly number[],
  { rounds, spread: mostSpread, slope: mostSlope }: SteadyLimits,
): Steadiness | undefined {
  if (rounds < 2 || values.length < rounds) return undefined;
  const { linearRegression, mean } = simpleStatistics();
  const edge = (round: number) => Math.round((round * values.length) / rounds);
  const means = Array.from({ length: rounds }, (_, round) => mean(values.slice(edge(round), edge(round + 1))));
  const middle = mean(means);
  if (middle === 0) return undefined;
  const spread = (Math.max(...means) - Math.min(...means)) / Math.abs(middle);
  const slope = Math.abs((linearRegression(means.map((each, round) => [round, each])).m * (rounds - 1)) / middle);
  return { isSteady: spread <= mostSpread + TINY && slope <= mostSlope + TINY, spread, slope };
}

/** Errors of rounding, at a limit. */
const TINY = 1e-9;
