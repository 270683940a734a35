import type { Problem } from '../errors';
import { flagFor } from '../options/other-names';
import { show } from '../text/show';
import type { Args } from './context';
import { givenOften, NEEDS_A_VALUE, notOneOf, PRIVATE_KEY, switchWithValue, unexpectedArgument, unknownFlag } from './messages';
import type { Flag, Verb } from './verb';

type Flags = { readonly [flag: string]: Flag };

/** A verb as the user calls it. */
interface Called {
  readonly verb: Verb;
  /** Its name with those of its groups, such as `lab up`. */
  readonly title: string;
  readonly flags: Flags;
}

/** What yargs adds to the flags. */
export const OWN_KEYS: readonly string[] = ['_', '$0', 'help', 'h', '--'];

/** Problems of arguments that yargs cannot read, or would spread over several flags. */
export function beforeParsing(argv: readonly string[]): Problem[] {
  return beforeSeparator(argv).flatMap((word, index, words): Problem[] => {
    // A key is read as flags, since it begins with hyphens.
    if (word.startsWith('-----BEGIN')) return [{ where: placeOfValue(words[index - 1]), message: PRIVATE_KEY }];
    // yargs looks flags up in plain objects, and fails at the names that every object has.
    const name = /^--(?:no-)?([^=]+)/.exec(word)?.[1];
    return name !== undefined && name in {} ? [{ where: '', ...unknownFlag(name, 'virtwork') }] : [];
  });
}

/** Whether yargs does not take the next argument as the value of a flag. */
export function lacksValue(next: string | undefined): boolean {
  return next === undefined || /^-[^0-9]/.test(next);
}

/** @returns every problem of the arguments of a verb: unknown flags, unexpected arguments, and values that a flag must not have */
export function argumentProblems(called: Called, args: Args & { readonly _: readonly unknown[] }, argv: readonly string[]): Problem[] {
  return [
    ...unknownFlags(called, args),
    ...unexpectedArguments(called, args),
    ...Object.entries(called.flags).flatMap(([name, flag]) => valueProblems(name, flag, args[name])),
    ...switchProblems(called.flags, beforeSeparator(argv)),
  ];
}

/** yargs' `strict` names unknown flags and arguments in one list, without saying which is which. */
function unknownFlags({ verb, title, flags }: Called, args: Args): Problem[] {
  const names = Object.keys(flags);
  const known = [...OWN_KEYS, ...names, ...Object.values(flags).flatMap(({ alias }) => alias ?? []), verb.words];
  return Object.keys(args)
    .filter((key) => !known.includes(key))
    .map((flag) => ({ where: '', ...unknownFlag(flag, `virtwork ${title}`, flagFor(flag, names)) }));
}

/** yargs' `strict` does not check what follows a `--`. */
function unexpectedArguments({ verb, title }: Called, args: Args & { readonly _: readonly unknown[] }): Problem[] {
  const after = verb.rest ? [] : ((args['--'] as string[] | undefined) ?? []);
  const words = [...args._.slice(title.split(' ').length), ...after];
  return words.map((word) => ({ where: '', ...unexpectedArgument(String(word), `virtwork ${title}`) }));
}

/** yargs makes a list of a flag that is given twice, and accepts an empty value. */
function valueProblems(name: string, { many, secret, choices, metavar }: Flag, given: unknown): Problem[] {
  const messages = [
    ...(Array.isArray(given) && !many ? [givenOften(secret ? `${given.length} values` : show(given))] : []),
    ...(choices && typeof given === 'string' && given !== '' && !choices.includes(given) ? [notOneOf(choices, given)] : []),
    ...(metavar && given === '' ? [NEEDS_A_VALUE] : []),
  ];
  return messages.map((message) => ({ where: `flag --${name}`, message }));
}

/** yargs reads `--check=yes` as false, and of a switch and its opposite takes the last. */
function switchProblems(flags: Flags, words: readonly string[]): Problem[] {
  return Object.entries(flags).flatMap(([name, { metavar, alias }]) => {
    if (metavar) return [];
    const spellings = [`--${name}`, ...(alias ? [`-${alias}`] : [])];
    const given = words.filter((word) => word === `--no-${name}` || spellings.includes(word.replace(/=.*$/s, '')));
    const messages = given.flatMap((word) => {
      const value = /=(.*)$/s.exec(word)?.[1];
      return value === undefined || ['true', 'false'].includes(value) ? [] : [switchWithValue(value)];
    });
    if (given.length > 1) messages.push(givenOften(given.join(' and ')));
    return messages.map((message) => ({ where: `flag --${name}`, message }));
  });
}

/** A flag that is given twice or without a value is reported already: the checks that follow get the first value, or none. */
export function usableValues(args: Args, flags: Flags): Args {
  const isFlag = (name: string) => Object.hasOwn(flags, name);
  return Object.fromEntries(
    Object.entries(args)
      .filter(([name, value]) => value !== '' || !isFlag(name))
      .map(([name, value]) => [name, Array.isArray(value) && isFlag(name) && !flags[name]?.many ? value[0] : value]),
  );
}

/** The arguments before a `--`, which ends the flags. */
function beforeSeparator(argv: readonly string[]): readonly string[] {
  return argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
}

function placeOfValue(before: string | undefined): string {
  return before?.startsWith('-') ? `flag ${before}` : '';
}
