import type { Placeholder } from '../entry';
import { variableName } from './param-value';

const NAMES: { readonly [char: string]: string } = { ' ': 'blanks', '"': 'double quotes', "'": 'single quotes' };
/** Inside double quotes these still mean something, to systemd or to a shell. */
const IN_DOUBLE_QUOTES = /["\\%$`]/;

/** What is wrong with a value in one of the places where it is written. */
export interface BreakOut {
  /** As in `must …`. */
  readonly must: string;
  readonly hint?: string;
}

/**
 * Holds a value against the place of a placeholder: it must not end its quotes, fall into several words, be expanded or
 * begin another command. The environment has none of these limits.
 * @param source of the text that the placeholder stands in
 */
export function breakOut({ key, line, place }: Placeholder, source: string, value: string): BreakOut | undefined {
  if (!place) return undefined;
  if (place.end !== undefined && value === place.end) return { must: `not be ${value}, which ends the here-document (${source}:${line})` };
  const wrong = [...place.refused].filter((char) => (char === ' ' ? /\s/.test(value) : value.includes(char)));
  if (wrong.length === 0 && !(place.quote === '' && value === ';' && place.reader === 'systemd')) return undefined;
  const names = wrong.length > 0 ? wrong.map((char) => NAMES[char] ?? char).join(', ') : 'lone ;';
  const where = place.quote === '' ? ' without quotes' : place.quote === '"' ? ' in double quotes' : ' in single quotes';
  const quotesHelp = place.quoted !== undefined && !IN_DOUBLE_QUOTES.test(value);
  const name = place.quote === '' && place.reader === 'a shell' ? `"$${variableName(key)}"` : `\${${variableName(key)}}`;
  const variable =
    place.reader === 'systemd or a shell'
      ? `$${variableName(key)} in the unit or script that needs it: every unit has it in its environment`
      : place.environment
        ? `${name} in the place of {{${key}}}, which takes every value`
        : undefined;
  const hint = quotesHelp ? `in ${source}:${line}: ${place.quoted}` : variable;
  return { must: `have no ${names} where ${place.reader} reads it${where} (${source}:${line})`, ...(hint ? { hint } : {}) };
}
