/** Messages about presets of params, and about alerts that depend on params. */
import { show } from '../../text/show';
import { listed, nearHint, type Text } from './wording';

export const OWN_PROFILE: Text = {
  message: 'must not be profile in an entry with presets: that param selects one of them',
  hint: 'rename the param, or remove presets',
};

export const PROFILE_DESCRIPTION = 'preset for the params that are not set';

export function wrongName(got: string): string {
  return `the name of a preset must be at most 20 lowercase letters, digits and hyphens, and not none, got ${show(got)}`;
}

/** @param at what refers to params, such as `presets.signal` */
export function noParam(at: string, got: string, keys: readonly string[], near: string | undefined): Text {
  return { message: `${at} must have keys of params, got ${show(got)}; known: ${listed(keys)}`, ...nearHint(near) };
}

/** @param at a key whose value is the name of a param */
export function notAParam(at: string, got: string, keys: readonly string[], near: string | undefined): Text {
  return { message: `${at} must be one of the params, got ${show(got)}; known: ${listed(keys)}`, ...nearHint(near) };
}

export function loadOfNoNumber(at: string, param: string, type: string): string {
  return `${at} must be a param of type int or number; ${param} is of type ${type}`;
}

export function limitOfNoNumber(at: string, type: string): string {
  return `${at} must have values, not a minimum or maximum: the param is of type ${type}`;
}
