/** Wording that the messages about entries share. */
import type { Problem } from '../../errors';
import { didYouMean } from '../../text/messages';
import { show } from '../../text/show';

/** What of a {@link Problem} stands in messages: where it is, the caller knows. */
export type Text = Pick<Problem, 'message' | 'hint'>;

/** @param requirement as in `must …` */
export function mustBe(what: string, requirement: string, got: unknown): string {
  return `${what} must ${requirement}, got ${show(got)}`;
}

/** @param scope in which a value must be unique, such as `in the VM` */
export function mustBeUnique(what: string, got: unknown, scope?: string): string {
  return `${what} must be unique${scope === undefined ? '' : ` ${scope}`}, got ${show(got)} twice`;
}

/** A hint, or nothing if there is none. */
export function optionalHint(hint: string | undefined): Pick<Text, 'hint'> {
  return hint === undefined ? {} : { hint };
}

/** The hint with a known name that is near, or nothing if no name is. */
export function nearHint(near: string | undefined): Pick<Text, 'hint'> {
  return near === undefined ? {} : { hint: didYouMean(near) };
}

/** Names in a list; says so if there are none. */
export function listed(names: readonly string[]): string {
  return names.join(', ') || 'none';
}
