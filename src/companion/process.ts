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
  /** Characters that it may print; then it is ended. @default several times what ten thousand VMs are */
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

/** Milliseconds that a program may take, whatever it prints. */
const LONGEST = 3_600_000;
const MOST_PRINTED = 1 << 28;
/** Characters that are kept of its complaints. */
const MOST_COMPLAINTS = 1 << 24;
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
export function runToEnd({ command, input, heard, signal, silence, most = MOST_PRINTED }: ProcessProps): Promise<Exit> {
  return new Promise((resolve, reject) => {
    const [program = '', ...words] = [...dieWithParent(), ...command];
    // In a group of its own, so that an interrupt from the terminal reaches it through here only.
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const timers: NodeJS.Timeout[] = [];
    const after = (milliseconds: number, action: () => void) => timers.push(setTimeout(action, milliseconds));
    const end = () => {
      signalGroup(child, 'SIGTERM');
      after(GRACE, () => signalGroup(child, 'SIGKILL'));
    };
    let [silent, endless] = [false, false];
    const endlessly = () => {
      endless = true;
      end();
    };
    after(LONGEST, endlessly);
    const limit = setTimeout(() => {
      silent = true;
      end();
    }, silence);
    timers.push(limit);
    let [stdout, stderr, line] = ['', '', ''];
    let progress = Date.now();
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      if (endless) return;
      progress = Date.now();
      limit.refresh();
      stdout += piece;
      if (stdout.length > most) endlessly();
      // Only what has come is searched: a line may be as long as all of it.
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
      resolve({ code, stdout, stderr, silent, endless });
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
function dieWithParent(): readonly string[] {
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
