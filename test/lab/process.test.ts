import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_KEPT, olderLog, runProgram, startDetached, startOf, stop } from '../../src/lab/process';
import { eventually } from '../support/eventually';
import { tempDir } from '../support/render';

test('a program that does not end is killed, and says so after what it printed', async () => {
  expect(await runProgram('bash', ['-c', 'echo half >&2; exec sleep 60'], { timeout: 500 })).toEqual({
    code: -1,
    stdout: '',
    stderr: 'half\n\nbash has not ended within 0.5 s and was killed',
  });
});

test('one that ends says what it says', async () => {
  expect(await runProgram('bash', ['-c', 'cat; echo no >&2; exit 3'], { input: 'in' })).toEqual({ code: 3, stdout: 'in', stderr: 'no\n' });
  expect(await runProgram('no-such-program', [])).toMatchObject({ code: -1, stderr: expect.stringContaining('ENOENT') });
});

describe('what a detached program writes', () => {
  /** Runs a script of a shell to its end. */
  async function logsOf(script: string): Promise<{ readonly out: string; readonly error: string }> {
    const dir = tempDir();
    const logs = { out: join(dir, 'out'), error: join(dir, 'error') };
    const pid = startDetached(['bash', '-c', script], dir, logs) as number;
    await eventually(() => expect(startOf(pid)).toBeUndefined(), 60);
    return logs;
  }

  test('is kept, each stream in its file, at once', async () => {
    const { out, error } = await logsOf('echo one; printf no >&2');
    await eventually(() => expect([readFileSync(out, 'utf8'), readFileSync(error, 'utf8')]).toEqual(['one\n', 'no']), 20);
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test('is kept up to a size, the last of it', async () => {
    const { out } = await logsOf('yes | head -c 40000000; echo the end');
    await eventually(() => expect(readFileSync(out, 'utf8').slice(-8)).toBe('the end\n'), 60);
    expect(statSync(out).size).toBeLessThanOrEqual(LOG_KEPT);
    expect(statSync(olderLog(out)).size).toBe(LOG_KEPT);
  });
});

test('only the process that is meant is ended', async () => {
  const dir = tempDir();
  const pid = startDetached(['sleep', '60'], dir, { out: join(dir, 'out'), error: join(dir, 'error') }) as number;
  await stop(pid, () => false);
  expect(startOf(pid)).toBeDefined();
  await stop(pid, () => startOf(pid) !== undefined);
  expect(startOf(pid)).toBeUndefined();
});
