import type { Argv } from 'yargs';
import { EXIT, refuse, UserError } from '../errors';
import { nearest } from '../text/suggest';
import { argumentProblems, beforeParsing, lacksValue, OWN_KEYS, usableValues } from './arguments';
import type { Args, Context } from './context';
import { flagsOf } from './flags';
import { commandRequired, flagBeforeCommand, unknownCommand, usage } from './messages';
import type { Flag, Verb, VerbGroup } from './verb';
import { VERBS } from './verbs';
import { version } from './version';

/** A flag as yargs takes it. Defaults stay with the option table: yargs must not hide that a flag is absent. */
interface YargsFlag {
  readonly type: 'string' | 'boolean';
  readonly describe: string;
  readonly alias?: string;
  readonly requiresArg?: boolean;
}

/** One reading of a command line. */
interface Reading {
  readonly argv: readonly string[];
  readonly context: Context;
  /** Exit code of the verb that was run. */
  code: number;
}

/**
 * Finds the verb, checks the arguments, and runs the verb with them. yargs finds the verb, splits flags from values and prints help. The checks are
 * in arguments.ts, because yargs cannot report all problems of a line (docs/decisions/command-line.md).
 * @returns the exit code
 * @throws UserError with every problem of the command line
 */
export function parse(words: readonly string[], context: Context): Promise<number> {
  return parseAttached(attached(words), context);
}

async function parseAttached(argv: readonly string[], context: Context): Promise<number> {
  refuse(beforeParsing(argv));
  if (argv.includes('--version') && !argv.some((word) => VERBS.some((verb) => verb.name === word))) return version.run({}, context);
  const reading: Reading = { argv, context, code: EXIT.done };
  const parser = newParser(argv);
  addAll(parser, VERBS, [], reading);
  try {
    await parser.parseAsync();
  } catch (error) {
    // What yargs finds is about the command line, and no internal error.
    if ((error as Error).name !== 'YError') throw error;
    const completed = withMissingValue((error as Error).message, argv);
    if (completed) return parseAttached(completed, context);
    throw new UserError([{ where: '', ...usage((error as Error).message) }]);
  }
  return reading.code;
}

function newParser(argv: readonly string[]): Argv {
  return loadYargs()([...argv])
    .scriptName('virtwork')
    .usage('$0 <command>: compile workloads into KubeVirt manifests, and apply them')
    .parserConfiguration({
      'camel-case-expansion': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
      'dot-notation': false,
      'populate--': true,
    })
    .exitProcess(false)
    .fail(false)
    .help('help', 'show help')
    .alias('help', 'h')
    .version(false)
    .wrap(null);
}

/** An ES module, loaded with require: where its default export is depends on the loader. */
function loadYargs(): typeof import('yargs').default {
  const loaded = require('yargs') as { default?: typeof import('yargs').default };
  return loaded.default ?? (loaded as unknown as typeof import('yargs').default);
}

function addAll(parser: Argv, verbs: readonly (Verb | VerbGroup)[], path: readonly string[], reading: Reading): void {
  for (const verb of verbs) {
    if ('verbs' in verb) addGroup(parser, verb, path, reading);
    else addVerb(parser, verb, path, reading);
  }
  // yargs runs $0 when no other command fits.
  parser.command('$0', false, {}, (args) => refuseCommand(verbs, path, args));
}

function addGroup(parser: Argv, group: VerbGroup, path: readonly string[], reading: Reading): void {
  const own = [...path, group.name];
  parser.command(group.name, group.describe, (builder) => {
    addAll(builder, group.verbs, own, reading);
    return builder.usage(`$0 ${own.join(' ')} <command>: ${group.describe}`);
  });
}

function addVerb(parser: Argv, verb: Verb, path: readonly string[], reading: Reading): void {
  const title = [...path, verb.name].join(' ');
  const flags = flagsOf(verb);
  parser.command(
    verb.words ? `${verb.name} [${verb.words}..]` : verb.name,
    verb.describe,
    (builder) => {
      for (const [name, flag] of Object.entries(flags)) builder.option(name, yargsFlag(flag));
      for (const [command, what] of verb.examples ?? []) builder.example(command, what);
      const words = `${verb.words ? ` [${verb.words}…]` : ''}${verb.rest ? ` -- ${verb.rest}…` : ''}`;
      return builder.usage(`$0 ${title}${words}: ${verb.describe}`);
    },
    async (args) => {
      const problems = argumentProblems({ verb, title, flags }, args, reading.argv);
      // A verb with a configuration reports these problems together with those of the configuration.
      if (verb.options.length === 0) refuse(problems);
      reading.code = await verb.run(usableValues(args, flags), { ...reading.context, problems });
    },
  );
}

function yargsFlag({ describe, alias, metavar }: Flag): YargsFlag {
  return {
    type: metavar ? 'string' : 'boolean',
    describe: metavar ? `${metavar}: ${describe}` : describe,
    ...(alias ? { alias } : {}),
    ...(metavar ? { requiresArg: true } : {}),
  };
}

/** yargs reads `-nmine` and `-n=` as switches; kubectl, and virtwork, as `-n=mine` and as -n with an empty value. */
function attached(words: readonly string[]): string[] {
  const letters = valueLetters(VERBS);
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.flatMap((word, index) => {
    const [, letter = '', value = ''] = /^-([a-z])(.+)$/s.exec(word) ?? [];
    if (index >= end || !letters.has(letter)) return word;
    if (value === '=') return [`-${letter}`, ''];
    return value.startsWith('=') ? word : `-${letter}=${value}`;
  });
}

function valueLetters(verbs: readonly (Verb | VerbGroup)[]): Set<string> {
  const letters = verbs.flatMap((verb) =>
    'verbs' in verb
      ? [...valueLetters(verb.verbs)]
      : Object.values(flagsOf(verb)).flatMap(({ alias, metavar }) => (alias && metavar ? alias : [])),
  );
  return new Set(letters);
}

/**
 * yargs stops at a flag without its value, and reports one such flag. With an empty value it reads on, and the flag is reported with all other problems.
 * @returns undefined for any other message
 */
function withMissingValue(message: string, argv: readonly string[]): string[] | undefined {
  const flag = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  const at = argv.findIndex((word, index) => [`--${flag}`, `-${flag}`].includes(word) && lacksValue(argv[index + 1]));
  return flag === undefined || at < 0 ? undefined : [...argv.slice(0, at + 1), '', ...argv.slice(at + 1)];
}

function refuseCommand(
  verbs: readonly (Verb | VerbGroup)[],
  path: readonly string[],
  args: Args & { readonly _: readonly unknown[] },
): never {
  const names = verbs.map((verb) => verb.name);
  const program = ['virtwork', ...path].join(' ');
  const word = args._[path.length];
  if (word !== undefined) {
    const given = [...path, word].join(' ');
    throw new UserError([{ where: '', ...unknownCommand(given, names, nearest(String(word), names), program) }]);
  }
  const flag = Object.keys(args).find((key) => !OWN_KEYS.includes(key));
  throw new UserError([{ where: '', ...(flag ? flagBeforeCommand(flag, program) : commandRequired(names, program)) }]);
}
