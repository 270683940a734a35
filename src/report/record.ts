import { misshaped, parsed } from '../results/answer';
import { faulty } from '../results/messages';
import type { Histogram, Result, TrialsState } from '../results/result';
import { validate as validateResult } from '../results/result-validator';
import { validate as validateState } from '../results/state-validator';
import type { Bins } from '../statistics/histogram';
import { visible, withoutKeys } from '../text/show';
import { binsUnordered, countDiffers, negative, THE_RECORD, tooLarge } from './messages';

/** The part of a record that results come from, in a compact form: an experiment may have ten thousand of them. */
export interface TrialRecord
  extends Pick<
    Result,
    | 'plan'
    | 'group'
    | 'trial'
    | 'name'
    | 'repeat'
    | 'vm'
    | 'index'
    | 'params'
    | 'outcome'
    | 'why'
    | 'seconds'
    | 'barrier'
    | 'window'
    | 'metrics'
    | 'series'
  > {
  readonly histograms: { readonly [key: string]: Samples };
  /** File, and the part of it if it has several. */
  readonly place: string;
}

export interface Samples extends Bins {
  readonly unit: string;
}

/** What the text of a member is: a record, the state of a VM before its records, or why it is neither. */
export type Reading =
  | { readonly record: TrialRecord }
  | { readonly state: TrialsState }
  | { readonly why: string; readonly about?: { readonly group?: string; readonly vm?: string; readonly trial?: string } };

/** Reads the JSON text of a member of an answer. Never throws. */
export function readMember(text: string, place: string): Reading {
  const value = parsed(text);
  if (value === undefined) return { why: faulty(THE_RECORD, 'not-json', syntaxError(text)) };
  if ((value as { readonly schema?: unknown } | null)?.schema === 'virtwork.state/1') {
    const detail = misshaped(value, 'virtwork.state/1', validateState);
    return detail === undefined ? { state: value as TrialsState } : { why: faulty(THE_RECORD, 'wrong-shape', detail) };
  }
  const detail = misshaped(value, 'virtwork.result/1', validateResult);
  if (detail !== undefined) return { why: faulty(THE_RECORD, 'wrong-shape', detail), about: aboutOf(value) };
  const result = value as Result;
  const wrong = wrongFigure(result);
  if (wrong !== undefined) return { why: faulty(THE_RECORD, 'wrong-shape', wrong), about: aboutOf(value) };
  const { plan, group, trial, name, repeat, vm, index, params, outcome, why, seconds, barrier, window, metrics, series } = result;
  const histograms = Object.fromEntries(Object.entries(result.histograms ?? {}).map(([key, histogram]) => [key, samplesOf(histogram)]));
  const optional = Object.entries({ seconds, window, metrics, series }).filter(([, each]) => each !== undefined);
  const required = { plan, group, trial, name, repeat, vm, index, params, outcome, why, barrier };
  return { record: { ...required, ...Object.fromEntries(optional), histograms, place } };
}

/** Where the text is not JSON, as far as the parser says. */
function syntaxError(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return visible(withoutKeys((error as Error).message.replace(/ is not valid JSON$/, '').replace(/\s+/g, ' ')));
  }
}

/** Whose record a wrong record says it is, as far as that can be read. */
function aboutOf(value: unknown) {
  const { group, vm, trial } = (value ?? {}) as { readonly [key: string]: unknown };
  return Object.fromEntries(Object.entries({ group, vm, trial }).filter(([, each]) => typeof each === 'string'));
}

/** Far more than anything that is measured. The figures of all VMs are added up, and the sum must stay a finite number. */
const LARGEST = 1e30;

/** What a JSON Schema cannot check. @returns undefined for plausible figures */
function wrongFigure({ metrics = {}, series = {}, histograms = {} }: Result): string | undefined {
  for (const [key, value] of Object.entries(metrics)) {
    const wrong = wrongValue(`/metrics/${key}`, value);
    if (wrong !== undefined) return wrong;
  }
  for (const [key, { values }] of Object.entries(series)) {
    const value = values.find((each) => wrongValue('', each) !== undefined);
    if (value !== undefined) return wrongValue(`/series/${key}`, value);
  }
  for (const [key, histogram] of Object.entries(histograms)) {
    const wrong = wrongHistogram(`/histograms/${key}`, histogram);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongValue(path: string, value: number): string | undefined {
  if (value < 0) return negative(path, value);
  return value > LARGEST ? tooLarge(path, LARGEST, value) : undefined;
}

function wrongHistogram(path: string, { count, bins }: Histogram): string | undefined {
  let [last, sum] = [-1, 0];
  for (const [value, samples] of bins) {
    const wrong = wrongValue(`${path}/bins`, value) ?? wrongValue(`${path}/bins`, samples);
    if (wrong !== undefined) return wrong;
    if (value <= last) return binsUnordered(path, last, value);
    [last, sum] = [value, sum + samples];
  }
  return sum === count ? undefined : countDiffers(path, count, sum);
}

function samplesOf({ unit, bins }: Histogram): Samples {
  return { unit, values: Float64Array.from(bins, ([value]) => value), counts: Float64Array.from(bins, ([, count]) => count) };
}
