import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load as loadYaml } from 'js-yaml';
import { guestFiles } from '../../src/guest/files';
import { userData } from '../../src/guest/user-data';
import type { RolePlan } from '../../src/plan/plan';
import { planOf, ROOT, tempDir } from '../support/render';
import { run } from '../support/run';
import { scratchRoot } from '../support/scratch-root';
import { shellcheckFindings } from '../support/shellcheck';
import { needs } from '../support/tools';

const FIXTURES = join(ROOT, 'test/fixtures/guest');
const PROXY = '{ http: "http://u:pw@proxy:3128", https: "http://proxy:3129", no_proxy: [mirror, .example.com, 10.0.0.0/8] }';

async function roleOf(flags: object): Promise<RolePlan> {
  const [role] = (await planOf({ workloads: 'cpu', ...flags })).workloads[0]?.roles ?? [];
  if (!role) throw new Error('cpu has no role');
  return role;
}

interface Config {
  readonly [key: string]: unknown;
  readonly write_files: readonly {
    readonly path: string;
    readonly permissions: string;
    readonly append?: boolean;
    readonly content: string;
  }[];
}

async function configOf(flags: object): Promise<Config> {
  return loadYaml(userData(await roleOf(flags))) as Config;
}

async function fileOf(path: string, flags: object) {
  return (await configOf(flags)).write_files.find((file) => file.path === path);
}

const ALL = {
  timezone: 'Europe/Berlin',
  proxy: PROXY,
  'ca-certificates': join(FIXTURES, 'ca.pem'),
  'package-repositories': [join(FIXTURES, 'mirror.repo'), join(FIXTURES, 'mirror.sources')].join(','),
  'extra-user-data': join(FIXTURES, 'extra.yaml'),
};

describe('the proxy', () => {
  test.each<[string, string, string]>([
    [
      'debian',
      '/etc/apt/apt.conf.d/90virtwork-proxy',
      'Acquire::http::Proxy "http://u:pw@proxy:3128";\nAcquire::https::Proxy "http://proxy:3129";\nAcquire::http::Proxy::mirror "DIRECT";\nAcquire::https::Proxy::mirror "DIRECT";\n',
    ],
    ['centos-stream', '/etc/dnf/dnf.conf', '\nproxy=http://proxy:3129\n'],
  ])('of %s is in %s', async (os, path, content) => {
    expect(await fileOf(path, { proxy: PROXY, 'guest-os': os })).toMatchObject({ content, permissions: '0600' });
  });

  test('is added to the configuration of dnf, which the image has', async () => {
    expect(await fileOf('/etc/dnf/dnf.conf', { proxy: PROXY })).toMatchObject({ append: true });
  });

  test('is in the environment of the units that install packages, and readable for root alone if it has a password', async () => {
    const file = await fileOf('/etc/virtwork/proxy.env', { proxy: PROXY });
    expect(file).toMatchObject({ permissions: '0600', content: expect.stringContaining('no_proxy="mirror,.example.com,10.0.0.0/8"\n') });
    expect(await fileOf('/etc/virtwork/proxy.env', { proxy: '{ http: "http://proxy:1" }' })).toMatchObject({ permissions: '0644' });
    for (const unit of ['packages', 'guest-agent'])
      expect((await fileOf(`/etc/systemd/system/virtwork-${unit}.service.d/10-proxy.conf`, { proxy: PROXY }))?.content).toContain(
        'proxy.env',
      );
  });
});

describe('repositories', () => {
  test.each([
    ['fedora', ['/etc/yum.repos.d/mirror.repo'], undefined],
    ['ubuntu', ['/etc/apt/sources.list.d/mirror.sources'], { preserve_sources_list: true }],
  ])('of %s are those for its package manager', async (os, paths, apt) => {
    const config = await configOf({ 'package-repositories': ALL['package-repositories'], 'guest-os': os });
    expect(config.write_files.map(({ path }) => path).filter((path) => path.includes('mirror'))).toEqual(paths);
    expect(config.apt).toEqual(apt);
  });

  test('for another package manager are an error', async () => {
    const flags = { 'package-repositories': join(FIXTURES, 'mirror.repo'), 'guest-os': 'debian' };
    await expect(planOf({ workloads: 'cpu', ...flags })).rejects.toThrow(
      'flag --package-repositories: has no file for workload cpu: its guests run debian, which reads .list or .sources',
    );
  });
});

describe('packages', () => {
  test.each<[string, readonly string[] | undefined, string]>([
    ['install', ['stress-ng'], 'stress-ng\n'],
    ['present', undefined, 'stress-ng\n'],
    ['none', undefined, ''],
  ])('%s: cloud-init installs %j, and the list of the guest is %j', async (packages, installed, listed) => {
    const config = await configOf({ packages });
    expect(config.packages).toEqual(installed);
    expect(config.write_files.find(({ path }) => path === '/etc/virtwork/packages')?.content ?? '').toBe(listed);
  });

  test('that are missing are a failure of the guest, if nothing installs them', async () => {
    expect((await fileOf('/etc/virtwork/units', { packages: 'present' }))?.content).toContain('virtwork-packages.service\n');
    expect((await fileOf('/etc/virtwork/units', { packages: 'none' }))?.content).not.toContain('virtwork-packages.service');
  });
});

describe('additional user data', () => {
  test('comes after that of virtwork', async () => {
    const { write_files, runcmd, ntp } = await configOf({ 'extra-user-data': ALL['extra-user-data'] });
    expect(write_files.at(-1)).toMatchObject({ path: '/etc/motd', permissions: '0644' });
    expect([(runcmd as string[][]).length, (runcmd as string[][])[1], ntp]).toEqual([
      2,
      ['systemctl', 'disable', '--now', 'bluetooth.service'],
      { enabled: true, servers: ['ntp.example.com'] },
    ]);
  });

  test.each<[string, object, unknown]>([
    ['{ users: [{ name: bob }] }', {}, ['default', { name: 'bob' }]],
    ['{ users: [default, { name: bob }] }', { 'ssh-user': 'me' }, ['default', { name: 'me' }, { name: 'bob' }]],
    ['{ ssh_pwauth: false }', {}, undefined],
  ])('%s keeps the accounts of the image and of virtwork', async (extra, flags, users) => {
    const { users: found } = await configOf({ 'extra-user-data': extra, ...flags });
    if (users === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(users as object);
  });

  test.each<[string, object, string]>([
    ['{ write_files: [{ path: /etc/virtwork/units }] }', {}, 'write_files must not have the path /etc/virtwork/units, which virtwork uses'],
    ['{ write_files: [{ path: /usr/local/bin//virtwork-cpu }] }', {}, 'write_files must not have the path /usr/local/bin/virtwork-cpu'],
    [
      '{ write_files: [{ path: /etc/systemd/system/virtwork-cpu.service }] }',
      {},
      'write_files must not have the path /etc/systemd/system/virtwork-cpu',
    ],
    ['{ write_files: [{ path: /usr/local/bin/virtwork-setup }] }', {}, 'write_files must not have the path /usr/local/bin/virtwork-setup'],
    ['{ users: [{ name: me }] }', { 'ssh-user': 'me' }, 'users must not have me, the account that virtwork creates'],
    ['{ packages: [vim] }', { packages: 'present' }, 'must not have packages: with packages: present guests install nothing'],
    ['{ timezone: UTC }', { timezone: 'Asia/Tokyo' }, 'timezone must be Asia/Tokyo'],
    ['{ package_update: false }', { 'guest-os': 'debian' }, 'package_update must not be false'],
  ])('%s with %j is rejected', async (extra, flags, message) => {
    await expect(planOf({ workloads: 'cpu', 'extra-user-data': extra, ...flags })).rejects.toThrow(`flag --extra-user-data: ${message}`);
  });
});

describe.each(['fedora', 'debian'])('everything together on %s', (os) => {
  const flags = (packages: string) => ({ ...ALL, packages, 'guest-os': os });

  needs('cloud-init').each(['install', 'present', 'none'])('is valid for cloud-init with packages: %s', async (packages) => {
    const path = join(tempDir(), 'user-data');
    writeFileSync(path, userData(await roleOf(flags(packages))));
    const { stdout, stderr } = run('cloud-init', ['schema', '--config-file', path]);
    expect(`${stdout}${stderr}`).toMatch(/^Valid cloud-config/);
  });

  needs('systemd-analyze')('has units without errors', async () => {
    const role = await roleOf(flags('present'));
    const units = ['virtwork-packages.service', 'virtwork-guest-agent.service', 'virtwork-cpu.service'];
    const { stdout, stderr } = run('systemd-analyze', ['verify', `--root=${scratchRoot(role)}`, '--man=no', ...units]);
    expect(`${stdout}${stderr}`).toBe('');
  });

  needs('shellcheck')('has scripts without findings', async () => expect(shellcheckFindings([await roleOf(flags('present'))])).toBe(''));
});

test('the guest disk is the same for all guests', async () => {
  const disk = async (flags: object) => (await roleOf(flags)).guestDisk;
  expect(await disk({ ...ALL, packages: 'present' })).toEqual(await disk({}));
  expect(guestFiles(await roleOf({})).map(({ path }) => path)).not.toContain('/usr/local/bin/virtwork-packages-present');
});
