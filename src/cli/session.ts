import { EXIT, formatProblem, formatProblems, refusedPath, UserError } from '../errors';
import { workingDirectory } from '../files/working-directory';
import { issuesUrl } from '../package';
import { chunked } from '../synth/chunked';
import { withoutKeys } from '../text/show';
import type { Context, Log } from './context';
import { internalError } from './messages';
import { allSaid, say, stream } from './output';

/** What the command line needs of the process. */
export type Process = Pick<NodeJS.Process, 'argv' | 'env' | 'cwd'>;

/** What a command line does. @returns the exit code */
export type Action = (context: Context) => Promise<number>;

/** Runs a command line, and reports its error. @returns the exit code */
export async function runAction(action: Action, process: Process): Promise<number> {
  const argv = process.argv.slice(2);
  const log = logTo(argv);
  try {
    return await action(contextOf(process, log));
  } catch (error) {
    return report(error, log, argv);
  }
}

/** Ends the process when a command line has run. */
export async function exitAfter(code: Promise<number>): Promise<never> {
  const known = await code;
  await allSaid();
  // Without this, node waits for compilations in the background whose results are not needed any more.
  process.exit(known);
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
