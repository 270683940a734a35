import type { Args } from './context';
import { flagsOf } from './flags';
import { run } from './run';
import type { Action } from './session';
import { synth } from './synth';
import type { Verb } from './verb';

/** The verbs that are run most often, and by machines. */
const QUICK: readonly Verb[] = [synth, run];

/** @returns undefined for a command line that is not a plain one of `synth` or `run` */
export function quickAction([name, ...words]: readonly string[]): Action | undefined {
  const verb = QUICK.find((each) => each.name === name);
  const args = verb && quickArgs(verb, words);
  return args && ((context) => verb.run(args, context));
}

/**
 * Reads a plain command line without yargs: at most one argument, and flags by their full names or letters, each once, with plain values. To load and run yargs takes as long as
 * the rest of a synth (docs/decisions/command-line.md).
 * @returns undefined for any other command line, valid or not, which parse.ts then reads
 */
export function quickArgs(verb: Verb, words: readonly string[]): Args | undefined {
  const flags = words.length === 0 ? {} : flagsOf(verb);
  const args: { [flag: string]: string | boolean | readonly string[] } = {};
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    if (verb.words !== undefined && PLAIN.test(word) && !(verb.words in args)) {
      args[verb.words] = [word];
      continue;
    }
    const [, long, letter, own] = /^(?:--([a-z][a-z-]*)|-([a-z]))(?:=(.*))?$/.exec(word) ?? [];
    const name = long ?? Object.keys(flags).find((each) => letter !== undefined && flags[each]?.alias === letter);
    const flag = name === undefined ? undefined : flags[name];
    if (name === undefined || flag === undefined || name in args) return undefined;
    if (!flag.metavar) {
      if (own !== undefined) return undefined;
      args[name] = true;
      continue;
    }
    if (own === undefined) at += 1;
    const value = own ?? words[at];
    if (!value || !PLAIN.test(value) || (flag.choices && !flag.choices.includes(value))) return undefined;
    args[name] = value;
  }
  return args;
}

/** Without quotes, which yargs removes, and without a hyphen at the start, which yargs may read as a flag. */
const PLAIN = /^[A-Za-z0-9./~_][A-Za-z0-9./~_:=,@%+-]*$/;
