import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { refuse } from '../../../errors';
import { readBounded } from '../../../files/bounded-file';
import { placeNew } from '../../../files/new-file';
import { isProcess, startOf } from '../../../lab/process';
import { inUse, type LockOwner } from './messages';

const FILE = /^\.lock-(\d+)$/;

/**
 * A lock of a folder: a file `.lock-N` that names its owner. The one with the highest number counts. A lock whose process has ended, such as one
 * that was killed, is followed by the next number, which only one process can create: to remove it first would let two processes each remove the
 * lock of the other.
 * @throws UserError when another process has it
 * @returns what gives it back
 */
export function lockFolder(folder: string, shown: string): () => void {
  refuseOthers(folder, shown);
  const started = startOf(process.pid);
  const owner: LockOwner = { pid: process.pid, ...(started ? { started } : {}), host: hostname(), since: new Date().toISOString() };
  for (;;) {
    const number = last(folder) + 1;
    const isPlaced = placeNew(fileOf(folder, number), Buffer.from(`${JSON.stringify(owner)}\n`));
    // Another process may have seen the same end of the last owner, and be ahead.
    const isOurs = isPlaced && last(folder) === number;
    const release = () => rmSync(fileOf(folder, number), { force: true });
    if (isOurs) {
      for (const old of numbersIn(folder)) if (old < number) rmSync(fileOf(folder, old), { force: true });
      return release;
    }
    if (isPlaced) release();
    refuseOthers(folder, shown);
  }
}

/** @throws UserError when a process uses the folder */
export function refuseOthers(folder: string, shown: string): void {
  const number = last(folder);
  const owner = number === 0 ? undefined : ownerIn(fileOf(folder, number));
  if (owner && mayRun(owner)) refuse([inUse(shown, owner, join(shown, `.lock-${number}`), owner.host === hostname())]);
}

function fileOf(folder: string, number: number): string {
  return join(folder, `.lock-${number}`);
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => FILE.exec(name)?.[1] ?? [])
      .map(Number);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function last(folder: string): number {
  return Math.max(0, ...numbersIn(folder));
}

/** @returns undefined for a lock that was given back, or is damaged */
function ownerIn(file: string): LockOwner | undefined {
  try {
    const bytes = readBounded(file);
    const { pid, started, host, since } = JSON.parse(bytes.toString()) as LockOwner;
    return Number.isInteger(pid) && pid > 0
      ? { pid, ...(started ? { started } : {}), host: String(host), since: String(since) }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process of another machine runs cannot be seen here. */
function mayRun({ pid, started, host }: LockOwner): boolean {
  if (host !== hostname()) return true;
  if (started !== undefined) return isProcess(pid, started);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
