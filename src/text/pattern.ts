import type { RE2JS } from 're2js';

/** Characters of a pattern. */
const LONGEST = 1000;
/** Steps that all patterns of a run may take together: about three seconds, thousands of times what entries need. */
const MOST_STEPS = 3e7;
/** Steps that an instruction of a compiled pattern costs once. */
const COMPILING = 500;
/** What JSON Schema, and so ECMAScript, means by `\s`; RE2 knows fewer blanks. */
const BLANKS = '\\t\\n\\x0b\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const NO_BLANKS =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}';

const compiled = new Map<string, RE2JS>();
let steps = 0;

/**
 * Patterns of entries are matched by RE2, which takes time in proportion to the text. An engine that backtracks, as that of node does, takes
 * ages for some patterns.
 * @returns what a pattern must be or have instead; undefined for a good one
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST) return `have at most ${LONGEST} characters`;
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    return `be a regular expression (${(error as Error).message.replace(/^.*: /s, '')})`;
  }
  if (steps > MOST_STEPS) return SIMPLER;
  try {
    engineOf(pattern);
    return undefined;
  } catch (error) {
    if (!(error as Error).name.startsWith('RE2JS')) throw error;
    return `have no lookahead, lookbehind, backreference, \\p{NAME=VALUE} or repetition above 1000: it is matched without backtracking (${(error as Error).message.replace('error parsing regexp: ', '')})`;
  }
}

/**
 * @param pattern in which {@link patternProblem} finds nothing wrong; not anchored, as in JSON Schema
 * @returns what the text must be instead
 */
export function mismatch(pattern: string, text: string): string | undefined {
  if (steps > MOST_STEPS) return SIMPLER;
  const engine = engineOf(pattern);
  steps += engine.programSize() * text.length;
  if (steps > MOST_STEPS) return SIMPLER;
  return engine.matcher(text).find() ? undefined : `match ${pattern}`;
}

const SIMPLER = 'be shorter, or its pattern simpler: matching takes too long';

function engineOf(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const { RE2JS: engine } = require('re2js') as typeof import('re2js');
  const fresh = engine.compile(engine.translateRegExp(inRe2(pattern)));
  steps += fresh.programSize() * COMPILING;
  compiled.set(pattern, fresh);
  return fresh;
}

/** What the two languages write in the same way, and mean differently. */
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
