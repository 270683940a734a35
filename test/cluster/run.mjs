// Runs the tests that need a cluster: in the test bed, which is built when it is not there, or with --kubeconfig FILE in any other.
// With --all also those that take an hour.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');
const NO_GO = 3;
/** Milliseconds: more than everything takes, with --all and on a slow machine. */
const LONGEST = 6 * 3_600_000;

function tests(kubeconfig, bed, args) {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    ...(bed ? { TEST_BED: bed } : {}),
    ...(all ? { ALL_CLUSTER_TESTS: '1' } : {}),
  };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [jest, '-c', join(root, 'jest.cluster.config.cjs'), ...args], {
      cwd: root,
      stdio: 'inherit',
      env,
      timeout: LONGEST,
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function inBed(args) {
  const built = spawnSync(join(root, 'test/cluster/build.sh'), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LONGEST,
  });
  if (built.status === NO_GO) {
    console.error('skipped: the tests that need a cluster, for the test bed is built with Go');
    return 0;
  }
  if (built.status !== 0) return 1;
  const scratch = mkdtempSync(join(tmpdir(), 'vw-bed-'));
  const dir = join(scratch, 'bed');
  const bed = spawn(join(built.stdout.trim(), 'bed'), ['up', '--dir', dir, '--stdin'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: LONGEST,
  });
  const ended = new Promise((resolve) => bed.on('close', resolve));
  const ready = new Promise((resolve) => createInterface(bed.stdout).on('line', (line) => line.startsWith('ready ') && resolve(true)));
  const isUp = (await Promise.race([ready, ended])) === true;
  const code = isUp ? await tests(join(dir, 'kubeconfig.admin'), dir, args) : 1;
  bed.stdin.end();
  await ended;
  rmSync(scratch, { recursive: true });
  return code;
}

const given = process.argv.slice(2);
const all = given.includes('--all');
const args = given.filter((word) => word !== '--all');
const at = args.indexOf('--kubeconfig');
process.exitCode = at < 0 ? await inBed(args) : await tests(args[at + 1], undefined, args.toSpliced(at, 2));
