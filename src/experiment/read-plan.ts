import { readBounded } from '../files/bounded-file';
import type { ExperimentPlan } from './experiment-plan';
import { changeOf } from './plan-hash';
import { validate } from './plan-validator';

/** Bytes of a plan: more than one of 100 000 trials has. */
const LARGEST = 256 << 20;

/** A plan with its text, or why it is none: empty if it is not JSON. */
export type ReadPlan = { readonly plan: ExperimentPlan; readonly text: string } | { readonly wrong: string };

/**
 * Reads a plan.json.
 * @param path absolute
 * @throws Error of the file system
 */
export function readPlan(path: string): ReadPlan {
  const bytes = readBounded(path, LARGEST);
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
  const change = changeOf(plan);
  return change === undefined ? { plan, text } : { wrong: change };
}
