import type { Place, Placeholder } from '../entry';
import { endsHereDocument, quoteIt, refusedCharacters, variableInstead, variableInUnit } from '../messages/params';
import { optionalHint } from '../messages/wording';
import { variableName } from './param-value';

const NAMES: { readonly [char: string]: string } = { ' ': 'blanks', '"': 'double quotes', "'": 'single quotes' };
const QUOTES = { '': 'without quotes', '"': 'in double quotes', "'": 'in single quotes' } as const;
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
 * @returns undefined if the value fits
 */
export function breakOut({ key, line, place }: Placeholder, source: string, value: string): BreakOut | undefined {
  if (!place) return undefined;
  const at = `${source}:${line}`;
  if (place.end !== undefined && value === place.end) return { must: endsHereDocument(value, at) };
  const characters = charactersIn(place, value);
  if (characters === undefined) return undefined;
  const canBeQuoted = place.quoted !== undefined && !IN_DOUBLE_QUOTES.test(value);
  const hint = canBeQuoted ? quoteIt(at, place.quoted) : variableHint(place, key);
  return { must: refusedCharacters(characters, place.reader, QUOTES[place.quote], at), ...optionalHint(hint) };
}

/** The characters of a value that its place does not allow, in words. */
function charactersIn(place: Place, value: string): string | undefined {
  const wrong = [...place.refused].filter((char) => (char === ' ' ? /\s/.test(value) : value.includes(char)));
  if (wrong.length > 0) return wrong.map((char) => NAMES[char] ?? char).join(', ');
  return place.quote === '' && value === ';' && place.reader === 'systemd' ? 'lone ;' : undefined;
}

function variableHint(place: Place, key: string): string | undefined {
  const variable = variableName(key);
  if (place.reader === 'systemd or a shell') return variableInUnit(variable);
  if (!place.environment) return undefined;
  return variableInstead(place.quote === '' && place.reader === 'a shell' ? `"$${variable}"` : `\${${variable}}`, key);
}
