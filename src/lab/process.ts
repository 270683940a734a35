import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { delimiter } from 'node:path';
import { refuse } from '../errors';
import { programMissing, programTimedOut } from './messages';

/** The Debian package of each program that the lab uses. */
const PACKAGES: { readonly [program: string]: string } = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  mmdebstrap: 'mmdebstrap',
  'mkfs.ext4': 'e2fsprogs',
  setpriv: 'util-linux',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
};

/** @throws UserError with each missing program and its package */
export function requirePrograms(...programs: string[]): void {
  const which = require('which') as typeof import('which');
  // Users without /usr/sbin on their PATH can still run some of its programs.
  const path = [process.env.PATH, '/usr/sbin', '/sbin'].filter(Boolean).join(delimiter);
  refuse(
    programs
      .filter((program) => which.sync(program, { nothrow: true, path }) === null)
      .map((program) => programMissing(program, PACKAGES[program])),
  );
}

/** The output of a program and how it ended. */
export interface ProgramResult {
  /** Exit code. -1: it did not start, was killed, or printed too much. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds for tools that create keys and disks. */
const PATIENCE = 10 * 60_000;
/** Characters of each output stream. A program that prints more is ended. */
const MOST_OUTPUT = 64 << 20;

/**
 * Runs a program to its end, and kills it after a timeout, which its standard error then says. Never throws.
 * @param options timeout in milliseconds @default 10 minutes
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  { timeout = PATIENCE, input = '' } = {},
): Promise<ProgramResult> {
  const { execa } = require('execa') as typeof import('execa');
  const child = execa(command, args, {
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: MOST_OUTPUT,
    input,
    reject: false,
    stripFinalNewline: false,
  });
  // A process that a killed program leaves may hold its pipes open, and execa would wait for it.
  child.once('exit', () => {
    if (!child.killed) return;
    child.stdout.destroy();
    child.stderr.destroy();
  });
  const result = await child;
  const { exitCode = -1, stdout, stderr, failed, timedOut, isMaxBuffer, shortMessage = '' } = result;
  if (timedOut) return { code: -1, stdout, stderr: `${stderr}\n${programTimedOut(command, timeout / 1000)}` };
  return { code: isMaxBuffer ? -1 : exitCode, stdout, stderr: failed ? stderr || shortMessage : stderr };
}

/** Bytes of each of the two files of a log: the current one, and the one before it. */
export const LOG_KEPT = 8 << 20;
/** Writes without a buffer, so that no output is lost. After the limit, the current file replaces the older one. */
const LOG_SCRIPT =
  'umask 077; while stdbuf -o0 head -c "$2" >"$1" && [ "$(wc -c <"$1")" -ge "$2" ]; do mv -f "$1" "$1.1"; done 2>/dev/null';

/** The older file of a log. */
export function olderLog(file: string): string {
  return `${file}.1`;
}

/**
 * Starts a program that continues when this process ends. Two logs keep its output in a bounded size as long as it runs, because
 * a guest may write endlessly to its console.
 * @param logs files for its standard output and its standard error
 * @returns its process ID; undefined when it does not start
 * @see docs/decisions/processes.md for why this does not use a library
 */
export function startDetached(
  command: readonly string[],
  cwd: string,
  logs: { readonly out: string; readonly error: string },
): number | undefined {
  const writers = [logs.out, logs.error].map((file) => {
    // A link in their place must not be followed.
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
 * When a process was started. Unique for each process with this ID, also after a reboot of this machine.
 * @returns undefined when the process does not exist
 */
export function startOf(pid: number): string | undefined {
  try {
    // The name of the program, in parentheses, may contain any character. The fields after it are numbers.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Whether the process ID still belongs to the process that was started then. */
export function isProcess(pid: number, started: string | undefined): boolean {
  return started !== undefined && startOf(pid) === started;
}

/** Whether a process runs this command, or the end of it: a wrapper such as `setpriv` replaces itself with the rest. */
export function runsCommand(pid: number, command: readonly string[]): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return words.length > 0 && words.join('\0') === command.slice(-words.length).join('\0');
  } catch {
    return false;
  }
}

/**
 * Ends a process, with SIGKILL after 3 s.
 * @param isMeant whether the ID still belongs to the process; checked before each signal
 */
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
