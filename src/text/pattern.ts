import type { RE2JS } from 're2js';
import { PATTERN } from './messages';

/** Maximum characters of a pattern. */
const LONGEST = 1000;
/** Steps that all patterns of a run may take together: about three seconds, thousands of times more than entries need. */
const MOST_STEPS = 3e7;
/** Steps that compiling costs for each instruction of a pattern. */
const COMPILING = 500;
/** The characters that `\s` matches in JSON Schema, and so in ECMAScript; `\s` of RE2 matches fewer. */
const BLANKS = '\\t\\n\\x0b\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const NO_BLANKS =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}';

const compiled = new Map<string, RE2JS>();
let steps = 0;

/**
 * Checks a pattern of an entry. Patterns are matched by RE2, whose time is proportional to the length of the string; a backtracking engine
 * such as that of Node takes exponential time for some patterns.
 * @returns what the pattern must be or have, to be printed after `must`; undefined for a good pattern
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST) return PATTERN.tooLong(LONGEST);
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    return PATTERN.invalid((error as Error).message.replace(/^.*: /s, ''));
  }
  if (steps > MOST_STEPS) return PATTERN.tooSlow;
  try {
    engineOf(pattern);
    return undefined;
  } catch (error) {
    if (!(error as Error).name.startsWith('RE2JS')) throw error;
    return PATTERN.unsupported((error as Error).message.replace('error parsing regexp: ', ''));
  }
}

/**
 * Matches a string.
 * @param pattern one that {@link patternProblem} accepts; not anchored, as in JSON Schema
 * @returns what the string must do, to be printed after `must`; undefined if it matches
 */
export function mismatch(pattern: string, text: string): string | undefined {
  if (steps > MOST_STEPS) return PATTERN.tooSlow;
  const engine = engineOf(pattern);
  steps += engine.programSize() * text.length;
  if (steps > MOST_STEPS) return PATTERN.tooSlow;
  return engine.matcher(text).find() ? undefined : PATTERN.mismatch(pattern);
}

function engineOf(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const { RE2JS: engine } = require('re2js') as typeof import('re2js');
  const fresh = engine.compile(engine.translateRegExp(inRe2(pattern)));
  steps += fresh.programSize() * COMPILING;
  compiled.set(pattern, fresh);
  return fresh;
}

/** Translates what the two languages write in the same way but interpret differently. */
function inRe2(pattern: string): string {
  let inClass = false;
  return pattern.replace(/\\.|[[\].]/gsu, (token) => {
    if (token === '[' && inClass) return '\\[';
    if (token === '[' || token === ']') {
      inClass = token === '[';
      return token;
    }
    if (token === '.') return inClass ? token : '[^\\n\\r\\x{2028}\\x{2029}]';
    if (token === '\\s') return inClass ? BLANKS : `[${BLANKS}]`;
    if (token === '\\S') return inClass ? NO_BLANKS : `[${NO_BLANKS}]`;
    return token === '\\b' && inClass ? '\\x08' : token;
  });
}
