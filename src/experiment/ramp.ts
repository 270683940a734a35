import type { Problem } from '../errors';
import { wrongValue } from '../options/value-messages';
import { showScalar } from '../text/show';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';
import { RAMP_KEYS, rampCount, rampOrder } from './messages';
import { isMap, problemAt } from './source';

/** Maximum number of VMs, as of the setting `vm_count`. */
const MOST = 100_000;
const KEYS = ['from', 'to', 'until'];

/** The counts of a ramp, ascending. */
export interface RampCounts {
  /** Each is twice the one before; the last one is the end. */
  readonly steps: readonly number[];
  /** The steps and the quarters between them. */
  readonly counts: readonly number[];
}

/** All counts that a ramp can visit: it doubles, and when a step is too many, it looks for the limit among the quarters below it. */
export function rampCounts(from: number, to: number): RampCounts {
  const steps: number[] = [];
  for (let count = from; count < to; count *= 2) steps.push(count);
  steps.push(to);
  const quarters = steps.slice(1).flatMap((step, index) => {
    const below = steps[index] as number;
    return [1, 2, 3].map((part) => below + Math.floor(((step - below) * part) / 4));
  });
  return { steps, counts: [...new Set([...steps, ...quarters])].sort((a, b) => a - b) };
}

/** Whether a value of the matrix is a ramp: a map whose only key is `ramp`. */
export function isRamp(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 1 && Object.hasOwn(value, 'ramp');
}

/** @returns undefined if the ends are wrong */
export function readRampCounts(file: YamlFile, path: DocumentPath, raw: unknown, problems: Problem[]): RampCounts | undefined {
  if (!isMap(raw) || Object.keys(raw).some((key) => !KEYS.includes(key)) || KEYS.some((key) => !Object.hasOwn(raw, key))) {
    problems.push(problemAt(file, path, RAMP_KEYS));
    return undefined;
  }
  const [from, to] = (['from', 'to'] as const).map((key) => {
    const value = raw[key];
    if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST) return value as number;
    problems.push(problemAt(file, [...path, key], { message: wrongValue(rampCount(MOST), showScalar(value)) }));
    return undefined;
  });
  if (from === undefined || to === undefined) return undefined;
  if (from > to) problems.push(problemAt(file, [...path, 'to'], rampOrder(from, to)));
  return from > to ? undefined : rampCounts(from, to);
}
