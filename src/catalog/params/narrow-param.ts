import type { ParamSpec } from '../entry';

/**
 * Whether the entry restricts the value of a param to characters that mean nothing in code: a number, a boolean, one of
 * several words, or a string whose pattern names its characters from ^ to $. Lists and dicts are joined by `;`, so they
 * are never narrow.
 */
export function isNarrow({ type, enum: words, pattern }: ParamSpec): boolean {
  if (type === 'list' || type === 'dict') return false;
  return type !== 'string' || words !== undefined || (pattern !== undefined && namesCharacters(pattern));
}

/** A class, an escape, or another character of a regular expression. */
const TOKEN = /\[(?:\\.|[^\]\\])*\]|\\.|./gs;
const RANGE = /(?:\\.|.)-(?:\\.|.)/gs;
/** Ranges whose characters are obvious. */
const PLAIN_RANGE = /^([a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9])$/;
/** A class of characters, a back-reference, or a character that means nothing in code. */
const PLAIN_ESCAPE = /^\\[dws1-9./+:@_=,%#?*^~!-]$/;
/** Characters that end a word, begin another or are expanded somewhere. */
const OF_CODE = /["'`$;|&<>(){}]/;

/** No `.`, no negated class, and nothing that only a part of the value must match. */
function namesCharacters(pattern: string): boolean {
  if (!pattern.startsWith('^') || !pattern.endsWith('$')) return false;
  let depth = 0;
  const tokens = (pattern.slice(1, -1).match(TOKEN) ?? []).every((token) => {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === '|') return depth > 0;
    if (token.length > 1) return token.startsWith('[') ? isNarrowClass(token.slice(1, -1)) : PLAIN_ESCAPE.test(token);
    return !/[.^$"'`;&<>\\]/.test(token);
  });
  return tokens && depth === 0;
}

function isNarrowClass(content: string): boolean {
  const escapes = content.match(/\\./gs) ?? [];
  return (
    !content.startsWith('^') &&
    !OF_CODE.test(content) &&
    escapes.every((each) => PLAIN_ESCAPE.test(each)) &&
    (content.match(RANGE) ?? []).every((range) => PLAIN_RANGE.test(range))
  );
}
