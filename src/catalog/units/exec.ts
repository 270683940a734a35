import { basename } from 'node:path/posix';
import * as say from '../messages/units';
import type { Text } from '../messages/wording';
import { wrongSpecifier } from './values';
import { splitWords, type Word } from './words';

/** A command of an Exec line. */
export interface Command {
  /** Without the prefixes `-@:+!|`. */
  readonly program: string;
  readonly args: readonly Word[];
  /** The script that a shell among the words runs, as in `/bin/sh -c 'script'`. */
  readonly script?: Word;
}

export interface ExecProblem extends Text {
  /** The unit does not start, or the program cannot do what is meant. */
  readonly fatal: boolean;
}

const SHELLS = ['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'ash', 'fish'];
/** Other programs that pass the word after -c to a shell. */
const RUN_BY_SHELL = ['su', 'runuser', 'script', 'flock', 'sg'];
/** Options of shells that have an argument, which is then not the script. */
const WITH_WORD = /^([-+][a-z]*[oO]|--rcfile|--init-file)$/;
/** Programs whose arguments are names of files, so a pattern is an error. */
const FILE_TOOLS = [
  'cat',
  'chgrp',
  'chmod',
  'chown',
  'cp',
  'du',
  'gzip',
  'head',
  'ls',
  'mv',
  'rm',
  'tail',
  'touch',
  'truncate',
  'wc',
  'zcat',
];
const BUILTINS = ['.', 'cd', 'eval', 'exec', 'exit', 'export', 'set', 'source', 'trap', 'ulimit', 'umask', 'unset', 'if', 'for', 'while'];

/** Commands of an Exec line; undefined when a quote is not closed. A lone `;` separates them. */
export function commandsOf(value: string): Command[] | undefined {
  const words = splitWords(value);
  if (!words) return undefined;
  const commands: Word[][] = [[]];
  for (const word of words) {
    if (word.raw === ';') commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands
    .filter((command) => command.length > 0)
    .map(([first, ...args]) => {
      const program = (first as Word).text.replace(/^[-@:+!|]+/, '');
      const script = scriptOf(program, args);
      return { program, args, ...(script ? { script } : {}) };
    });
}

/** What keeps an Exec line from doing what it is meant to do. */
export function execProblems(value: string): ExecProblem[] {
  const ignored = /^[@:+!|]*-/.test(value);
  const commands = commandsOf(value);
  if (!commands) {
    // If the first word has no end, systemd ignores the line; for a later word it refuses the unit.
    const inFirst = splitWords(value.replace(/\s.*$/s, '')) === undefined;
    return [{ message: say.OPEN_QUOTE, fatal: !ignored && !inFirst }];
  }
  const must = wrongSpecifier(value);
  if (must) return [{ message: say.mustWrite(must), fatal: !ignored }];
  return commands.flatMap((command) => [...programProblems(command, ignored), ...shellProblems(command), ...dateProblems(command)]);
}

function programProblems({ program, args }: Command, ignored: boolean): ExecProblem[] {
  const text = wrongProgram(program, args);
  return text ? [{ ...text, fatal: !ignored }] : [];
}

function wrongProgram(program: string, args: readonly Word[]): Text | undefined {
  if (program === '') return { message: say.NO_PROGRAM };
  if (/^[A-Za-z_]\w*=/.test(program)) return say.beginsWithAssignment(program);
  if (program.includes('$')) return say.beginsWithVariable(program);
  if (program.startsWith('~')) return say.beginsWithHome(program);
  if (program.endsWith('/')) return say.beginsWithFolder(program);
  if (program.includes('/') && !/^[/%]/.test(program)) return say.beginsWithRelativePath(program);
  if (!BUILTINS.includes(program)) return undefined;
  return say.beginsWithBuiltin(program, program === 'cd' ? say.workingDirectory(args[0]?.text ?? '/path') : say.IN_A_SHELL);
}

/** Words that mean something to a shell, where no shell reads them. */
function shellProblems({ program, args, script }: Command): ExecProblem[] {
  const outside = args.filter((word) => word !== script);
  return [...operatorProblems(outside, args, script), ...outside.flatMap((word) => expansionProblems(word, program))];
}

function operatorProblems(outside: readonly Word[], args: readonly Word[], script: Word | undefined): ExecProblem[] {
  const operators = outside.filter((word) => isOperator(word, word === outside.at(-1)));
  if (operators.length === 0) return [];
  const shown = operators.map((word) => word.raw).join(' ');
  return [{ ...say.onlyForShells(shown, operatorHint(operators, args, script)), fatal: true }];
}

const EXPANSION = /\$\([^(]|`|\$\(\(|\$\{\w+[:#%/^,-]|^~(?=\/|$)/;
const PATTERN = /^\/.*([*?]|\[[^\]]+\]|\{[^{}]*(,|\.\.)[^{}]*\})/;

function expansionProblems({ raw }: Word, program: string): ExecProblem[] {
  const expansion = EXPANSION.exec(unquoted(raw))?.[0];
  if (expansion) return [{ ...say.expandedByShells(raw, expansion === '~' ? say.ABSOLUTE_PATH : say.IN_A_SHELL), fatal: true }];
  if (!PATTERN.test(raw)) return [];
  return [{ ...say.expandedByShells(raw, say.IN_A_SHELL), fatal: FILE_TOOLS.includes(basename(program)) }];
}

function isOperator({ raw }: Word, last: boolean): boolean {
  if (/^<[\w-]+>$/.test(raw)) return false;
  return (
    /^(\d*|&)(>>?\|?|<{1,3})(&?\d*-?|$|[^=].*)$/.test(raw) ||
    /^(\|\|?&?|&&|&)$/.test(raw) ||
    /^(\|\|?|&&)\w/.test(raw) ||
    /^[^;"'\\]+;+$/.test(raw) ||
    (last && /^[^&?="']+&$/.test(raw))
  );
}

function operatorHint(operators: readonly Word[], args: readonly Word[], script: Word | undefined): string {
  if (script) return say.QUOTE_SCRIPT;
  const plain = operators.find(({ raw }) => /^1?>>?/.test(raw));
  if (!plain || operators.some(({ raw }) => !/^(1?>>?|2>&1)/.test(raw))) return say.IN_A_SHELL;
  const target = plain.raw.replace(/^1?>>?/, '') || (args[args.indexOf(plain) + 1]?.text ?? '/path');
  return target === '/dev/null' ? say.NULL_OUTPUT : say.outputToFile(plain.raw.includes('>>') ? 'append' : 'truncate', target);
}

/** Parts of a word that are not in single quotes, where another program's own syntax stands. */
function unquoted(raw: string): string {
  return raw.replace(/'[^']*'/g, '');
}

function dateProblems({ program, args }: Command): ExecProblem[] {
  const format = args.find(({ text }) => /^\+.*%/.test(text.replaceAll('%%', '')));
  if (!format || basename(program) !== 'date') return [];
  const escaped = format.raw.replaceAll('%%', '%').replaceAll('%', '%%');
  return [{ ...say.specifierInDate(format.raw, escaped), fatal: false }];
}

/** @returns the word that a shell reads as a script, also if env, nice or a similar program runs the shell */
function scriptOf(program: string, args: readonly Word[]): Word | undefined {
  const texts = [program, ...args.map((word) => word.text)];
  const shell = texts.findIndex((text) => SHELLS.includes(basename(text)));
  const runner = texts.findIndex((text) => RUN_BY_SHELL.includes(basename(text)));
  if (shell < 0) {
    const flag = runner < 0 ? -1 : texts.findIndex((text, index) => index > runner && /^(-\w*c|--command)$/.test(text));
    return flag < 0 ? undefined : args[flag];
  }
  let hasFlag = false;
  for (let index = shell + 1; index < texts.length; index += 1) {
    const text = texts[index] as string;
    if (!/^[-+]./.test(text)) return hasFlag ? args[index - 1] : undefined;
    if (/^-[a-zA-Z]*c/.test(text)) hasFlag = true;
    if (WITH_WORD.test(text)) index += 1;
  }
  return undefined;
}
