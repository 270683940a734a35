import { simpleStatistics } from './libraries';

/** @param values not empty */
export function medianOf(values: readonly number[]): number {
  return simpleStatistics().median([...values]);
}
