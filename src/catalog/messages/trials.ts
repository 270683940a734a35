/** Messages about trials: their units, and what workload.yaml declares about them. */
import { mustBe, nearHint, type Text } from './wording';

// Files.

export function wrongTrialName(to: string): Text {
  return { message: 'has a name that is reserved for trials', hint: `rename it to ${to}` };
}

/** @param trial the file that is missing */
export function filesOfNoTrial(trial: string): Text {
  return {
    message: `is for guests that are measured, which needs a trial unit: ${trial}`,
    hint: `add ${trial}, or move the files to files/`,
  };
}

/** @param first the file of the other trial */
export function secondTrial(first: string): string {
  return `an entry must have one trial unit, got a second one next to ${first}`;
}

// results and trial of workload.yaml.

export const NO_RESULTS: Text = {
  message: 'needs results in workload.yaml',
  hint: 'declare what a trial writes: results: [{ key: rate, unit: 1/s, better: more, vms: sum }]',
};

/** @param names of the file that is missing @param near a file that was probably meant */
export function noTrialUnit(key: string, names: readonly string[], near: string | undefined): Text {
  const hint = near === undefined ? `add ${names.join(' or ')}, or remove ${key}` : `rename ${near} to ${names.join(' or ')}`;
  return { message: `${key} needs a trial unit: ${names.join(' or ')}`, hint };
}

export const WRONG_UNIT = 'be a unit such as 1/s, without control characters';

export const PARTS_OF_NOTHING: Text = { message: 'trial.parts has no effect without trial.duration', hint: 'add trial.duration' };

export function durationOfNoSeconds(got: string, near: string | undefined): Text {
  return {
    message: `${mustBe('trial.duration', 'be keys of params of type int with a minimum of at least 0', got)}`,
    ...nearHint(near),
  };
}

export function partsOfNoParam(got: string, known: readonly string[], near: string | undefined): Text {
  return {
    message: `${mustBe('trial.parts', `have keys of params (${known.join(', ') || 'the entry has none'})`, got)}`,
    ...nearHint(near),
  };
}

export function impossiblePart(at: string, key: string, requirement: string, got: string): string {
  return `${at}: ${mustBe(`param ${key}`, requirement, got)}`;
}

// Units.

export const NOT_ONESHOT: Text = {
  message: 'must have Type=oneshot: virtwork-trials.service waits for its end',
  hint: 'add Type=oneshot to [Service]',
};

/** @param directive such as `Restart=always` */
export function notInTrial(directive: string, why: string, what: 'line' | 'section' = 'line'): Text {
  return { message: `must not have ${directive}: ${why}`, hint: `remove the ${what}` };
}

export const WHY = {
  restart: 'a failed trial is recorded, and the next one starts',
  remain: 'each trial starts the unit again',
  install: 'virtwork-trials.service starts it, not a boot',
  limit: 'the time limit follows from trial in workload.yaml',
} as const;

export const NO_TIMEOUT: Text = {
  message: 'must state how long it may take',
  hint: 'add TimeoutStartSec= to [Service], such as TimeoutStartSec=10min',
};

/** @param unit that the other one starts @param what starts it */
export function startsTrial(unit: string, what: 'line' | 'unit'): Text {
  return { message: `must not start ${unit}, which virtwork-trials.service starts`, hint: `remove the ${what}` };
}

/** @param reference such as `Requires=x.service` */
export function needsMain(reference: string): Text {
  return {
    message: `has ${reference}, a unit that does not run while the workload is measured`,
    hint: 'use Wants= instead, or move what both need into another unit',
  };
}
