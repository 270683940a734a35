import { hasUnseen, visible } from '../text/show';

/** How virtwork writes all YAML: without folded lines and anchors. */
export const YAML_STYLE = { lineWidth: -1, noRefs: true } as const;

/**
 * Writes a document exactly as js-yaml does, except for strings with tabs or with characters that must be escaped: js-yaml writes these as
 * one escaped line, and scripts must stay readable. Values of known forms are written here, which takes a fifth of the time of js-yaml in a
 * new process; all others are left to js-yaml. A property test compares the two.
 */
export function toYaml(document: object): string {
  const written = collection(document, '');
  if (written === undefined) return dumped(document);
  // Blank lines at the end belong to the last string; the end marker makes that explicit.
  return `${written}\n${written.endsWith('\n') ? '...\n' : ''}`;
}

/** Words and numbers that are unambiguous without quotes, including UUIDs, hashes, quantities and flags of a command. */
const PLAIN =
  /^(?:[A-Za-z/\ue000][A-Za-z0-9_./@[\]\ue000\ue001-]*(?::[A-Za-z0-9_./@-]+)*|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[0-9be]*[acdf]|[1-9][0-9e]*b)[0-9a-f]+|-[A-Za-z]+|[1-9][0-9]*[KMGTPE]i|[0-9]+-[A-Za-z][A-Za-z0-9_.-]*)$/;
/** Strings of digits, such as file modes; without quotes they would be numbers. */
const DIGITS = /^[0-9]+$/;
/** Words that YAML 1.1 or 1.2 reads as a boolean or null. */
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null)$/i;
/** Characters that a block contains unescaped. Private use areas are not included, because they are invisible. */
const PRINTABLE = /^[\t\n\x20-\x7e\xa1-\u2027\u202a-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;
/** Characters that JSON does not escape, but that YAML does not allow or that are invisible. */
const INVISIBLE = /[\x7f-\xa0\u2028\u2029\ue000-\uf8ff\ufeff\ufffe\uffff]/g;
/** Invisible tag characters. */
const TAG = /[\u{e0000}-\u{e007f}]/gu;
const SCALARS = new Map<string, string>();

/**
 * The YAML of a list or map, without the indent of its first line; undefined if js-yaml must write the document. It is concatenated and not
 * joined, because V8 copies a concatenated string once, when it is written, and a joined one at each level.
 */
function collection(value: object, indent: string): string | undefined {
  const isList = Array.isArray(value);
  let written: string | undefined;
  for (const key of Object.keys(value)) {
    const item = entry(isList ? '-' : plainKey(key), (value as { readonly [key: string]: unknown })[key], indent, isList);
    if (item === undefined) return undefined;
    written = written === undefined ? item : `${written}\n${indent}${item}`;
  }
  return written;
}

/** A key or a dash with its value. A list or map after a dash starts on the same line. */
function entry(head: string | undefined, value: unknown, indent: string, isItem: boolean): string | undefined {
  if (head === undefined) return undefined;
  if (typeof value !== 'object' || value === null) return after(head, scalar(value, `${indent}  `));
  if (Object.keys(value).length === 0) return `${head} ${Array.isArray(value) ? '[]' : '{}'}`;
  const below = collection(value, `${indent}  `);
  if (below === undefined) return undefined;
  return isItem ? `${head} ${below}` : `${head}\n${indent}  ${below}`;
}

function after(head: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${head} ${text}`;
}

/** Cache: objects of one kind have the same keys. */
const KEYS = new Map<string, string>();

function plainKey(key: string): string | undefined {
  const known = KEYS.get(key);
  if (known !== undefined) return known;
  if (!PLAIN.test(key) || RESERVED.test(key)) return undefined;
  KEYS.set(key, `${key}:`);
  return `${key}:`;
}

function scalar(value: unknown, indent: string): string | undefined {
  if (typeof value === 'string') return value.includes('\n') ? block(value, indent) : line(value);
  if (typeof value === 'boolean' || value === null || (Number.isSafeInteger(value) && !Object.is(value, -0))) return String(value);
  return undefined;
}

/** Strings that need js-yaml are few and repeated, so they are cached. */
function line(value: string): string {
  if (PLAIN.test(value) && !RESERVED.test(value)) return value;
  if (DIGITS.test(value)) return `'${value}'`;
  let written = SCALARS.get(value);
  if (written === undefined) {
    written = hasUnseen(value) ? `"${escapedLine(value)}"` : dump([value]).slice(2, -1);
    SCALARS.set(value, written);
  }
  return written;
}

/** Cache: scripts that guests share are repeated in the user data of each role. */
const BLOCKS = new Map<string, Map<string, string>>();
/** Characters from which on a string is not cached: it is the user data of one role. */
const UNIQUE = 24_000;

/** A string with line breaks, as it is written after its key. @param indent of its lines */
export function block(value: string, indent: string): string {
  if (value.length >= UNIQUE) return newBlock(value, indent);
  const known = knownOf(BLOCKS, indent);
  let written = known.get(value);
  if (written === undefined) {
    written = newBlock(value, indent);
    known.set(value, written);
  }
  return written;
}

/** A literal block. */
function newBlock(value: string, indent: string): string {
  const odd = /^\s/.test(value) || value.endsWith('\n\n');
  const isEnded = value.endsWith('\n');
  const lines = (isEnded ? value.slice(0, -1) : value).split(ITEM).map((item) => indented(item, indent, value.length >= UNIQUE));
  if (lines.includes(undefined) || (odd && value.includes('\t'))) return escaped(value, indent);
  if (odd) return dump([value, 0]).slice(2, -'\n- 0\n'.length).replace(/^ {2}/gm, indent);
  return `|${isEnded ? '' : '-'}\n${indent}${lines.join(`\n${indent}${ITEM.slice(1)}`)}`;
}

/** Where user data has the next item of a list. */
const ITEM = '\n  - ';
/** Cache: the user data of the roles of an experiment has most items in common. */
const ITEMS = new Map<string, Map<string, string>>();

/** The lines with an indent, except the first one. @returns undefined if they are no literal block */
function indented(lines: string, indent: string, isCommon: boolean): string | undefined {
  if (!isCommon) return PRINTABLE.test(lines) && !hasUnseen(lines) ? lines.replace(/\n(?=.)/g, `\n${indent}`) : undefined;
  const known = knownOf(ITEMS, indent);
  let written = known.get(lines);
  if (written === undefined) {
    written = indented(lines, indent, false);
    if (written !== undefined) known.set(lines, written);
  }
  return written;
}

/** The cached texts with an indent. */
function knownOf(cache: Map<string, Map<string, string>>, indent: string): Map<string, string> {
  let known = cache.get(indent);
  if (known === undefined) {
    known = new Map();
    cache.set(indent, known);
  }
  return known;
}

/** A string in double quotes, with a line for each line of the string. */
function escaped(value: string, indent: string): string {
  const lines = value.split('\n').map((each) => escapedLine(each).replace(/^ /, '\\ '));
  return `"${lines.join(`\\n\\\n${indent}`)}"`;
}

/** YAML has no escapes for surrogates, so characters beyond 16 bits are escaped as a whole. */
function escapedLine(line: string): string {
  return visible(
    JSON.stringify(line)
      .slice(1, -1)
      .replace(TAG, (tag) => `\\U000${tag.codePointAt(0)?.toString(16)}`),
  ).replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** js-yaml does not escape invisible characters. JSON is YAML too, and can escape them anywhere. */
function dumped(document: object): string {
  const text = dump(document);
  return hasUnseen(text) ? `${visible(JSON.stringify(document, null, 2))}\n` : text;
}

/** Loaded here, because few runs need the library. */
function dump(document: object): string {
  return (require('js-yaml') as typeof import('js-yaml')).dump(document, YAML_STYLE);
}
