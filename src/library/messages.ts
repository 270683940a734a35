import type { Problem } from '../errors';
import { didYouMean } from '../text/messages';
import { show } from '../text/show';

/** A problem without its place. */
type Text = Omit<Problem, 'where'>;

// Options of any construct or call.

export function unknownOption(name: string, known: readonly string[], near: string | undefined): Text {
  const message = `unknown option ${JSON.stringify(name)}; known: ${known.join(', ')}`;
  return near === undefined ? { message } : { message, hint: didYouMean(near) };
}

export function notOptions(got: unknown): Text {
  return { message: `must be an object of options, got ${show(got)}` };
}

export function isNull(name: string): Text {
  return { message: 'must have a value, got null', hint: `omit ${name}` };
}

export function notParams(got: unknown): Text {
  return { message: `must be an object of values by key, got ${show(got)}` };
}

export function notTrials(got: unknown): Text {
  return { message: `must be an object of trials by name, got ${show(got)}`, hint: "write trials: { small: { size: '1G' } }" };
}

// Workload and addWorkload.

export function notName(got: unknown): Text {
  return { message: `must be the name of a workload, got ${show(got)}` };
}

export function nameRequired(got: unknown): Text {
  return { message: `needs the name of a workload, got ${show(got)}`, hint: "write addWorkload(chart, { workload: 'cpu' })" };
}

// buildPlan.

export function notWorkloads(got: unknown): Text {
  return { message: `must be a list of names or an object by name, got ${show(got)}`, hint: "write workloads: ['cpu', 'disk']" };
}

export const NO_WORKLOADS = { message: 'must name at least one workload, got none', hint: 'omit workloads for the default set' };

// loadPlan.

/** @param near the known flag that was probably meant */
export function unknownFlag(flag: string, near: string | undefined): Text {
  return {
    message: `unknown flag --${flag}`,
    hint: near === undefined ? 'see the flags of virtwork synth --help' : `did you mean --${near}?`,
  };
}
