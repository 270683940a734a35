import { simpleStatistics, tTest } from './libraries';

/** Limits of a 95 % confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Estimate extends Partial<Interval> {
  readonly mean: number;
}

export interface Ratio extends Partial<Interval> {
  /** Geometric mean of the values, divided by that of the base. */
  readonly ratio: number;
  /** Probability of a difference as large as this, or larger, between equal populations. Two-sided, not adjusted. */
  readonly p?: number;
}

/**
 * The geometric mean, with Student's 95 % interval of the logarithms from two values on. If a value is 0 or less, the arithmetic mean without
 * an interval.
 * @param values not empty
 */
export function meanOf(values: readonly number[]): Estimate {
  if (values.some((value) => value <= 0)) return { mean: simpleStatistics().mean([...values]) };
  const logs = values.map(Math.log);
  const mean = Math.exp(averageOf(logs));
  if (logs.length < 2) return { mean };
  if (isConstant(logs)) return { mean, low: mean, high: mean };
  const [low, high] = tTest()(logs).confidence();
  return { mean, low: Math.exp(low), high: Math.exp(high) };
}

/**
 * The ratio of the geometric means, with Welch's 95 % interval of the difference of the logarithms. With one value on a side, only the ratio.
 * @param values and base: not empty
 * @returns undefined if a value is 0 or less, which has no logarithm
 */
export function ratioOf(values: readonly number[], base: readonly number[]): Ratio | undefined {
  if ([...values, ...base].some((value) => value <= 0)) return undefined;
  const [left, right] = [values.map(Math.log), base.map(Math.log)] as const;
  const difference = averageOf(left) - averageOf(right);
  const ratio = Math.exp(difference);
  if (left.length < 2 || right.length < 2) return { ratio };
  // Without any spread, Welch's test divides by 0.
  if (isConstant(left) && isConstant(right)) return { ratio, low: ratio, high: ratio, p: Math.abs(difference) < TINY ? 1 : 0 };
  const test = tTest()(left, right);
  const [low, high] = test.confidence();
  return { ratio, low: Math.exp(low), high: Math.exp(high), p: test.pValue() };
}

/** Differences of logarithms that are errors of rounding. */
const TINY = 1e-12;

function isConstant(logs: readonly number[]): boolean {
  return Math.max(...logs) - Math.min(...logs) < TINY;
}

function averageOf(values: readonly number[]): number {
  return simpleStatistics().mean([...values]);
}
