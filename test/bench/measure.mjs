import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Milliseconds: many times what the slowest measured command takes. */
const PATIENCE = 10 * 60_000;
const PRELOAD = join(import.meta.dirname, 'peak-memory.cjs');

/** A command as a whole process: seconds of wall time, and MiB of peak memory where it is a node process. */
export function once({ command, args, cwd, env = {} }) {
  const peak = join(mkdtempSync(join(tmpdir(), 'virtwork-bench-')), 'peak');
  const isNode = command === process.execPath;
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(command, isNode ? ['--require', PRELOAD, ...args] : args, {
    cwd,
    env: { ...process.env, ...env, BENCH_PEAK: peak },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (error || status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return { seconds, mebibytes: isNode ? Number(readFileSync(peak, 'utf8')) / 1024 : undefined };
}

/**
 * Several commands in turn, A B A B …, so that a machine whose speed drifts slows all of them alike.
 * @returns the medians of each
 */
export function inTurn(commands, runs) {
  for (const command of commands) once(command);
  const results = commands.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [index, command] of commands.entries()) results[index].push(once(command));
  }
  return results.map((each) => ({ seconds: median(each.map((r) => r.seconds)), mebibytes: median(each.map((r) => r.mebibytes ?? 0)) }));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
