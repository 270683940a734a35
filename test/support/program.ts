import { join } from 'node:path';
import { ROOT, tempDir } from './places';
import { type Ended, run } from './run';

export const PROGRAM = join(ROOT, 'lib/virtwork.cjs');

export interface Surroundings {
  /** @default an empty folder */
  readonly cwd?: string;
  /** Variables in addition to PATH and HOME. */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Runs the built program as from a shell. */
export function virtwork(args: string | readonly string[], { cwd = tempDir(), env = {}, input = '' }: Surroundings = {}): Ended {
  const words = typeof args === 'string' ? args.split(' ').filter(Boolean) : args;
  return run(process.execPath, [PROGRAM, ...words], { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...env }, input });
}
