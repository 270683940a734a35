import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { refusedPath } from '../../src/errors';
import { PROGRAM, virtwork } from '../support/program';
import { tempDir } from '../support/render';
import { type Ended, run } from '../support/run';

const NOBODY = 65534;

/** These tests run the program as the user `nobody`, because root may read everything. Only root can run them. */
const asOther = (() => {
  const start = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
  const canRun =
    process.getuid?.() === 0 &&
    run('sh', ['-c', `command -v setpriv && setpriv ${start.join(' ')} ${process.execPath} ${PROGRAM} --version`]).status === 0;
  if (canRun) return test;
  process.stderr.write('skipped: tests that need root, setpriv, and a checkout that nobody can read\n');
  return test.skip as unknown as jest.It;
})();

function nobody(args: string, { cwd, home = '/nonexistent' }: { readonly cwd: string; readonly home?: string }): Ended {
  const words = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups', process.execPath, PROGRAM, ...args.split(' ')];
  return run('setpriv', words, { cwd, env: { PATH: process.env.PATH, HOME: home } });
}

/** A folder that every user may read. */
function open(): string {
  const folder = tempDir();
  for (const each of [folder, dirname(folder)]) chmodSync(each, 0o755);
  return folder;
}

/** A folder with an entry and a folder of root alone. */
function place(): string {
  const cwd = open();
  mkdirSync(join(cwd, 'good/files/etc'), { recursive: true });
  writeFileSync(join(cwd, 'good/workload.service'), '[Service]\nExecStart=/usr/bin/true\n[Install]\nWantedBy=multi-user.target\n');
  writeFileSync(join(cwd, 'good/files/etc/a.conf'), 'a\n');
  mkdirSync(join(cwd, 'shut/home/.virtwork/lab'), { recursive: true });
  chmodSync(join(cwd, 'shut'), 0o700);
  return cwd;
}

asOther.each([
  ['good/files', /good\/files\/etc: cannot be read \(EACCES\)/],
  ['good/files/etc', /good\/files\/etc\/a\.conf: cannot be read \(EACCES\)/],
  ['good', /good: cannot be read \(EACCES\)/],
])('an entry in which %s can be listed but not searched', (folder, message) => {
  const cwd = place();
  chmodSync(join(cwd, folder), 0o744);
  expect(statSync(cwd).mode & 0o777).toBe(0o755);
  const { status, stderr } = nobody('validate ./good', { cwd });
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('internal error');
  expect(status).toBe(1);
});

asOther.each(['synth', 'list', 'validate', 'audit'])('%s in a folder that may not be searched', (verb) => {
  const cwd = join(place(), 'shut');
  expect(nobody(verb, { cwd })).toMatchObject({
    status: 2,
    stderr: `error: ${cwd}/virtwork.yaml: cannot be used: permission denied (EACCES)\n  hint: to show the permissions of the path, run: namei -l ${cwd}/virtwork.yaml\n`,
  });
});

asOther.each(['status', 'down', 'logs cpu', 'ssh cpu', 'exec cpu -- true'])("lab %s with another user's lab", (words) => {
  const cwd = place();
  const lab = join(cwd, 'lab');
  mkdirSync(lab, { mode: 0o700 });
  const [verb, ...rest] = words.split(' ');
  const { status, stderr } = nobody(['lab', verb, '--lab-dir', lab, ...rest].join(' '), { cwd });
  expect(stderr).toContain(`flag --lab-dir: must be a folder of this user (${NOBODY}), got "${lab}" of user 0`);
  expect(status).toBe(2);
});

asOther.each([
  ['audit --audit-db shut/x.db', /shut\/x\.db: cannot be read as a record of virtwork: EACCES: permission denied/],
  ['lab status', /must be a folder, got ".*\/shut\/home\/\.virtwork\/lab", which this user cannot access \(EACCES\)/],
  ['validate ./shut/entry', /shut\/entry: cannot be read \(EACCES\)/],
  ['apply shut/dist', /shut\/dist: cannot be used: permission denied \(EACCES\)/],
  ['lab up ./shut/entry', /shut\/entry: cannot be used: permission denied \(EACCES\)/],
  ['lab up cpu --image shut/image', /flag --image: must be a readable file: EACCES: permission denied/],
  [
    'list --catalog-dir shut/catalog',
    /^error: flag --catalog-dir: "shut\/catalog": cannot be used: permission denied \(EACCES\)\n {2}hint: .*namei -l/,
  ],
  ['synth --catalog-dir shut', /catalog_dir: ".*\/shut" cannot be read \(EACCES\)/],
  ['synth --output-dir shut/dist', /shut\/dist: cannot be written: EACCES: permission denied/],
])('%s: reports a missing permission, not a missing file', (args, message) => {
  const cwd = place();
  const { status, stderr } = nobody(args, { cwd, home: join(cwd, 'shut/home') });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/internal error|there is no|not there|is none/);
  expect(status).toBeGreaterThan(0);
});

test.each([
  'audit --audit-db FILE/x.db',
  'lab up ./FILE/entry',
  'validate ./FILE/entry',
  'apply FILE/dist',
])('%s, with a file instead of a folder', (args) => {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'file'), '');
  const { status, stderr } = virtwork(args.replace('FILE', 'file'), { cwd });
  expect(stderr).toContain('ENOTDIR');
  expect(stderr).not.toContain('internal error');
  expect(status).toBeGreaterThan(0);
});

test.each([
  ['mkdir', 'EEXIST', 'cannot be used: it exists already, perhaps as a symbolic link that leads nowhere (EEXIST)'],
  ['mkdir', 'ENOENT', 'cannot be used: no folder can be created there (ENOENT)'],
  ['mkdtemp', 'ENOENT', 'cannot be used: the folder for temporary files does not exist (ENOENT)'],
  ['write', 'ENOSPC', 'cannot be used: no space left on the device (ENOSPC)'],
])('%s with %s is reported as a user error', (syscall, code, message) =>
  expect(refusedPath(Object.assign(new Error(code), { code, syscall, path: '/a' }))).toMatchObject({ where: '/a', message }));

test('only system errors about a path are reported as user errors', () => {
  const error = (code: string, path?: string) => Object.assign(new Error(code), { code, path });
  expect(refusedPath(error('EACCES', '/a b'))).toEqual({
    where: '/a b',
    message: 'cannot be used: permission denied (EACCES)',
    hint: "to show the permissions of the path, run: namei -l '/a b'",
  });
  expect([error('ENOENT', '/a'), error('EACCES'), new TypeError('x'), undefined, 'text'].map(refusedPath)).toEqual(
    Array(5).fill(undefined),
  );
});
