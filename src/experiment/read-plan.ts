import { readBounded } from '../files/bounded-file';
import { type Copies, changeOf, LARGEST_PLAN } from './changed-plan';
import type { ExperimentPlan } from './experiment-plan';
import { validate } from './plan-validator';

/** A plan with its text, or why it is none: empty if it is not JSON. */
export type ReadPlan = { readonly plan: ExperimentPlan; readonly text: string } | { readonly wrong: string };

/**
 * Reads a plan.json.
 * @param path absolute
 * @param copies where the plan may be as it was written
 * @throws Error of the file system
 */
export function readPlan(path: string, copies: Copies): ReadPlan {
  const bytes = readBounded(path, LARGEST_PLAN);
  if (typeof bytes === 'string') return { wrong: bytes };
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: '' };
  }
  const [error] = validate(value);
  if (error) return { wrong: `${error.instancePath || 'it'} must ${(error.message ?? 'be valid').replace(/^must /, '')}` };
  const plan = value as ExperimentPlan;
  const change = changeOf(plan, copies);
  return change === undefined ? { plan, text } : { wrong: change };
}
