import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { type Seed, writeSeed } from '../../src/lab/seed';
import { tempDir } from '../support/render';

const SEED: Seed = {
  vm: 'a',
  namespace: 'b',
  userData: '#cloud-config\n',
  publicKey: '',
  outMac: '52:54:00:00:00:01',
  linkMac: '52:54:00:00:00:02',
  address: '10.0.0.1',
  neighbors: [],
};

test('only the owner can read files that may contain the hash of a password', () => {
  const folder = join(tempDir(), 'seed');
  const umask = process.umask(0);
  writeSeed(folder, SEED);
  process.umask(umask);
  const modes = readdirSync(folder).map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
  expect(modes).toEqual(['600', '600', '600', '600']);
});

test('a guest with a DNS server has it instead of names of neighbors and DHCP, also with network access', () => {
  const folder = join(tempDir(), 'seed');
  const dns = { server: '10.96.0.10', search: ['ns.svc.cluster.local', 'cluster.local'] };
  writeSeed(folder, { ...SEED, publicKey: undefined, prefix: 9, outbound: true, dns });
  const file = (name: string) => load(readFileSync(join(folder, name), 'utf8'));
  expect((file('vendor-data') as { bootcmd: string[][] }).bootcmd).toEqual([
    [
      'sh',
      '-c',
      expect.stringContaining('>/etc/resolv.conf'),
      'resolver',
      'search ns.svc.cluster.local cluster.local\nnameserver 10.96.0.10\n',
    ],
  ]);
  expect(file('network-config')).toMatchObject({
    ethernets: { out: { addresses: ['10.0.2.15/24'], gateway4: '10.0.2.2' }, link: { addresses: ['10.0.0.1/9'] } },
  });
  expect(file('meta-data')).toEqual({ 'instance-id': 'a.b', 'local-hostname': 'a' });
});

test('user data that needs other modules of cloud-init gets them', () => {
  const modules = (more: object) => {
    const folder = join(tempDir(), 'seed');
    writeSeed(folder, { ...SEED, ...more });
    return (load(readFileSync(join(folder, 'vendor-data'), 'utf8')) as { cloud_config_modules?: string[] }).cloud_config_modules;
  };
  expect(modules({})).toBeUndefined();
  expect(modules({ allModules: true })).toEqual(expect.arrayContaining(['set_passwords', 'timezone', 'apt_configure', 'runcmd']));
});

test('cards in secondary networks are configured next to those of the lab', () => {
  const folder = join(tempDir(), 'seed');
  const card = { match: { macaddress: 'ae:00:00:00:00:01' }, addresses: ['192.0.2.10/24'] };
  writeSeed(folder, { ...SEED, others: { link: card } });
  const { ethernets } = load(readFileSync(join(folder, 'network-config'), 'utf8')) as { ethernets: object };
  expect(ethernets).toMatchObject({ out: {}, link: { addresses: ['10.0.0.1/24'] }, 'network-link': card });
});
