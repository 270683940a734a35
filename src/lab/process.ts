import { type ChildProcess, execFile, type StdioOptions, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync, rmSync } from 'node:fs';
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
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds that tools for keys and disks may take. */
const PATIENCE = 10 * 60_000;

/** Runs a program to its end. One that has not ended after some milliseconds is killed, and its standard error says so. */
export function runProgram(command: string, args: readonly string[], { timeout = PATIENCE, input = '' } = {}): Promise<ProgramResult> {
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

/** Bytes of a log that are kept, twice: in the file, and in one with what stood there before it. */
export const LOG_KEPT = 8 << 20;
/** What comes first is never lost in a buffer; what comes after the limit pushes out the oldest. */
const LOG_SCRIPT =
  'umask 077; while stdbuf -o0 head -c "$2" >"$1" && [ "$(wc -c <"$1")" -ge "$2" ]; do mv -f "$1" "$1.1"; done 2>/dev/null';

/** The older half of a log. */
export function olderLog(file: string): string {
  return `${file}.1`;
}

/**
 * Starts a program that goes on when this one ends. What it writes is kept in two logs of a bounded size, for as long as it runs: a guest may
 * write without end to its console.
 * @param logs files for its standard output and its standard error
 * @returns its process id
 */
export function startDetached(
  command: readonly string[],
  cwd: string,
  logs: { readonly out: string; readonly error: string },
): number | undefined {
  const writers = [logs.out, logs.error].map((file) => {
    // Not written through a link that stands there.
    for (const each of [file, olderLog(file)]) rmSync(each, { force: true });
    return detached(['sh', '-c', LOG_SCRIPT, 'sh', file, String(LOG_KEPT)], cwd, ['pipe', 'ignore', 'ignore']);
  });
  const [out, error] = writers.map(({ stdin }) => stdin);
  const child = detached(command, cwd, ['ignore', out, error]);
  for (const { stdin } of writers) stdin?.destroy();
  return child.pid;
}

function detached([program = '', ...words]: readonly string[], cwd: string, stdio: StdioOptions): ChildProcess {
  const child = spawn(program, words, { cwd, detached: true, stdio });
  child.on('error', () => {});
  child.unref();
  return child;
}

/**
 * When a process was started, in a form that no other process has, even after a reboot of this machine.
 * @returns undefined when there is no such process
 */
export function startOf(pid: number): string | undefined {
  try {
    // The name of the program, in brackets, may hold anything; the fields after it are numbers.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Whether a process id still is that of the process that was started then. */
export function isProcess(pid: number, started: string | undefined): boolean {
  return started !== undefined && startOf(pid) === started;
}

/** Whether a process runs this command, or did until one of its words replaced the first ones, as `setpriv` does. */
export function runsCommand(pid: number, command: readonly string[]): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return words.length > 0 && words.join('\0') === command.slice(-words.length).join('\0');
  } catch {
    return false;
  }
}

/** Ends a process for good, as long as it is the one that is meant. */
export async function stop(pid: number, isMeant: () => boolean): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isMeant()) return;
    process.kill(pid, signal);
    for (let waited = 0; waited < 3000 && isMeant(); waited += 50) await pause(50);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
