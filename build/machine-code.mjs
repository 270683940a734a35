import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STEP_TIMEOUT } from './root.mjs';

/**
 * Runs `synth`, so that start.cjs keeps the machine code that V8 made. Most of it serves other commands too. When the run fails, nothing is kept
 * and the program only starts more slowly.
 * @param program path of the copy of start.cjs
 */
export function keepMachineCode(program) {
  const cwd = mkdtempSync(join(tmpdir(), 'virtwork-build-'));
  const env = { HOME: cwd, KEEP_MACHINE_CODE: '1' };
  spawnSync(process.execPath, [program, 'synth'], { cwd, env, timeout: STEP_TIMEOUT, killSignal: 'SIGKILL' });
  rmSync(cwd, { recursive: true });
}
