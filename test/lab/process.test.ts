import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_KEPT, olderLog, requirePrograms, runProgram, startDetached, startOf, stop } from '../../src/lab/process';
import { eventually } from '../support/eventually';
import { tempDir } from '../support/render';

// Jest compiles execa for the first test that loads it.
jest.setTimeout(60_000);

test('a program that does not end is killed, which its standard error says', async () => {
  expect(await runProgram('bash', ['-c', 'echo half >&2; exec sleep 60'], { timeout: 500 })).toEqual({
    code: -1,
    stdout: '',
    stderr: 'half\n\nbash did not end within 0.5 s and was killed',
  });
});

test('a program that ends gives its output and its exit code', async () => {
  expect(await runProgram('bash', ['-c', 'cat; echo no >&2; exit 3'], { input: 'in' })).toEqual({ code: 3, stdout: 'in', stderr: 'no\n' });
  expect(await runProgram('no-such-program', [])).toMatchObject({ code: -1, stderr: expect.stringContaining('ENOENT') });
});

test('a program that prints too much is ended', async () => {
  const { code, stdout } = await runProgram('yes', ['a'.repeat(1000)], { timeout: 30_000 });
  expect({ code, bounded: stdout.length <= 64 << 20 }).toEqual({ code: -1, bounded: true });
});

test('a killed program is not waited for when it leaves a process with its pipes open', async () => {
  // Without the first call, the time would include loading execa.
  await runProgram('true', []);
  const start = Date.now();
  const { code, stdout } = await runProgram('bash', ['-c', 'echo half; sleep 50 & wait'], { timeout: 500 });
  expect({ code, stdout, soon: Date.now() - start < 20_000 }).toEqual({ code: -1, stdout: 'half\n', soon: true });
});

test('a killed program has no exit code', async () => {
  expect(await runProgram('bash', ['-c', 'kill -9 $$'])).toMatchObject({ code: -1 });
});

describe('requirePrograms', () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  test('reports all missing programs with their packages', () => {
    process.env.PATH = tempDir();
    expect(() => requirePrograms('qemu-img', 'ssh')).toThrow(
      [
        'virtwork lab: needs qemu-img, which is not on the PATH',
        '  hint: run: apt install qemu-utils',
        'virtwork lab: needs ssh, which is not on the PATH',
        '  hint: run: apt install openssh-client',
      ].join('\n'),
    );
  });

  test('finds an executable file, and no other one', () => {
    const dir = tempDir();
    process.env.PATH = dir;
    writeFileSync(join(dir, 'qemu-img'), '');
    expect(() => requirePrograms('qemu-img')).toThrow();
    chmodSync(join(dir, 'qemu-img'), 0o755);
    expect(() => requirePrograms('qemu-img')).not.toThrow();
  });
});

describe('the output of a detached program', () => {
  /** Runs a shell script until it exits. */
  async function logsOf(script: string): Promise<{ readonly out: string; readonly error: string }> {
    const dir = tempDir();
    const logs = { out: join(dir, 'out'), error: join(dir, 'error') };
    const pid = startDetached(['bash', '-c', script], dir, logs) as number;
    await eventually(() => expect(startOf(pid)).toBeUndefined(), 60);
    return logs;
  }

  test('is written at once, each stream to its file', async () => {
    const { out, error } = await logsOf('echo one; printf no >&2');
    await eventually(() => expect([readFileSync(out, 'utf8'), readFileSync(error, 'utf8')]).toEqual(['one\n', 'no']), 20);
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test('is kept up to a size, without the oldest part', async () => {
    const { out } = await logsOf('yes | head -c 40000000; echo the end');
    await eventually(() => expect(readFileSync(out, 'utf8').slice(-8)).toBe('the end\n'), 60);
    expect(statSync(out).size).toBeLessThanOrEqual(LOG_KEPT);
    expect(statSync(olderLog(out)).size).toBe(LOG_KEPT);
  });
});

test('stop ends only the process that it is for', async () => {
  const dir = tempDir();
  const pid = startDetached(['sleep', '60'], dir, { out: join(dir, 'out'), error: join(dir, 'error') }) as number;
  await stop(pid, () => false);
  expect(startOf(pid)).toBeDefined();
  await stop(pid, () => startOf(pid) !== undefined);
  expect(startOf(pid)).toBeUndefined();
});
