import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Mirror, startMirror } from '../../support/mirror';
import { ROOT, tempDir } from '../../support/places';
import { eventually, Lab } from '../guest';

const TOOL = 'virtwork-test-tool';
let mirror: Mirror;
let lab: Lab;

// Two instances of one entry: one installs its package from a mirror with a certificate of its own behind a proxy, the other installs nothing.
beforeAll(async () => {
  const dir = tempDir();
  mirror = await startMirror(dir, TOOL);
  writeFileSync(join(dir, 'mirror.list'), 'deb [trusted=yes] https://mirror.example.com/ ./\n');
  writeFileSync(
    join(dir, 'extra.yaml'),
    '#cloud-config\nwrite_files:\n  - { path: /etc/extra, permissions: 0600, content: "of the user" }\nruncmd:\n  - [touch, /run/extra]\n',
  );
  const config = `
workloads:
  installs:
    entry: prepared
    proxy: { https: "http://10.0.2.2:${mirror.port}" }
    ca_certificates: [${mirror.ca}]
    package_repositories: [${join(dir, 'mirror.list')}]
    timezone: Europe/Berlin
    extra_user_data: ${join(dir, 'extra.yaml')}
  checks: { entry: prepared, packages: present }
`;
  lab = new Lab('installs', { config, flags: ['checks', '--catalog-dir', join(ROOT, 'test/fixtures/lab'), '--outbound', '--no-wait'] });
  lab.up();
});

afterAll(() => {
  lab.down();
  mirror.close();
});

describe('a guest behind a proxy', () => {
  test('installs its package from the mirror', async () => {
    await eventually(() => expect(lab.statusLine('installs-0')).toContain(' healthy '), 600);
    expect(lab.exec('installs-0', TOOL)).toBe('it works');
    expect(mirror.served).toEqual(expect.arrayContaining(['Packages', `${TOOL}.deb`]));
    expect(new Set(mirror.connections)).toEqual(new Set(['mirror.example.com:443']));
  });

  test('trusts the authority before cloud-init installs packages', () => {
    expect(lab.exec('installs-0', 'cloud-init status')).toMatch(/^status: done/);
    expect(lab.exec('installs-0', 'journalctl -b -o cat -u virtwork-packages')).toContain('all packages are installed');
    expect(lab.exec('installs-0', 'journalctl -b -o cat -u virtwork-packages')).not.toContain('installing');
  });

  test('has the time zone and the additional user data', () => {
    expect(lab.exec('installs-0', 'readlink -f /etc/localtime')).toBe('/usr/share/zoneinfo/Europe/Berlin');
    expect(lab.exec('installs-0', 'stat -c %a /etc/extra; cat /etc/extra; echo; ls /run/extra').split('\n')).toEqual([
      '600',
      'of the user',
      '/run/extra',
    ]);
  });
});

test('a guest that installs nothing stays unhealthy, and names the missing package', async () => {
  await eventually(() => expect(lab.statusLine('checks-0')).toContain(' unhealthy '), 600);
  expect(lab.statusLine('checks-0')).not.toContain(' healthy ');
  const missing = `virtwork-packages-present: missing packages: ${TOOL}; nothing installs them, because of packages: present`;
  await eventually(() => expect(lab.exec('checks-0', 'journalctl -b -o cat -u virtwork-packages')).toContain(missing), 120);
  expect(lab.logs('checks-0', '--console')).toContain(missing);
  expect(lab.exec('checks-0', 'systemctl is-active qemu-guest-agent')).toBe('active');
});
