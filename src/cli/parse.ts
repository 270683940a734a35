import { EXIT, type Problem, refuse, UserError } from '../errors';
import { specs } from '../options/table';
import { nearest } from '../suggest';
import type { Args, Context } from './context';
import type { Flag, Verb } from './verb';
import { VERBS } from './verbs';

/** A flag as yargs takes it. Defaults stay with the option table: yargs must not hide that a flag is absent. */
interface YargsFlag {
  readonly type: 'string' | 'boolean';
  readonly describe: string;
  readonly alias?: string;
  readonly requiresArg?: boolean;
}

const GLOBAL: Verb['flags'] = {
  'log-format': { metavar: 'FORMAT', choices: ['text', 'json'], describe: 'json: one object per line on stderr' },
};
/** What yargs itself puts beside the flags. */
const OWN_KEYS = ['_', '$0', 'help', 'version'];

/** Finds the verb, checks the words of the command line, and runs it. */
export async function parse(argv: readonly string[], context: Context): Promise<number> {
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
    })
    .exitProcess(false)
    .fail(false)
    .help()
    .alias('help', 'h')
    .version(false)
    .completion('completion-words', false)
    .wrap(null);
  for (const verb of VERBS) {
    parser.command(
      verb.words ? `${verb.name} [${verb.words}..]` : verb.name,
      verb.describe,
      (builder) => {
        for (const [name, flag] of Object.entries(flagsOf(verb))) builder.option(name, yargsFlag(flag));
        for (const [command, what] of verb.examples ?? []) builder.example(command, what);
        return builder.usage(`$0 ${verb.name}${verb.words ? ` [${verb.words}…]` : ''}: ${verb.describe}`);
      },
      async (args) => {
        const problems = wordProblems(verb, args);
        // A verb with a configuration tells these faults together with those of the configuration.
        if (verb.options.length === 0) refuse(problems);
        code = await verb.run(args as Args, { ...context, problems });
      },
    );
  }
  if (argv.includes('--version') && !argv.some((word) => VERBS.some((verb) => verb.name === word))) return parse(['version'], context);
  parser.command(
    '$0',
    false,
    (builder) => builder,
    (args) => unknownVerb(args._.map(String), args),
  );
  try {
    await parser.parseAsync();
  } catch (error) {
    // What yargs finds is about the command line, not a bug.
    if ((error as Error).name === 'YError') throw new UserError([usageProblem((error as Error).message)]);
    throw error;
  }
  return code;
}

/** A module of the newer kind, loaded the older way: where its default export stands depends on who loads it. */
function loadYargs(): typeof import('yargs').default {
  const loaded = require('yargs') as { default?: typeof import('yargs').default };
  return loaded.default ?? (loaded as unknown as typeof import('yargs').default);
}

function usageProblem(message: string): Problem {
  const flag = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  if (flag === undefined) return { where: '', message: message.replace(/\s*\n\s*/g, ' ').trim(), hint: 'virtwork --help' };
  return { where: `flag ${flag.length === 1 ? '-' : '--'}${flag}`, message: 'needs a value' };
}

/** Every flag of a verb: its own, those of the options, and the ones that all verbs have. */
export function flagsOf(verb: Verb): { readonly [flag: string]: Flag } {
  const options = specs()
    .filter(([key]) => verb.options.includes(key))
    .map(([, spec]): [string, Flag] => [
      spec.flag as string,
      {
        describe:
          spec.fallback === undefined || spec.describe.includes('default:') || spec.fallback === false || String(spec.fallback) === ''
            ? spec.describe
            : `${spec.describe} (default: ${String(spec.fallback)})`,
        ...(spec.alias ? { alias: spec.alias } : {}),
        ...(spec.kind.metavar ? { metavar: spec.kind.metavar } : {}),
      },
    ]);
  return { ...verb.flags, ...Object.fromEntries(options), ...GLOBAL };
}

function yargsFlag({ describe, alias, metavar }: Flag): YargsFlag {
  return {
    type: metavar ? 'string' : 'boolean',
    describe: metavar ? `${metavar}: ${describe}` : describe,
    ...(alias ? { alias } : {}),
    ...(metavar ? { requiresArg: true } : {}),
  };
}

/** Flags that the verb has not, and words that it takes none of. */
function wordProblems(verb: Verb, args: { readonly [key: string]: unknown; readonly _: readonly (string | number)[] }): Problem[] {
  const flags = flagsOf(verb);
  const known = Object.keys(flags);
  const aliases = Object.values(flags).flatMap((flag) => flag.alias ?? []);
  const unknown = Object.keys(args).filter((key) => ![...OWN_KEYS, ...known, ...aliases, 'h', verb.words].includes(key));
  const problems: Problem[] = unknown.map((flag) => {
    const near = nearest(flag, known);
    return {
      where: '',
      message: `unknown flag --${flag} of virtwork ${verb.name}`,
      hint: near ? `--${near}` : `virtwork ${verb.name} --help`,
    };
  });
  for (const word of args._.slice(1))
    problems.push({
      where: '',
      message: `virtwork ${verb.name} takes no word ${JSON.stringify(String(word))}`,
      hint: `virtwork ${verb.name} --help`,
    });
  for (const [name, flag] of Object.entries(flags)) {
    const given = args[name];
    if (Array.isArray(given) && name in verb.flags)
      problems.push({ where: `flag --${name}`, message: `must be given once, got ${JSON.stringify(given)}` });
    if (flag.choices && given !== undefined && !flag.choices.includes(String(given)))
      problems.push({ where: `flag --${name}`, message: `must be one of ${flag.choices.join(', ')}, got ${JSON.stringify(given)}` });
    if (flag.metavar && given === '') problems.push({ where: `flag --${name}`, message: 'needs a value' });
  }
  return problems;
}

function unknownVerb(words: readonly string[], args: Args): void {
  const names = VERBS.map((verb) => verb.name);
  const [word] = words;
  const flag = Object.keys(args).find((key) => ![...OWN_KEYS, 'h'].includes(key));
  if (word === undefined) {
    throw new UserError([
      {
        where: '',
        message: flag ? `flag --${flag} comes after a verb` : `a verb is required: ${names.join(', ')}`,
        hint: 'virtwork --help',
      },
    ]);
  }
  const near = nearest(word, names);
  throw new UserError([
    {
      where: '',
      message: `unknown verb ${JSON.stringify(word)}; there are ${names.join(', ')}`,
      hint: near ? `virtwork ${near}` : 'virtwork --help',
    },
  ]);
}
