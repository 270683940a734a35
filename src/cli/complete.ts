import { type Answer, flagValues, wordValues } from './complete-values';
import type { Context } from './context';
import { flagsOf } from './flags';
import type { Flag, Verb, VerbGroup } from './verb';
import { VERBS } from './verbs';

/** Words without a meaning for the shell: the name of a folder must not become a command. */
const PLAIN = /^[\p{L}\p{N}_.,:=/@%+-]*$/u;
/** Flags without a verb. */
const ALONE = ['--help', '--version'];

/**
 * Completes the last of the words, which is the one at the cursor and may be empty.
 * @returns one candidate per line, each a whole word, then what else the shell offers or does: `:files`, `:dirs` or `:nospace`. Empty if nothing
 *   fits or an error occurs, which a shell could not show.
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
  /** If there is no verb yet: those that may follow. */
  readonly verbs: readonly (Verb | VerbGroup)[];
  /** The words after the verb, or those that name no verb. */
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

/** Reads the complete words: flags with their values, and arguments. */
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

/** The flags that may still be given, and the negations of switches. */
function flagNames(flags: Flags, given: Given): string[] {
  const left = Object.entries(flags).filter(([name, { many }]) => many || !given.has(name));
  const off = left.filter(([, { metavar }]) => !metavar).map(([name]) => `--no-${name}`);
  return [...left.map(([name]) => `--${name}`), '--help', ...off];
}
