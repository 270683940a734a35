import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Problem, UserError } from '../errors';

/** Debian's package of each program that the lab uses. */
const PACKAGES: { readonly [program: string]: string } = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  mmdebstrap: 'mmdebstrap',
  'mkfs.ext4': 'e2fsprogs',
  setpriv: 'util-linux',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
};

/** @throws UserError with every program that is not there, and where to get it */
export function requirePrograms(...programs: string[]): void {
  const problems = programs
    .filter((program) => !isThere(program))
    .map(
      (program): Problem => ({
        where: 'virtwork lab',
        message: `needs ${program}, which is not on the PATH`,
        hint: `apt install ${PACKAGES[program]}`,
      }),
    );
  if (problems.length > 0) throw new UserError(problems);
}

function isThere(program: string): boolean {
  // Root's tools are off the PATH of other users, and still work for some of them.
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What a program said and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds that tools for keys and disks may take. */
const PATIENCE = 10 * 60_000;

/** Runs a program to its end. One that has not ended after some milliseconds is killed, and its standard error says so. */
export function runProgram(command: string, args: readonly string[], { timeout = PATIENCE, input = '' } = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(command, [...args], { timeout, killSignal: 'SIGKILL', maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      const late = error?.killed ? `${stderr}\n${command} has not ended within ${timeout / 1000} s and was killed` : undefined;
      resolve({ code, stdout, stderr: (late ?? stderr) || (error?.message ?? '') });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** Starts a program that goes on when this one ends. @returns its process id */
export function startDetached(command: readonly string[], cwd: string, log: string): number | undefined {
  const out = openSync(log, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  const child = spawn(command[0] as string, command.slice(1), { cwd, detached: true, stdio: ['ignore', out, out] });
  child.on('error', () => {});
  child.unref();
  return child.pid;
}

/**
 * Whether a process runs.
 * @param word something of its command line: the id alone may have been given to another process since
 */
export function isRunning(pid: number, word: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
  } catch {
    return false;
  }
}

/** Ends a process for good, if it is still the one with the word on its command line. */
export async function stop(pid: number, word: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(pid, word)) return;
    process.kill(pid, signal);
    for (let waited = 0; waited < 3000 && isRunning(pid, word); waited += 50) await pause(50);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
