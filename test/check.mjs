// npm run check ENTRY: runs all checks of a shipped entry that do not boot a VM. It takes seconds.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const FILES = ['catalog/shipped', 'golden', 'guest/lint', 'guest/families', 'docs'].map((name) => `test/${name}.test.ts`);
/** Time limit of each step in milliseconds. */
const PATIENCE = 5 * 60_000;

const [entry, ...others] = process.argv.slice(2);
if (entry === undefined || others.length > 0 || !/^[a-z0-9][-a-z0-9]*$/.test(entry)) {
  fail('expects the name of one entry, as in: npm run check cpu');
}
if (!existsSync(join(root, 'catalog', entry))) {
  fail(`no folder catalog/${entry}\n  hint: run: node lib/virtwork.cjs new ${entry} --catalog-dir catalog`);
}

const validated = run([join(root, 'lib/virtwork.cjs'), 'validate', join(root, 'catalog', entry)]);
// Names of the tests for the entry, or for files that list all entries.
const names = `(^|[^-\\w])${entry}([^-\\w]|$)|catalog|README\\.md|docs/workloads\\.md`;
const tested = run([join(root, 'node_modules/jest/bin/jest.js'), ...FILES, '-t', names]);
if (tested !== 0) {
  console.error('hint: if the changes of golden files and tables are what you meant, run: npm run update');
}
process.exitCode = validated === 0 && tested === 0 ? 0 : 1;

function run(args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', timeout: PATIENCE, killSignal: 'SIGKILL' }).status ?? 1;
}

function fail(message) {
  console.error(`error: npm run check: ${message}`);
  process.exit(2);
}
