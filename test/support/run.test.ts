import { ended, outputOf, run, start } from './run';

const TALKS = 'echo begun; echo a fault >&2; exec sleep 60';
const LATE =
  'bash -c echo begun; echo a fault >&2; exec sleep 60\nhas not ended within 1 s and was killed; until then it printed \nbegun\na fault';

test('a program that ends', async () => {
  expect(run('bash', ['-c', 'cat; echo no >&2; exit 3'], { input: 'in' })).toEqual({ status: 3, stdout: 'in', stderr: 'no\n' });
  expect(await ended(start('bash', ['-c', 'echo yes; exit 3']))).toEqual({ status: 3, stdout: 'yes\n', stderr: '' });
  expect(outputOf('echo', ['yes'])).toBe('yes\n');
});

test('a program that does not end is killed, and the error has its words and what it printed', async () => {
  expect(() => run('bash', ['-c', TALKS], { seconds: 1 })).toThrow(new Error(LATE));
  const child = start('bash', ['-c', TALKS]);
  await expect(ended(child, 1)).rejects.toThrow(new Error(LATE));
  expect(child.signalCode ?? (await new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal))))).toBe('SIGKILL');
});

test('a program that nothing waits for is killed too', async () => {
  expect(await ended(start('sleep', ['60'], {}, 1))).toMatchObject({ status: null });
});

test('a program that fails, or is not there', async () => {
  expect(() => outputOf('bash', ['-c', 'echo out; echo err >&2; exit 3'])).toThrow(/^bash -c .*: exit 3\nout\nerr\n$/);
  expect(() => run('no-such-program', [])).toThrow(/ENOENT/);
  await expect(ended(start('no-such-program', []))).rejects.toThrow(/ENOENT/);
});
