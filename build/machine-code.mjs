import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STEP_TIMEOUT } from './root.mjs';

/** The most frequent commands. Each run adds the functions that it compiled to what earlier runs kept. */
export const FREQUENT = ['synth', 'synth --check', 'run --dry-run'];

/**
 * Runs the program so that start.cjs keeps the machine code of what these commands use. When a run fails, nothing is kept and the program only
 * starts more slowly.
 * @param program path of the copy of start.cjs
 */
export function keepMachineCode(program, commands = FREQUENT) {
  const cwd = mkdtempSync(join(tmpdir(), 'virtwork-build-'));
  const env = { HOME: cwd, KEEP_MACHINE_CODE: '1' };
  for (const command of commands)
    spawnSync(process.execPath, [program, ...command.split(' ')], { cwd, env, timeout: STEP_TIMEOUT, killSignal: 'SIGKILL' });
  rmSync(cwd, { recursive: true });
}
