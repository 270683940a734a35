import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guestFiles } from '../../src/guest/files';
import { loadPlan } from '../../src/load-plan';
import type { RolePlan } from '../../src/plan/plan';
import { SHIPPED } from '../support/entries';
import { virtwork } from '../support/program';
import { tempDir } from '../support/render';
import { scratchRoot } from '../support/scratch-root';
import { shellcheckFindings } from '../support/shellcheck';
import { needs } from '../support/tools';

/** A catalog with a copy of every entry that ships with virtwork. The names are `my-` and the old name. */
function copies(): string {
  const cwd = tempDir();
  for (const name of SHIPPED) {
    expect(virtwork(`new my-${name} --from ${name} --catalog-dir c`, { cwd })).toMatchObject({ status: 0, stderr: '' });
  }
  return cwd;
}

const cwd = copies();
const COPIES = SHIPPED.map((name) => `my-${name}`);

async function roles(name: string): Promise<RolePlan[]> {
  const flags = { 'from-catalog': name, 'catalog-dir': 'c', 'guest-os': 'debian' };
  const { plan } = await loadPlan({ flags, env: {}, cwd });
  return plan.workloads.flatMap((workload) => workload.roles);
}

function said(command: string, args: readonly string[]): string {
  const { stdout, stderr, status, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 });
  if (error) throw error;
  return status === 0 ? `${stdout}${stderr}`.trim() : `${stdout}${stderr}`.trim() || `exit ${status}`;
}

describe('copies of all entries that ship with virtwork', () => {
  test('validate without a warning', () => {
    expect(virtwork(['validate', ...COPIES, '--catalog-dir', 'c'], { cwd })).toMatchObject({ status: 0, stderr: '' });
  });

  test('are rendered together with the originals', () => {
    const args = `run --dry-run -o json --workloads all,${[...SHIPPED, ...COPIES].join()} --catalog-dir c --access-modes ReadWriteMany`;
    const { status, stdout, stderr } = virtwork(args, { cwd });
    expect({ status, stderr: stderr.replace(/^(my-)?chaos-migration may .*\n/gm, '') }).toEqual({ status: 0, stderr: '' });
    const names = (JSON.parse(stdout) as { vms: { vm_name: string }[] }).vms.map((vm) => vm.vm_name);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(SHIPPED)('%s: no name of the original is left, and permissions, params and roles are the same', (name) => {
    const list = JSON.parse(virtwork('list -o json --catalog-dir c', { cwd }).stdout) as { [key: string]: unknown; name: string }[];
    const [old, fresh] = [name, `my-${name}`].map((each) => list.find((entry) => entry.name === each));
    for (const key of ['chaos', 'access', 'params', 'description', 'roles']) expect(fresh?.[key]).toEqual(old?.[key]);
    const texts = (readdirSync(join(cwd, 'c', `my-${name}`), { recursive: true, withFileTypes: true }) as import('node:fs').Dirent[])
      .filter((file) => file.isFile())
      .map((file) => `${file.name}\n${readFileSync(join(file.parentPath, file.name), 'utf8')}`)
      .join('\n');
    const snake = name.replaceAll('-', '_');
    expect(texts).not.toMatch(
      new RegExp(`virtwork-${name}(?![a-z0-9])|virtwork_${snake}_|VIRTWORK_${snake.toUpperCase()}_|[/.]${name}\\.prom|^# ${name}$`, 'm'),
    );
    const serials = (entry: typeof old) => (entry?.storage as { serial: string }[]).map(({ serial }) => serial);
    for (const serial of serials(fresh)) expect(serials(old)).not.toContain(serial);
    const service = (entry: typeof old) => (entry?.service as { name: string } | undefined)?.name;
    if (service(old)) expect(service(fresh)).toMatch(new RegExp(`^virtwork-my-${name}`));
  });

  needs('systemd-analyze').each(COPIES)('systemd finds nothing wrong with the units of %s', async (name) => {
    for (const role of await roles(name)) {
      const root = scratchRoot(role);
      const units = guestFiles(role)
        .filter((file) => /^\/etc\/systemd\/system\/[^/]+\.(service|socket|timer|target)$/.test(file.path))
        .map((file) => file.path.replace(/^.*\//, '').replace('@.', '@x.'));
      expect(said('systemd-analyze', ['verify', `--root=${root}`, '--man=no', ...units])).toBe('');
    }
  });

  needs('shellcheck')('shellcheck finds nothing wrong with the scripts of all copies', async () => {
    const all = [];
    for (const name of COPIES) all.push(...(await roles(name)));
    expect(shellcheckFindings(all)).toBe('');
  });

  test.each(COPIES)('every own command of the units of %s exists', async (name) => {
    for (const role of await roles(name)) {
      const paths = guestFiles(role).map((file) => file.path);
      const commands = role.guest.units.flatMap(({ text }) =>
        [...text.matchAll(/^Exec\w+=[-+!@:]*(\/usr\/local\/bin\/\S+)/gm)].map(([, path]) => path),
      );
      for (const command of commands) expect(paths).toContain(command);
    }
  });
});

describe('a copy of an entry of the user', () => {
  /** An entry with a binary file, a script, a link and backup files of editors. */
  function own(): string {
    const dir = tempDir();
    const entry = join(dir, 'c/mine');
    const bin = join(entry, 'files/usr/local/bin');
    mkdirSync(bin, { recursive: true });
    mkdirSync(join(entry, '.git'));
    writeFileSync(
      join(entry, 'workload.service'),
      '[Service]\nExecStart=/usr/local/bin/virtwork-mine\n[Install]\nWantedBy=multi-user.target\n',
    );
    writeFileSync(join(bin, 'virtwork-mine'), '#!/bin/sh\necho virtwork-mine\n');
    chmodSync(join(bin, 'virtwork-mine'), 0o755);
    writeFileSync(join(bin, 'blob'), Buffer.from([0, 0xff, ...Buffer.from('virtwork-mine')]));
    writeFileSync(join(entry, 'workload.service~'), '');
    symlinkSync('virtwork-mine', join(bin, 'link'));
    return dir;
  }

  test.each(['mine', './c/mine', 'c/mine', './c/mine/'])('--from %s', (from) => {
    const dir = own();
    expect(virtwork(`new fresh --from ${from} --catalog-dir c`, { cwd: dir })).toMatchObject({ status: 0, stderr: '' });
    const copy = join(dir, 'c/fresh');
    expect(readdirSync(copy).sort()).toEqual(['files', 'workload.service']);
    expect(readdirSync(join(dir, 'c')).sort()).toEqual(['fresh', 'mine']);
    const bin = join(copy, 'files/usr/local/bin');
    expect(readFileSync(join(bin, 'virtwork-fresh'), 'utf8')).toBe('#!/bin/sh\necho virtwork-fresh\n');
    expect(statSync(join(bin, 'virtwork-fresh')).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(bin, 'blob')).subarray(2).toString()).toBe('virtwork-mine');
    expect(readFileSync(join(bin, 'link'), 'utf8')).toBe('#!/bin/sh\necho virtwork-fresh\n');
    expect(virtwork('validate fresh --catalog-dir c', { cwd: dir })).toMatchObject({ status: 0 });
  });

  test('an entry with errors is not copied, and the errors are reported', () => {
    const dir = own();
    writeFileSync(join(dir, 'c/mine/workload.yaml'), 'chaos: maybe\n');
    expect(virtwork('new fresh --from mine --catalog-dir c', { cwd: dir })).toMatchObject({
      status: 2,
      stderr: 'error: c/mine/workload.yaml:1:1: chaos must be true or false, got "maybe"\n',
    });
    expect(existsSync(join(dir, 'c/fresh'))).toBe(false);
  });
});

test.each<[string, string]>([
  ['new x --from databse', 'flag --from: workload not found: databse; known: '],
  ['new x --from databse', '  hint: did you mean "database"?\n'],
  ['new x --from ./nowhere', 'flag --from: must name an entry or the folder of one, got "./nowhere"\n  hint: run: virtwork list\n'],
  ['new Foo --from databse', 'virtwork new: the name of an entry must be a DNS label of at most 40 characters, got Foo\n'],
  ['new Foo --from databse', 'flag --from: workload not found: databse'],
  ['new x --from', 'flag --from: needs a value'],
  ['new cpu --from disk', 'virtwork new: an entry named cpu already exists\n  hint: choose another name\n'],
  ['new health', '/virtwork-health'],
  ['new health --from cpu', '/virtwork-health'],
])('virtwork %s: %s', (args, words) => {
  const dir = tempDir();
  const { status, stdout, stderr } = virtwork(`${args} --catalog-dir c`.replace('--from --catalog-dir c', '--catalog-dir c --from'), {
    cwd: dir,
  });
  expect({ status, stdout, left: existsSync(join(dir, 'c')) ? readdirSync(join(dir, 'c')) : [] }).toEqual({
    status: 2,
    stdout: '',
    left: [],
  });
  expect(stderr).toContain(words);
});
