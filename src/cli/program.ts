import { EXIT, formatProblem, formatProblems, refusedPath, UserError } from '../errors';
import { workingDirectory } from '../files/working-directory';
import { issuesUrl } from '../package';
import { chunked } from '../synth/chunked';
import { withoutKeys } from '../text/show';
import type { Context, Log } from './context';
import { internalError } from './messages';
import { say, stream } from './output';
import { quickArgs } from './quick';
import { run } from './run';
import { synth } from './synth';
import type { Verb } from './verb';

/** The verbs that are run most often, and by machines. */
const QUICK: readonly Verb[] = [synth, run];
/** The first argument of a call by a completion script; the words of the command line follow. */
const COMPLETE = '__complete';

/** What the command line needs of the process. */
export type Process = Pick<NodeJS.Process, 'argv' | 'env' | 'cwd'>;

/** Runs the command line of a process. @returns the exit code */
export async function runCli(process: Process): Promise<number> {
  const argv = process.argv.slice(2);
  const log = logTo(argv);
  try {
    const context = contextOf(process, log);
    if (argv[0] === COMPLETE) return await completed(argv.slice(1), context);
    const [verb, words] = quickVerb(argv);
    const args = verb && quickArgs(verb, words);
    if (verb && args) return await verb.run(args, context);
    const { parse } = require('./parse') as typeof import('./parse');
    return await parse(argv, context);
  } catch (error) {
    return report(error, log, argv);
  }
}

/** @returns the verb, and the words after it */
function quickVerb(argv: readonly string[]): [verb: Verb | undefined, words: readonly string[]] {
  const [first, second, ...others] = argv;
  if (first === 'experiment' && second === 'synth')
    return [(require('./experiment/synth') as typeof import('./experiment/synth')).synth, others];
  return [QUICK.find(({ name }) => name === first), argv.slice(1)];
}

async function completed(words: readonly string[], context: Context): Promise<number> {
  const { complete } = require('./complete') as typeof import('./complete');
  context.out(await complete(words, context));
  return EXIT.done;
}

function report(error: unknown, log: Log, argv: readonly string[]): number {
  if (error instanceof UserError) {
    error.warnings.forEach(log.warn);
    log.error(formatProblems(error.problems));
    return error.exitCode;
  }
  const refused = refusedPath(error);
  if (refused) {
    log.error(formatProblem(refused));
    return EXIT.failed;
  }
  // Without values: one of them may be a password.
  const words = argv.filter((word, index) => index === 0 || word.startsWith('--')).map((word) => word.replace(/=.*$/s, '=…'));
  const stack = error instanceof Error ? error.stack : String(error);
  log.error(internalError(['virtwork', ...words].join(' '), issuesUrl(), stack));
  return EXIT.failed;
}

function contextOf(process: Process, log: Log): Context {
  return {
    env: process.env,
    cwd: workingDirectory(process),
    problems: [],
    out: (text) => say('stdout', text),
    stream: (pieces) => stream('stdout', chunked(pieces)),
    bytes: (bytes) => stream('stdout', [bytes]),
    log,
  };
}

/** `--log-format json` and `--verbose` are looked for here, so that they apply to problems of the command line too. */
function logTo(argv: readonly string[]): Log {
  const json = argv.some((arg, index) => arg === '--log-format=json' || (arg === '--log-format' && argv[index + 1] === 'json'));
  // A message, or the stack of an internal error, may quote a key that was given by mistake.
  const line = (level: string, text: string) => shown(level, withoutKeys(text));
  const shown = (level: string, message: string) =>
    json ? JSON.stringify({ level, message }) : level === 'info' || level === 'debug' ? message : `${level}: ${message}`;
  const write = (level: string) => (message: string) => say('stderr', `${line(level, message)}\n`);
  return {
    info: write('info'),
    warn: write('warning'),
    error: write('error'),
    debug: argv.includes('--verbose') ? write('debug') : () => {},
  };
}
