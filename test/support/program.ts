import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, tempDir } from './render';

export const PROGRAM = join(ROOT, 'lib/virtwork.cjs');

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  /** @default an empty folder */
  readonly cwd?: string;
  /** Beside PATH and HOME. */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** The built program as a shell would run it. */
export function virtwork(args: string | readonly string[], { cwd = tempDir(), env = {}, input = '' }: Surroundings = {}): Result {
  const words = typeof args === 'string' ? args.split(' ').filter(Boolean) : args;
  return spawnSync(process.execPath, [PROGRAM, ...words], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    input,
    timeout: 60_000,
  });
}
