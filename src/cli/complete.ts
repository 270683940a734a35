import { type Answer, flagValues, wordValues } from './complete-values';
import type { Context } from './context';
import { flagsOf } from './flags';
import type { Flag, Verb, VerbGroup } from './verb';
import { VERBS } from './verbs';

/** What a shell reads as it stands: names of folders, which anybody may have chosen, must not become commands on the line. */
const PLAIN = /^[\p{L}\p{N}_.,:=/@%+-]*$/u;
/** Flags that need no verb. */
const ALONE = ['--help', '--version'];

/**
 * Completes the last of the words, which may be empty: the one under the cursor. One candidate per line, each a whole word; then what else the shell is to offer or
 * do: `:files`, `:dirs`, `:nospace`. Nothing where nothing fits: a shell has no place for problems.
 */
export async function complete(words: readonly string[], context: Context): Promise<string> {
  const { found, also } = await answerTo(words, context).catch((): Answer => ({ found: [] }));
  const current = words.at(-1) ?? '';
  const fitting = [...new Set(found)].filter((word) => word.startsWith(current) && PLAIN.test(word.slice(current.length)));
  const isIdle = also === undefined || (also === 'nospace' && fitting.length === 0);
  return [...fitting, ...(isIdle ? [] : [`:${also}`])].map((line) => `${line}\n`).join('');
}

async function answerTo(words: readonly string[], context: Context): Promise<Answer> {
  const current = words.at(-1) ?? '';
  const { verb, verbs, rest } = verbIn(words.slice(0, -1));
  if (verb) return inVerb(verb, rest, current, context);
  if (rest.length > 0) return { found: [] };
  return { found: current.startsWith('-') ? (verbs === VERBS ? ALONE : ['--help']) : verbs.map(({ name }) => name) };
}

interface Place {
  readonly verb?: Verb;
  /** Where there is no verb yet: those that can come. */
  readonly verbs: readonly (Verb | VerbGroup)[];
  /** The words after the verb; or those that are none. */
  readonly rest: readonly string[];
}

function verbIn(words: readonly string[], verbs: readonly (Verb | VerbGroup)[] = VERBS): Place {
  const [word, ...rest] = words;
  const found = verbs.find(({ name }) => name === word);
  if (!found) return { verbs, rest: words };
  return 'verbs' in found ? verbIn(rest, found.verbs) : { verb: found, verbs: [], rest };
}

function inVerb(verb: Verb, rest: readonly string[], current: string, context: Context): Promise<Answer> | Answer {
  const flags = flagsOf(verb);
  const { given, words, open, ended } = read(rest, flags);
  const args = { context, given, words };
  if (ended) return { found: [] };
  if (open !== undefined) return flagValues(open, flags[open] as Flag, current, args);
  const [, name = '', value = ''] = /^--([^=]+)=(.*)$/s.exec(current) ?? [];
  if (name !== '') return flags[name] ? withHead(`--${name}=`, flagValues(name, flags[name] as Flag, value, args)) : { found: [] };
  if (current.startsWith('-')) return { found: flagNames(flags, given) };
  return wordValues(verb.words, current, args);
}

async function withHead(head: string, answer: Promise<Answer> | Answer): Promise<Answer> {
  const { found, ...also } = await answer;
  return { found: found.map((word) => head + word), ...also };
}

type Flags = { readonly [flag: string]: Flag };
type Given = ReadonlyMap<string, string>;

/** The words that are complete: flags with their values, and others. */
function read(rest: readonly string[], flags: Flags): { given: Given; words: string[]; open?: string; ended: boolean } {
  const given = new Map<string, string>();
  const words: string[] = [];
  let open: string | undefined;
  for (const word of rest) {
    if (word === '--') return { given, words, ended: true };
    const [, long, short = '', value] = /^(?:--([^=]+)|-(\w))(?:=(.*))?$/s.exec(word) ?? [];
    const name = long ?? Object.keys(flags).find((flag) => flags[flag]?.alias === short);
    if (open !== undefined) {
      given.set(open, word);
      open = undefined;
    } else if (name !== undefined) {
      given.set(name, value ?? '');
      if (value === undefined && flags[name]?.metavar) open = name;
    } else if (!word.startsWith('-')) words.push(word);
  }
  return { given, words, ended: false, ...(open === undefined ? {} : { open }) };
}

/** Those that can still be given; a switch can be turned off too. */
function flagNames(flags: Flags, given: Given): string[] {
  const left = Object.entries(flags).filter(([name, { many }]) => many || !given.has(name));
  const off = left.filter(([, { metavar }]) => !metavar).map(([name]) => `--no-${name}`);
  return [...left.map(([name]) => `--${name}`), '--help', ...off];
}
