import { EXIT, type Problem, refuse, UserError } from '../errors';
import { flagFor } from '../options/other-names';
import { looksPrivate, show } from '../text/show';
import { nearest } from '../text/suggest';
import type { Args, Context } from './context';
import { flagsOf } from './flags';
import type { Flag, Verb, VerbGroup } from './verb';
import { VERBS } from './verbs';

/** A flag as yargs takes it. Defaults stay with the option table: yargs must not hide that a flag is absent. */
interface YargsFlag {
  readonly type: 'string' | 'boolean';
  readonly describe: string;
  readonly alias?: string;
  readonly requiresArg?: boolean;
}

/** What yargs itself puts beside the flags. */
const OWN_KEYS = ['_', '$0', 'help', '--'];

/** Finds the verb, checks the words of the command line, and runs it. */
export async function parse(words: readonly string[], context: Context): Promise<number> {
  const argv = detached(words);
  refuse(namesOfObjects(argv));
  const yargs = loadYargs();
  let code: number = EXIT.done;
  const parser = yargs([...argv])
    .scriptName('virtwork')
    .usage('$0 <verb>: virtual machines that do real work, as a Kustomize base')
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
    .help()
    .alias('help', 'h')
    .version(false)
    .wrap(null);
  const add = (to: typeof parser, verb: Verb | VerbGroup, path: readonly string[]): void => {
    if ('verbs' in verb) addGroup(to, verb, path);
    else addVerb(to, verb, path);
  };
  const addGroup = (to: typeof parser, group: VerbGroup, path: readonly string[]): void => {
    const own = [...path, group.name];
    to.command(group.name, group.describe, (builder) => {
      for (const verb of group.verbs) add(builder, verb, own);
      addUnknown(builder, group.verbs, own);
      return builder.usage(`$0 ${own.join(' ')} <verb>: ${group.describe}`);
    });
  };
  const addVerb = (to: typeof parser, verb: Verb, path: readonly string[]): void => {
    const title = [...path, verb.name].join(' ');
    to.command(
      verb.words ? `${verb.name} [${verb.words}..]` : verb.name,
      verb.describe,
      (builder) => {
        for (const [name, flag] of Object.entries(flagsOf(verb))) builder.option(name, yargsFlag(flag));
        for (const [command, what] of verb.examples ?? []) builder.example(command, what);
        const words = `${verb.words ? ` [${verb.words}…]` : ''}${verb.rest ? ` -- ${verb.rest}…` : ''}`;
        return builder.usage(`$0 ${title}${words}: ${verb.describe}`);
      },
      async (args) => {
        const problems = [...wordProblems(verb, title, args), ...switchProblems(verb, argv), ...repeatedSwitches(verb, argv)];
        // A verb with a configuration reports these problems together with those of the configuration.
        if (verb.options.length === 0) refuse(problems);
        code = await verb.run(firstOf(args, flagsOf(verb)), { ...context, problems });
      },
    );
  };
  const addUnknown = (to: typeof parser, verbs: readonly (Verb | VerbGroup)[], path: readonly string[]): void => {
    to.command(
      '$0',
      false,
      (builder) => builder,
      (args) => unknownVerb(verbs, path, args._.map(String), args),
    );
  };
  if (argv.includes('--version') && !argv.some((word) => VERBS.some((verb) => verb.name === word))) return parse(['version'], context);
  for (const verb of VERBS) add(parser, verb, []);
  addUnknown(parser, VERBS, []);
  try {
    await parser.parseAsync();
  } catch (error) {
    // What yargs finds is about the command line, not a bug.
    if ((error as Error).name === 'YError') throw new UserError([usageProblem((error as Error).message, argv)]);
    throw error;
  }
  return code;
}

/** `-nmine`, as kubectl takes it, is `-n=mine`. */
function detached(words: readonly string[]): string[] {
  const letters = valueLetters(VERBS);
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.map((word, index) => {
    const [, letter = '', value = ''] = /^-([a-z])([^=].*)$/s.exec(word) ?? [];
    return index < end && letters.has(letter) ? `-${letter}=${value}` : word;
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

/** yargs looks flags up in plain objects, and stumbles over the names that every object has. */
function namesOfObjects(argv: readonly string[]): Problem[] {
  return argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined).flatMap((word) => {
    const name = /^--(?:no-)?([^=]+)/.exec(word)?.[1];
    return name !== undefined && name in {} ? [{ where: '', message: `unknown flag --${name}`, hint: 'virtwork --help' }] : [];
  });
}

/** A module of the newer kind, loaded the older way: where its default export stands depends on who loads it. */
function loadYargs(): typeof import('yargs').default {
  const loaded = require('yargs') as { default?: typeof import('yargs').default };
  return loaded.default ?? (loaded as unknown as typeof import('yargs').default);
}

function usageProblem(message: string, argv: readonly string[]): Problem {
  const flag = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  if (flag === undefined) return { where: '', message: message.replace(/\s*\n\s*/g, ' ').trim(), hint: 'virtwork --help' };
  const where = `flag ${flag.length === 1 ? '-' : '--'}${flag}`;
  // The value of a flag that begins with a hyphen looks like the next flag.
  const next = argv[argv.indexOf(where.replace('flag ', '')) + 1] ?? '';
  return { where, message: looksPrivate(next) ? 'must not be a private key' : 'needs a value' };
}

function yargsFlag({ describe, alias, metavar }: Flag): YargsFlag {
  return {
    type: metavar ? 'string' : 'boolean',
    describe: metavar ? `${metavar}: ${describe}` : describe,
    ...(alias ? { alias } : {}),
    ...(metavar ? { requiresArg: true } : {}),
  };
}

/** Unknown flags, unexpected arguments, and values that no flag may have. */
function wordProblems(
  verb: Verb,
  title: string,
  args: { readonly [key: string]: unknown; readonly _: readonly (string | number)[] },
): Problem[] {
  const flags = flagsOf(verb);
  const known = Object.keys(flags);
  const aliases = Object.values(flags).flatMap((flag) => flag.alias ?? []);
  const unknown = Object.keys(args).filter((key) => ![...OWN_KEYS, ...known, ...aliases, 'h', verb.words].includes(key));
  const problems: Problem[] = unknown.map((flag) => {
    const near = flagFor(flag, known);
    return {
      where: '',
      message: `unknown flag ${flag.length === 1 ? '-' : '--'}${flag} of virtwork ${title}`,
      hint: near ? `--${near}` : `virtwork ${title} --help`,
    };
  });
  const after = verb.rest ? [] : ((args['--'] as string[] | undefined) ?? []);
  for (const word of [...args._.slice(title.split(' ').length), ...after])
    problems.push({
      where: '',
      message: `unexpected argument ${show(String(word))}`,
      hint: `virtwork ${title} --help`,
    });
  for (const [name, flag] of Object.entries(flags)) {
    const given = args[name];
    if (Array.isArray(given) && !flag.many)
      problems.push({
        where: `flag --${name}`,
        message: `must be given once, got ${flag.secret ? `${given.length} values` : show(given)}`,
      });
    if (flag.choices && given !== undefined && !flag.choices.includes(String(given)))
      problems.push({ where: `flag --${name}`, message: `must be one of ${flag.choices.join(', ')}, got ${show(given)}` });
    if (flag.metavar && given === '') problems.push({ where: `flag --${name}`, message: 'needs a value' });
  }
  return problems;
}

/** A switch takes no value, or true or false; yargs would read every other word as false. */
function switchProblems(verb: Verb, argv: readonly string[]): Problem[] {
  const flags = flagsOf(verb);
  return argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined).flatMap((word) => {
    const [, name = '', value = ''] = /^--([^=]+)=(.*)$/s.exec(word) ?? [];
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (!flag || flag.metavar || ['true', 'false'].includes(value)) return [];
    return [{ where: `flag --${name}`, message: `takes no value, or true or false, got ${show(value)}` }];
  });
}

/** yargs takes the last one of a switch and its opposite. */
function repeatedSwitches(verb: Verb, argv: readonly string[]): Problem[] {
  const before = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  return Object.entries(flagsOf(verb)).flatMap(([name, { metavar, alias }]) => {
    if (metavar) return [];
    const words = [`--${name}`, `--no-${name}`, ...(alias ? [`-${alias}`] : [])];
    const given = before.filter((word) => words.includes(word.replace(/=.*$/s, '')));
    return given.length > 1 ? [{ where: `flag --${name}`, message: `must be given once, got ${given.join(' and ')}` }] : [];
  });
}

/** A flag that was given twice or without a value was reported; the checks that follow get the first value, or none. */
function firstOf(args: Args, flags: { readonly [flag: string]: Flag }): Args {
  return Object.fromEntries(
    Object.entries(args)
      .filter(([name, value]) => value !== '' || !Object.hasOwn(flags, name))
      .map(([name, value]) => [
        name,
        Array.isArray(value) && Object.hasOwn(flags, name) && flags[name]?.many === undefined ? value[0] : value,
      ]),
  );
}

function unknownVerb(verbs: readonly (Verb | VerbGroup)[], path: readonly string[], words: readonly string[], args: Args): void {
  const names = verbs.map((verb) => verb.name);
  const program = ['virtwork', ...path].join(' ');
  const word = words[path.length];
  const flag = Object.keys(args).find((key) => ![...OWN_KEYS, 'h'].includes(key));
  if (word === undefined) {
    throw new UserError([
      {
        where: '',
        message: flag ? `flag ${flag.length === 1 ? '-' : '--'}${flag} comes after a verb` : `a verb is required: ${names.join(', ')}`,
        hint: `${program} --help`,
      },
    ]);
  }
  const near = nearest(word, names);
  throw new UserError([
    {
      where: '',
      message: `unknown verb ${show([...path, word].join(' '))}; there are ${names.join(', ')}`,
      hint: near ? `${program} ${near}` : `${program} --help`,
    },
  ]);
}
