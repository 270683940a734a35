import type { Problem } from '../errors';
import { duration } from '../options/kinds';
import { show } from '../text/show';
import type { Args } from './context';

/** The flag --timeout of verbs for which it is no option of the configuration. @returns seconds */
export function timeoutFlag({ timeout }: Args, fallback: number, problems: Problem[]): number {
  // An empty one was told already.
  if (timeout === undefined || timeout === '') return fallback;
  const parsed = duration.parse(timeout);
  if ('value' in parsed) return parsed.value;
  problems.push({ where: 'flag --timeout', message: `must ${parsed.must}, got ${show(timeout)}` });
  return fallback;
}
