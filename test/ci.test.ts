import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from './support/render';
import { type Ended, run } from './support/run';

/** A stub of npm. Variables of the environment set the result of each stage. */
const NPM = `
for word; do case $word in
  --outputFile=*) [ -n "\${NO_RESULTS:-}" ] || echo "{\\"numPassedTests\\": 10, \\"numFailedTests\\": \${FAILED:-0}, \\"numFailedTestSuites\\": 0, \\"numPendingTests\\": 1}" >"\${word#*=}" ;;
  --counts=*) [ -n "\${NO_COUNTS:-}" ] || echo "{\\"passed\\": 5, \\"failed\\": \${TIER_FAILED:-0}, \\"skipped\\": 0}" >"\${word#*=}" ;;
esac; done
case "$*" in
  ci) exit "\${CI_CODE:-0}" ;;
  'test '*) exit "\${FAILED:-0}" ;;
  *bench*) exit "\${BENCH_CODE:-3}" ;;
  *test:guest*) [ -z "\${HANGS:-}" ] || sleep 60; exit "\${TIER_FAILED:-0}" ;;
  *) exit "\${TIER_FAILED:-0}" ;;
esac`;

/** Runs the CI script with stubs of all programs that it calls, except Node.js. */
function ci(env: { readonly [name: string]: string } = {}): Ended & { readonly last: string | undefined } {
  const dir = tempDir();
  for (const folder of ['bin', 'lib', 'test/cluster']) mkdirSync(join(dir, folder), { recursive: true });
  cpSync(join(ROOT, '.ci/run'), join(dir, '.ci/run'));
  const program = (path: string, script: string) => writeFileSync(join(dir, path), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  program('bin/npm', NPM);
  for (const tool of ['apt-get', 'sudo', 'go']) program(`bin/${tool}`, '');
  program('test/cluster/build.sh', 'echo compiling; exit $BED_CODE');
  writeFileSync(
    join(dir, 'lib/virtwork.cjs'),
    "console.log('building an image'); process.exitCode = Number(process.env.IMAGE_CODE ?? 0);\n",
  );
  const ended = run(join(dir, '.ci/run'), [], { env: { ...process.env, PATH: `${dir}/bin:${process.env.PATH}`, ...env } });
  return { ...ended, last: ended.stdout.trim().split('\n').at(-1) };
}

test('if all stages pass, prints the time of each, and the totals as the last line', () => {
  const { status, stdout, last } = ci();
  expect({ status, last }).toEqual({ status: 0, last: '20 passed, 0 failed, 1 skipped' });
  const stages = ['install tools', 'npm ci', 'npm test', 'wait for the lab image', 'npm run test:guest', 'wait for the test bed'];
  for (const stage of [...stages, 'npm run test:cluster', 'npm run bench', 'in all'])
    expect(stdout).toMatch(new RegExp(`^${stage} +0 min \\d\\d s$`, 'm'));
  expect(stdout).not.toContain('compiling');
});

test.each<[string, { readonly [name: string]: string }, string]>([
  ['a unit test', { FAILED: '2' }, '20 passed, 2 failed, 1 skipped'],
  ['lint, before any test', { FAILED: '1', NO_RESULTS: '1' }, '10 passed, 1 failed, 0 skipped'],
  ['a guest and a cluster test', { TIER_FAILED: '1' }, '20 passed, 2 failed, 1 skipped'],
  ['a tier that leaves no counts', { NO_COUNTS: '1' }, '10 passed, 2 failed, 1 skipped'],
  ['the lab image', { IMAGE_CODE: '1' }, '15 passed, 1 failed, 1 skipped'],
  ['the test bed', { BED_CODE: '1' }, '15 passed, 1 failed, 1 skipped'],
  ['a benchmark that cannot run', { BENCH_CODE: '1' }, '20 passed, 1 failed, 1 skipped'],
  ['npm ci', { CI_CODE: '7' }, '0 passed, 3 failed, 0 skipped'],
])('if %s fails, the run fails, with the totals as the last line', (_, env, last) => {
  const ended = ci(env);
  expect({ status: ended.status, last: ended.last }).toEqual({ status: 1, last });
});

test('a stage that exceeds its time limit is ended, and the other stages run', () => {
  const { status, stdout, last } = ci({ HANGS: '1', NO_COUNTS: '1', LIMIT_GUESTS: '1' });
  expect({ status, last }).toEqual({ status: 1, last: '10 passed, 2 failed, 1 skipped' });
  expect(stdout).toMatch(/^npm run test:guest .* exit 124, ended at its limit$/m);
  expect(stdout).toMatch(/^npm run bench +0 min \d\d s$/m);
});

test.each(['0', '3', '124'])('benchmarks that end with exit code %s are no failure', (BENCH_CODE) => {
  expect(ci({ BENCH_CODE }).status).toBe(0);
});

test('a failed background build is shown with its output', () => {
  expect(ci({ BED_CODE: '1' }).stdout).toMatch(/^== wait for the test bed\ncompiling$/m);
  expect(ci({ IMAGE_CODE: '1' }).stdout).toMatch(/^== wait for the lab image\nbuilding an image$/m);
  expect(ci({ BED_CODE: '1' }).stdout).toMatch(/^wait for the test bed .* exit 1$/m);
});
