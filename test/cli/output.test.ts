import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from '../support/render';

const PROGRAM = join(ROOT, 'lib/virtwork.cjs');

/** Does something until the descriptor refuses it with EAGAIN. */
function untilRefused(action: () => unknown): void {
  try {
    for (;;) action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
}

test('what a busy reader cannot take yet is not lost', async () => {
  const fifo = join(tempDir(), 'fifo');
  spawnSync('mkfifo', [fifo]);
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  untilRefused(() => writeSync(pipe, ' '.repeat(4096)));
  const child = spawn(process.execPath, [PROGRAM, 'list'], { cwd: tempDir(), stdio: ['ignore', pipe, 'inherit'] });
  let out = '';
  const drain = () =>
    untilRefused(() => {
      const buffer = Buffer.alloc(65536);
      out += buffer.toString('utf8', 0, readSync(reader, buffer));
    });
  const timer = setInterval(drain, 500);
  const status = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  drain();
  closeSync(pipe);
  closeSync(reader);
  expect(status).toBe(0);
  expect(out.trimStart()).toBe(spawnSync(process.execPath, [PROGRAM, 'list'], { cwd: tempDir(), encoding: 'utf8' }).stdout);
});

test.each([
  ['stdout', '{ sleep 0.3; "$@" version; } | true', '0\n'],
  ['stderr', '{ sleep 0.3; "$@" nosuch 2>&1; } | true', '2\n'],
])('%s closed early is no error', (_, script, status) => {
  const run = `${script}; echo "\${PIPESTATUS[0]}"`;
  expect(spawnSync('bash', ['-c', run, 'bash', process.execPath, PROGRAM], { encoding: 'utf8' }).stdout).toBe(status);
});
