// Boots the shipped workloads in the lab. With --all everything that they have to survive, one after the other, and a report of it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { report } from './report.mjs';

/** Milliseconds: more than everything takes, with --all and on a slow machine. */
const LONGEST = 6 * 3_600_000;
const root = join(import.meta.dirname, '../..');
const given = process.argv.slice(2);
const all = given.includes('--all');
const scratch = mkdtempSync(join(tmpdir(), 'virtwork-guests-'));
const results = join(scratch, 'results.json');
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/jest/bin/jest.js'),
    ...['-c', 'jest.guest.config.cjs'],
    ...(all ? ['--json', `--outputFile=${results}`] : []),
    ...given.filter((word) => word !== '--all'),
  ],
  { cwd: root, stdio: 'inherit', timeout: LONGEST, env: { ...process.env, ...(all ? { ALL_GUEST_TESTS: '1' } : {}) } },
);
if (all) {
  const file = join(root, 'docs/lab-report.md');
  const [, qemu] = /version (\S+)/.exec(spawnSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8', timeout: 60_000 }).stdout) ?? [];
  const tested = [new Date().toISOString().slice(0, 10), qemu];
  writeFileSync(file, report(existsSync(file) ? readFileSync(file, 'utf8') : '', JSON.parse(readFileSync(results, 'utf8')), tested));
}
rmSync(scratch, { recursive: true });
process.exitCode = status ?? 1;
