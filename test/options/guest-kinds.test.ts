import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UserError } from '../../src/errors';
import { extraUserData, proxy, timezone } from '../../src/options/guest-kinds';
import { loadOptions } from '../../src/options/load';
import { refuseSecrets } from '../../src/options/secrets';
import { ROOT, tempDir } from '../support/places';

test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Kolkata'])('time zone %s', (zone) =>
  expect(timezone.parse(zone)).toEqual({ value: zone }));

test.each<[unknown, string | undefined]>([
  ['europe/berlin', 'use Europe/Berlin'],
  ['Europe/BERLIN', 'use Europe/Berlin'],
  ['america/new york', 'use America/New_York'],
  ['Mars/Base', undefined],
  ['+01:00', undefined],
  ['../etc/passwd', undefined],
  ['', undefined],
  [1, undefined],
])('time zone %j is rejected', (zone, hint) => {
  const rejection = timezone.parse(zone);
  expect(rejection).toMatchObject({ must: expect.stringContaining('Europe/Berlin or UTC') });
  expect('hint' in rejection ? rejection.hint : undefined).toBe(hint);
});

test.each([
  [{ http: 'http://proxy.example.com:3128' }],
  [{ https: 'https://user:p%40ss@10.0.0.1:8080/' }],
  [{ http: 'http://[::1]:3128', no_proxy: ['localhost', '.example.com', '10.0.0.0/8', '*', 'host:8080', 'fd00::/8'] }],
])('proxy %j', (value) => expect(proxy.parse(value)).toEqual({ value }));

test('a proxy outside of the file is YAML, and no_proxy may be separated by commas', () => {
  expect(proxy.parse('{http: "http://p:1", no_proxy: "a, .b"}')).toEqual({ value: { http: 'http://p:1', no_proxy: ['a', '.b'] } });
});

test.each<[unknown, string]>([
  [{ http: 'proxy:3128' }, 'be the URL of a proxy'],
  [{ http: 'socks5://proxy:1080' }, 'be the URL of a proxy'],
  [{ http: 'http://proxy:3128/path' }, 'be the URL of a proxy'],
  [{ http: 'http://proxy:99999' }, 'be the URL of a proxy'],
  [{ http: 'http://a"b@proxy' }, 'be the URL of a proxy'],
  [{ no_proxy: ['a b'] }, 'be a host, a domain'],
  [{ ftp: 'http://proxy' }, 'have only the keys http, https, no_proxy'],
  ['http://proxy:3128', 'be a map with keys from http, https, no_proxy'],
])('proxy %j is rejected', (value, must) => expect(proxy.parse(value)).toMatchObject({ must: expect.stringContaining(must) }));

test.each([
  'http://me:hun/ter2@proxy',
  '{http: "http://me:hunter2@pro xy"}',
  '{http: [http://me:hunter2@proxy',
])('the password in %j is not shown', (value) => expect(JSON.stringify(proxy.parse(value))).not.toMatch(/hun/));

test.each<[unknown, object]>([
  ['a.yaml', { file: 'a.yaml' }],
  ['#cloud-config\nruncmd: []\n', { text: '#cloud-config\nruncmd: []\n' }],
  ['{ runcmd: [] }', { text: '{ runcmd: [] }' }],
  [{ runcmd: [] }, { config: { runcmd: [] } }],
])('additional user data %j', (raw, value) => expect(extraUserData.parse(raw)).toEqual({ value }));

const CA = readFileSync(join(ROOT, 'test/fixtures/guest/ca.pem'), 'utf8');

function folder(config: string): string {
  const cwd = tempDir();
  mkdirSync(join(cwd, 'site'));
  writeFileSync(join(cwd, 'site/ca.pem'), CA);
  writeFileSync(join(cwd, 'site/a.repo'), '[a]\nbaseurl=https://user:pw@mirror/\n');
  writeFileSync(join(cwd, 'site/virtwork.yaml'), config);
  return cwd;
}

describe('files', () => {
  const config = 'ca_certificates: [ca.pem]\nworkloads: { cpu: { package_repositories: [a.repo], ca_certificates: [] }, disk: {} }\n';

  test('are relative to the file that names them, also for one workload', async () => {
    const options = await loadOptions({ flags: { config: 'site/virtwork.yaml' }, env: {}, cwd: folder(config) });
    expect(options.guest.caCertificates).toEqual([CA.trimEnd()]);
    expect(options.of('cpu').guest).toMatchObject({ caCertificates: [], packageRepositories: [{ name: 'a.repo' }] });
    expect(options.of('disk').guest).toMatchObject({ packageRepositories: [] });
  });

  test('outside the working directory are an error in a file that the user did not name', async () => {
    const cwd = join(folder('ca_certificates: [../other.pem]\n'), 'site');
    writeFileSync(join(cwd, '../other.pem'), CA);
    await expect(loadOptions({ flags: {}, env: {}, cwd })).rejects.toThrow(
      /ca_certificates: must name a file inside the working directory/,
    );
    expect((await loadOptions({ flags: { config: 'virtwork.yaml' }, env: {}, cwd })).guest.caCertificates).toHaveLength(1);
  });

  test.each([
    ['missing.pem', 'cannot read the file "missing.pem" (ENOENT)'],
    ['site', 'cannot read the file "site" (EISDIR)'],
  ])('%s cannot be read', async (name, message) => {
    const flags = { 'ca-certificates': name };
    await expect(loadOptions({ flags, env: {}, cwd: folder('') })).rejects.toThrow(`flag --ca-certificates: ${message}`);
  });
});

describe('secrets', () => {
  const config = 'workloads: { cpu: { package_repositories: [a.repo], extra_user_data: { password: x } }, disk: {} }\n';
  const refused = async (flags: object, names: readonly string[]) => {
    const options = await loadOptions({ flags: { config: 'site/virtwork.yaml', ...flags }, env: {}, cwd: folder(config) });
    try {
      refuseSecrets(
        options,
        names.map((name) => ({ name })),
      );
      return [];
    } catch (error) {
      return (error as UserError).problems.map(({ where, message }) => `${where}: ${message}`);
    }
  };

  test('of rendered workloads are refused in manifests, each option once', async () => {
    expect(await refused({}, ['cpu', 'disk'])).toEqual([
      expect.stringMatching(/workloads\.cpu\.package_repositories: the manifests would contain the password in a\.repo/),
      expect.stringMatching(/workloads\.cpu\.extra_user_data: the manifests would contain extra_user_data\.password/),
    ]);
    expect(await refused({ proxy: '{ https: "http://u:pw@p" }' }, ['disk'])).toEqual([
      expect.stringMatching(/^flag --proxy: the manifests would contain the password of proxy.https/),
    ]);
  });

  test('are allowed with --write-secrets, and in workloads that are not rendered', async () => {
    expect(await refused({ 'write-secrets': true }, ['cpu', 'disk'])).toEqual([]);
    expect(await refused({}, ['disk'])).toEqual([]);
  });
});
