import type { ParamSpec } from '../entry';

/**
 * Whether the author of an entry has decided which characters a value may have, and none of them means anything in code: a
 * number, a truth value, one of several words, or a text whose pattern names its characters from ^ to $. Lists and dicts
 * are joined by `;`, and so never do.
 */
export function isNarrow({ type, enum: words, pattern }: ParamSpec): boolean {
  if (type === 'list' || type === 'dict') return false;
  return type !== 'string' || words !== undefined || (pattern !== undefined && namesCharacters(pattern));
}

/** A class, an escape, or another character of a regular expression. */
const TOKEN = /\[(?:\\.|[^\]\\])*\]|\\.|./gs;
const RANGE = /(?:\\.|.)-(?:\\.|.)/gs;
/** Ranges of which everybody knows the characters. */
const PLAIN_RANGE = /^([a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9])$/;
/** Some characters by their names, one of them before, or a character that means nothing in code. */
const PLAIN_ESCAPE = /^\\[dws1-9./+:@_=,%#?*^~!-]$/;
/** Characters that end a word, begin another or are expanded somewhere. */
const OF_CODE = /["'`$;|&<>(){}]/;

/** No `.`, no class of all but some characters, and nothing that only a part of the value has to match. */
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
