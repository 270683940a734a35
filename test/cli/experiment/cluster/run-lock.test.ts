import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../../../../src/cli/experiment/cluster/run-lock';
import type { UserError } from '../../../../src/errors';
import { startOf } from '../../../../src/lab/process';
import { tempDir } from '../../../support/render';

function locks(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('.lock'))
    .sort();
}

function lockOf(folder: string, number: number, owner: object): void {
  const all = { pid: process.pid, started: startOf(process.pid), host: hostname(), since: '2026-01-31T09:15:00.000Z', ...owner };
  writeFileSync(join(folder, `.lock-${number}`), JSON.stringify(all));
}

/** What the second process gets. */
function refusal(folder: string): string {
  try {
    lockFolder(folder, 'runs/first');
  } catch (error) {
    return (error as UserError).problems.map(({ where, message, hint }) => `${where}: ${message}; ${hint}`).join('\n');
  }
  return '';
}

test('a lock is held until it is given back, and names its owner', () => {
  const folder = tempDir();
  const release = lockFolder(folder, 'runs/first');
  expect(JSON.parse(readFileSync(join(folder, '.lock-1'), 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
  expect(refusal(folder)).toMatch(
    /^runs\/first: is used by process \d+ on \S+ since 2\S+; wait until it ends, or end it: kill \d+; then go on with --resume$/,
  );
  release();
  expect(locks(folder)).toEqual([]);
  expect(refusal(folder)).toBe('');
});

test.each<[string, object]>([
  ['a process that has ended', { pid: 2 ** 22 + 1 }],
  ['another process with its ID', { started: 'an earlier boot/1' }],
])('a lock of %s does not count, and is removed', (_, owner) => {
  const folder = tempDir();
  lockOf(folder, 3, owner);
  const release = lockFolder(folder, 'runs/first');
  expect(locks(folder)).toEqual(['.lock-4']);
  release();
});

test('a damaged lock does not count', () => {
  const folder = tempDir();
  writeFileSync(join(folder, '.lock-1'), '{');
  lockFolder(folder, 'runs/first')();
  expect(locks(folder)).toEqual([]);
});

test('a lock of another machine counts, because its process cannot be seen', () => {
  const folder = tempDir();
  lockOf(folder, 1, { host: 'elsewhere' });
  expect(refusal(folder)).toMatch(
    /is used by process \d+ on elsewhere since 2026-01-31T09:15:00.000Z; .* no longer runs on elsewhere, remove the lock: rm runs\/first\/\.lock-1$/,
  );
});

test('without the start of processes, as outside of Linux, their IDs decide', () => {
  const folder = tempDir();
  lockOf(folder, 1, { started: undefined });
  expect(refusal(folder)).toContain('is used by process');
});
