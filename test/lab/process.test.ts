import { runProgram } from '../../src/lab/process';

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
