import type { Problem } from '../errors';
import { duration } from '../options/kinds';
import type { Args } from './context';
import { wrongDuration } from './messages';

/** Reads --timeout for verbs where it is not an option of the configuration. @returns seconds */
export function timeoutFlag({ timeout }: Args, fallback: number, problems: Problem[]): number {
  // An empty value is reported already.
  if (timeout === undefined || timeout === '') return fallback;
  const parsed = duration.parse(timeout);
  if ('value' in parsed) return parsed.value;
  problems.push({ where: 'flag --timeout', message: wrongDuration(parsed.must, timeout) });
  return fallback;
}
