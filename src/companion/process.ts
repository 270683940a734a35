import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface ProcessProps {
  /** The program and its words. */
  readonly command: readonly string[];
  readonly input: string;
  /** Called with each line of its standard output as it comes. */
  readonly heard: (line: string) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Milliseconds without any output after which it is ended. */
  readonly silence: number;
}

/** How a program ended. */
export interface Exit {
  /** null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It was ended because it printed nothing for too long. */
  readonly silent: boolean;
}

/** Milliseconds for a program to end when it is asked to; then it is killed. */
const GRACE = 3000;
/** Milliseconds in which the rest of a program's output is read after its end: a process that it left behind may hold its pipes open. */
const REST = 2000;
/** Complaints on standard error alone count as output for so many times the limit. */
const COMPLAINTS = 5;

/**
 * Runs a program until it ends, is interrupted, or is silent for too long.
 * @throws Error when it cannot be started
 */
export function runToEnd({ command, input, heard, signal, silence }: ProcessProps): Promise<Exit> {
  return new Promise((resolve, reject) => {
    const [program = '', ...words] = [...mortal(), ...command];
    // In a group of its own, so that an interrupt from the terminal reaches it through here only.
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const timers: NodeJS.Timeout[] = [];
    const after = (milliseconds: number, action: () => void) => timers.push(setTimeout(action, milliseconds));
    const end = () => {
      signalGroup(child, 'SIGTERM');
      after(GRACE, () => signalGroup(child, 'SIGKILL'));
    };
    let silent = false;
    const limit = setTimeout(() => {
      silent = true;
      end();
    }, silence);
    timers.push(limit);
    let [stdout, stderr, line] = ['', '', ''];
    let progress = Date.now();
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      progress = Date.now();
      limit.refresh();
      stdout += piece;
      const lines = (line + piece).split('\n');
      line = lines.pop() as string;
      for (const each of lines) heard(each);
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      if (Date.now() - progress < COMPLAINTS * silence) limit.refresh();
      stderr += piece;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    signal.addEventListener('abort', end, { once: true });
    const over = () => {
      signal.removeEventListener('abort', end);
      for (const timer of timers) clearTimeout(timer);
    };
    child.on('error', (error) => {
      over();
      reject(error);
    });
    child.on('exit', () => {
      clearTimeout(limit);
      after(REST, () => {
        child.stdout.destroy();
        child.stderr.destroy();
      });
    });
    child.on('close', (code) => {
      over();
      resolve({ code, stdout, stderr, silent });
    });
  });
}

/** A credential plugin or a shell that waits for another program ends with it. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

let wrapper: readonly string[] | undefined;

/** Where the system offers it, the program ends with this process, also when this process is killed. */
function mortal(): readonly string[] {
  wrapper ??= (process.env.PATH ?? '').split(delimiter).some((folder) => isProgram(join(folder, 'setpriv')))
    ? ['setpriv', '--pdeathsig', 'TERM', '--']
    : [];
  return wrapper;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
