import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Time limit in milliseconds, much longer than the slowest measured command needs. */
const TIMEOUT = 10 * 60_000;
const PRELOAD = join(import.meta.dirname, 'usage.cjs');

/**
 * Runs a command as a whole process.
 * @returns seconds of wall time; for a node process also `cpuSeconds`, of all its threads, and `mebibytes` of peak memory
 */
export function once({ command, args, cwd, env = {} }) {
  const usage = join(mkdtempSync(join(tmpdir(), 'virtwork-bench-')), 'usage');
  const isNode = command === process.execPath;
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(command, isNode ? ['--require', PRELOAD, ...args] : args, {
    cwd,
    env: { ...process.env, ...env, BENCH_USAGE: usage },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: TIMEOUT,
    killSignal: 'SIGKILL',
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (error || status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return { seconds, ...(isNode ? JSON.parse(readFileSync(usage, 'utf8')) : {}) };
}

/**
 * Runs several commands in turn, A B A B …, so that changes in the speed of the machine affect all of them equally.
 * @returns by command, the results of all runs
 */
export function inTurn(commands, runs) {
  for (const command of commands) once(command);
  const results = commands.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [index, command] of commands.entries()) results[index].push(once(command));
  }
  return results;
}

/** Runs several commands in turn. @returns by command, the medians of all runs */
export function medians(commands, runs) {
  return inTurn(commands, runs).map((each) => ({
    seconds: median(each.map((run) => run.seconds)),
    mebibytes: median(each.map((run) => run.mebibytes ?? 0)),
  }));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
