import { basename } from 'node:path/posix';
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

export interface ExecProblem {
  readonly message: string;
  readonly hint?: string;
  /** The unit does not start, or the program cannot do what is meant. */
  readonly fatal: boolean;
}

const IN_A_SHELL = "run it in a shell: /bin/bash -c '…', or in a script in files/usr/local/bin";
const SHELLS = ['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'ash', 'fish'];
/** Other programs that give the word after -c to a shell. */
const RUN_BY_SHELL = ['su', 'runuser', 'script', 'flock', 'sg'];
/** Options of shells that take a word, which is then not the script. */
const WITH_WORD = /^([-+][a-z]*[oO]|--rcfile|--init-file)$/;
/** Programs for which a pattern is the name of no file. */
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

/** What keeps an Exec line from doing what is meant. */
export function execProblems(value: string): ExecProblem[] {
  const ignored = /^[@:+!|]*-/.test(value);
  const commands = commandsOf(value);
  if (!commands) {
    // Of a first word without an end systemd ignores the line, of a later one it refuses the unit.
    const inFirst = splitWords(value.replace(/\s.*$/s, '')) === undefined;
    return [{ message: 'has a quote that is not closed', fatal: !ignored && !inFirst }];
  }
  const must = wrongSpecifier(value);
  if (must) return [{ message: `must ${must}`, fatal: !ignored }];
  return commands.flatMap((command) => [...programProblems(command, ignored), ...shellProblems(command), ...dateProblems(command)]);
}

function programProblems({ program, args }: Command, ignored: boolean): ExecProblem[] {
  const problem = (message: string, hint?: string): ExecProblem[] => [{ message, ...(hint ? { hint } : {}), fatal: !ignored }];
  if (program === '') return problem('names no program');
  if (/^[A-Za-z_]\w*=/.test(program))
    return problem(`must begin with a program, got ${JSON.stringify(program)}`, `Environment=${program} on a line of its own`);
  if (program.includes('$')) return problem(`must not begin with a variable, got ${JSON.stringify(program)}`, 'the path of the program');
  if (program.startsWith('~'))
    return problem(`must begin with an absolute path, got ${JSON.stringify(program)}`, 'systemd does not know ~');
  if (program.endsWith('/')) return problem(`must begin with a program, got the folder ${JSON.stringify(program)}`);
  if (program.includes('/') && !/^[/%]/.test(program))
    return problem(`must begin with an absolute path or the bare name of a program, got ${JSON.stringify(program)}`, 'the absolute path');
  if (BUILTINS.includes(program))
    return problem(`begins with ${program}, which only a shell knows`, program === 'cd' ? cdHint(args) : IN_A_SHELL);
  return [];
}

function cdHint(args: readonly Word[]): string {
  return `WorkingDirectory=${args[0]?.text ?? '/path'} on a line of its own`;
}

/** Words that mean something to a shell, where none reads them. */
function shellProblems({ program, args, script }: Command): ExecProblem[] {
  const problems: ExecProblem[] = [];
  const outside = args.filter((word) => word !== script);
  const operators = outside.filter((word) => isOperator(word, word === outside.at(-1)));
  if (operators.length > 0) {
    const shown = operators.map((word) => word.raw).join(' ');
    const message = `has ${JSON.stringify(shown)}, which only a shell understands: systemd passes it to the program as it is`;
    problems.push({ message, hint: operatorHint(operators, args, script), fatal: true });
  }
  for (const word of outside) {
    const expansion = /\$\([^(]|`|\$\(\(|\$\{\w+[:#%/^,-]|^~(?=\/|$)/.exec(unquoted(word.raw));
    if (expansion) {
      const message = `has ${JSON.stringify(word.raw)}, which only a shell expands: systemd passes it to the program as it is`;
      problems.push({ message, hint: expansion[0] === '~' ? 'the absolute path' : IN_A_SHELL, fatal: true });
    } else if (/^\/.*([*?]|\[[^\]]+\]|\{[^{}]*(,|\.\.)[^{}]*\})/.test(word.raw)) {
      const message = `has the pattern ${word.raw}, which only a shell expands: systemd passes it to the program as it is`;
      problems.push({ message, hint: IN_A_SHELL, fatal: FILE_TOOLS.includes(basename(program)) });
    }
  }
  return problems;
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
  if (script) return "put the whole script into one pair of quotes after -c: '…'";
  const plain = operators.find(({ raw }) => /^1?>>?/.test(raw));
  if (!plain || operators.some(({ raw }) => !/^(1?>>?|2>&1)/.test(raw))) return IN_A_SHELL;
  const target = plain.raw.replace(/^1?>>?/, '') || (args[args.indexOf(plain) + 1]?.text ?? '/path');
  if (target === '/dev/null') return 'StandardOutput=null on a line of its own; errors follow it';
  return `StandardOutput=${plain.raw.includes('>>') ? 'append' : 'truncate'}:${target} on a line of its own; errors follow it`;
}

/** Parts of a word that are not in single quotes, where another program's own syntax stands. */
function unquoted(raw: string): string {
  return raw.replace(/'[^']*'/g, '');
}

function dateProblems({ program, args }: Command): ExecProblem[] {
  const format = args.find(({ text }) => /^\+.*%/.test(text.replaceAll('%%', '')));
  if (!format || basename(program) !== 'date') return [];
  const hint = format.raw.replaceAll('%%', '%').replaceAll('%', '%%');
  return [{ message: `has ${JSON.stringify(format.raw)}, of which systemd fills in the % itself`, hint, fatal: false }];
}

/** @returns the word that a shell reads as a script, behind env, nice and the like too */
function scriptOf(program: string, args: readonly Word[]): Word | undefined {
  const texts = [program, ...args.map((word) => word.text)];
  const shell = texts.findIndex((text) => SHELLS.includes(basename(text)));
  const runner = texts.findIndex((text) => RUN_BY_SHELL.includes(basename(text)));
  if (shell < 0) {
    const flag = runner < 0 ? -1 : texts.findIndex((text, index) => index > runner && /^(-\w*c|--command)$/.test(text));
    return flag < 0 ? undefined : args[flag];
  }
  let asked = false;
  for (let index = shell + 1; index < texts.length; index += 1) {
    const text = texts[index] as string;
    if (!/^[-+]./.test(text)) return asked ? args[index - 1] : undefined;
    if (/^-[a-zA-Z]*c/.test(text)) asked = true;
    if (WITH_WORD.test(text)) index += 1;
  }
  return undefined;
}
