import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface ProcessProps {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly input: string;
  /** Called with each line of its standard output as it comes. */
  readonly heard: (line: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Milliseconds without any output after which it is ended. */
  readonly silence: number;
  /** Characters that it may print; then it is ended. @default several times the objects of ten thousand VMs */
  readonly most?: number;
}

/** How a program ended. */
export interface Exit {
  /** null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It was ended because it printed nothing for too long. */
  readonly silent: boolean;
  /** It was ended because it printed too much, or took too long. */
  readonly endless: boolean;
}

/** The system did not start the program. */
export class NotStarted extends Error {
  /** @param isMissing there is no such program; otherwise it is not executable */
  constructor(readonly isMissing: boolean) {
    super('not started');
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Milliseconds that a program may take, whatever it prints. */
const LONGEST = 3_600_000;
const MOST_PRINTED = 1 << 28;
/** Characters of its standard error that are kept. */
const MOST_COMPLAINTS = 1 << 24;
/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 3000;
/** Milliseconds in which the rest of a program's output is read after its end: a process that it left behind may hold its pipes open. */
const REST = 2000;
/** Standard error alone counts as output for so many times the limit. */
const COMPLAINTS = 5;

/**
 * Runs a program until it ends, is interrupted, or is silent for too long. Whenever it is ended, so is every process of its group.
 * @throws NotStarted
 * @see docs/decisions/processes.md for why this is not left to a library
 */
export async function runToEnd({ command, input, heard, signal, silence, most = MOST_PRINTED }: ProcessProps): Promise<Exit> {
  const wrapper = dieWithParent();
  const [program = '', ...args] = [...wrapper, ...command];
  // In a group of its own, so that an interrupt from the terminal reaches it only through this process.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const timers: NodeJS.Timeout[] = [];
  const after = (milliseconds: number, action: () => void): NodeJS.Timeout => {
    const timer = setTimeout(action, milliseconds);
    timers.push(timer);
    return timer;
  };
  const stop = () => {
    signalGroup(child, 'SIGTERM');
    after(GRACE, () => signalGroup(child, 'SIGKILL'));
  };
  let [silent, endless] = [false, false];
  const tooMuch = () => {
    endless = true;
    stop();
  };
  after(LONGEST, tooMuch);
  const limit = after(silence, () => {
    silent = true;
    stop();
  });
  const read = collect(child, { heard, most, tooMuch, limit, silence });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  child.on('exit', () => {
    clearTimeout(limit);
    after(REST, () => {
      child.stdout.destroy();
      child.stderr.destroy();
    });
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    const code = await closed(child);
    const exit = { code, ...read(), silent, endless };
    // setpriv's exit code where the system does not start the program: 127 without one, 126 for any other reason.
    if (wrapper.length > 0 && (code === 126 || code === 127) && exit.stderr.startsWith('setpriv:')) throw new NotStarted(code === 127);
    return exit;
  } finally {
    signal.removeEventListener('abort', stop);
    for (const timer of timers) clearTimeout(timer);
  }
}

/** @returns the exit code, once the output has been read */
function closed(child: Child): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(new NotStarted(error.code === 'ENOENT')));
    child.on('close', resolve);
  });
}

interface Limits extends Pick<ProcessProps, 'heard' | 'silence'> {
  readonly most: number;
  /** Called when there is more standard output than that. */
  readonly tooMuch: () => void;
  /** The timer that ends a silent program. */
  readonly limit: NodeJS.Timeout;
}

/** Reads what a program prints. @returns a function that returns it */
function collect(child: Child, { heard, most, tooMuch, limit, silence }: Limits): () => Pick<Exit, 'stdout' | 'stderr'> {
  let [stdout, stderr, line] = ['', '', ''];
  let progress = Date.now();
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    if (stdout.length > most) return;
    progress = Date.now();
    limit.refresh();
    stdout += piece;
    if (stdout.length > most) tooMuch();
    // Only the new piece is searched: a line may be as long as the whole output.
    const [first = '', ...others] = piece.split('\n');
    line += first;
    for (const each of others) {
      heard(line);
      line = each;
    }
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    if (Date.now() - progress < COMPLAINTS * silence) limit.refresh();
    if (stderr.length < MOST_COMPLAINTS) stderr += piece;
  });
  return () => ({ stdout, stderr });
}

/** Signals the program and what it waits for, such as a credential plugin. */
function signalGroup({ pid }: Child, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

let wrapper: readonly string[] | undefined;

/** Where the system has setpriv, the program ends with this process, also when this process is killed. */
function dieWithParent(): readonly string[] {
  if (wrapper) return wrapper;
  const which = require('which') as typeof import('which');
  wrapper = which.sync('setpriv', { nothrow: true }) === null ? [] : ['setpriv', '--pdeathsig', 'TERM', '--'];
  return wrapper;
}
