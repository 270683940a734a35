import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from '../support/render';
import { ended, outputOf, run, start } from '../support/run';

const PROGRAM = join(ROOT, 'lib/virtwork.cjs');

/** Repeats an action until it fails with EAGAIN. */
function untilRefused(action: () => unknown): void {
  try {
    for (;;) action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
}

test('loses nothing if the reader is slow', async () => {
  const fifo = join(tempDir(), 'fifo');
  outputOf('mkfifo', [fifo]);
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  untilRefused(() => writeSync(pipe, ' '.repeat(4096)));
  const child = start(process.execPath, [PROGRAM, 'list'], { cwd: tempDir(), stdio: ['ignore', pipe, 'inherit'] });
  let out = '';
  const drain = () =>
    untilRefused(() => {
      const buffer = Buffer.alloc(65536);
      out += buffer.toString('utf8', 0, readSync(reader, buffer));
    });
  const timer = setInterval(drain, 500);
  const { status } = await ended(child);
  clearInterval(timer);
  drain();
  closeSync(pipe);
  closeSync(reader);
  expect(status).toBe(0);
  expect(out.trimStart()).toBe(outputOf(process.execPath, [PROGRAM, 'list'], { cwd: tempDir() }));
});

test.each([
  ['stdout', '{ sleep 0.3; "$@" version; } | true', '0\n'],
  ['stderr', '{ sleep 0.3; "$@" nosuch 2>&1; } | true', '2\n'],
])('%s closed early is not an error', (_, script, status) => {
  const piped = `${script}; echo "\${PIPESTATUS[0]}"`;
  expect(run('bash', ['-c', piped, 'bash', process.execPath, PROGRAM]).stdout).toBe(status);
});
