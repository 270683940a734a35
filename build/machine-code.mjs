import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STEP_TIMEOUT } from './root.mjs';

/** For each program, a command line that runs most of what its other command lines run too. */
const LINES = ['synth', 'experiment synth experiment.yaml'];

/**
 * Runs each program, so that start.cjs keeps the machine code that V8 made. When a run fails, nothing is kept and the program only starts more
 * slowly.
 * @param program path of the copy of start.cjs
 */
export function keepMachineCode(program) {
  const cwd = mkdtempSync(join(tmpdir(), 'virtwork-build-'));
  // Most runs read a configuration, so the code that reads one is kept too.
  writeFileSync(join(cwd, 'virtwork.yaml'), 'namespace: virtwork\n');
  writeFileSync(join(cwd, 'experiment.yaml'), 'extends: fio-bench/quick\n');
  const env = { HOME: cwd, KEEP_MACHINE_CODE: '1' };
  for (const line of LINES) {
    spawnSync(process.execPath, [program, ...line.split(' ')], { cwd, env, timeout: STEP_TIMEOUT, killSignal: 'SIGKILL' });
  }
  rmSync(cwd, { recursive: true });
}
