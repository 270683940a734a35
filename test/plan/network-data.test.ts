import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { networkData } from '../../src/plan/network-data';
import type { NetworkPlan } from '../../src/plan/plan';
import { planOf, tempDir } from '../support/render';
import { outputOf } from '../support/run';
import { needs } from '../support/tools';

const NETWORKS =
  '[{ pod: masquerade, ipv6: true }, { name: storage, multus: a, addresses: ["192.0.2.10-192.0.2.19/24", "fd00::10-fd00::19/64"], routes: [{ to: 198.51.100.0/24, via: 192.0.2.1 }] }, { name: lan, multus: b, addresses: [dhcp, slaac] }, { name: ra, multus: d, addresses: slaac }, { name: idle, multus: c }]';

async function dataOf(networks: string): Promise<string> {
  const { workloads } = await planOf({ workloads: 'cpu', networks });
  const [role] = workloads[0]?.roles ?? [];
  return networkData(role?.networks, role?.vms[0]?.cards) ?? '';
}

test('configures the cards that have addresses, and keeps DHCP on the pod network', async () => {
  const mac = expect.stringMatching(/^ae(:[0-9a-f]{2}){5}$/);
  expect(load(await dataOf(NETWORKS))).toEqual({
    version: 2,
    ethernets: {
      default: { match: { macaddress: mac }, dhcp4: true, addresses: ['fd10:0:2::2/120'], gateway6: 'fd10:0:2::1' },
      storage: {
        match: { macaddress: mac },
        addresses: ['192.0.2.10/24', 'fd00::10/64'],
        routes: [{ to: '198.51.100.0/24', via: '192.0.2.1' }],
      },
      lan: {
        match: { macaddress: mac },
        dhcp4: true,
        'dhcp4-overrides': { 'route-metric': 1000 },
        dhcp6: true,
        'dhcp6-overrides': { 'route-metric': 1000 },
      },
      ra: { match: { macaddress: mac }, dhcp6: true, 'dhcp6-overrides': { 'route-metric': 1000 } },
    },
  });
});

test.each([
  '[{ pod: masquerade }]',
  '[{ pod: masquerade }, { name: a, multus: b }]',
  '[{ pod: l2bridge }]',
])('%s needs none', async (networks) => {
  expect(await dataOf(networks)).toBe('');
});

test('without a pod network, gateways and DNS servers are those of the secondary one', async () => {
  const text = await dataOf('[{ name: a, multus: b, addresses: 192.0.2.10/24, gateway: 192.0.2.1, nameservers: 192.0.2.53 }]');
  expect((load(text) as { ethernets: { a: object } }).ethernets.a).toMatchObject({
    gateway4: '192.0.2.1',
    nameservers: { addresses: ['192.0.2.53'] },
  });
});

test('a MAC address of digits stays a string for every version of YAML', () => {
  const network: NetworkPlan = {
    name: 'a',
    multus: 'b',
    binding: 'bridge',
    guest: { dhcp: true, gateways: [], routes: [], nameservers: [] },
  };
  expect(networkData([network], [{ mac: '52:54:00:12:34:56', addresses: [] }])).toContain('"52:54:00:12:34:56"');
});

/** The text of all files below a folder. */
function textBelow(folder: string): string {
  if (!existsSync(folder)) return '';
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return files.map((each) => readFileSync(join(each.parentPath, each.name), 'utf8')).join('\n');
}

needs('cloud-init')('cloud-init writes the configuration of every guest OS from it', async () => {
  const folder = tempDir();
  const text = await dataOf(NETWORKS);
  writeFileSync(join(folder, 'data.yaml'), text);
  const macs = [...text.matchAll(/"macaddress": "([^"]+)"/g)].map((match) => match[1] as string);
  expect(macs).toHaveLength(4);
  for (const [distro, kind] of [
    ['debian', 'netplan'],
    ['debian', 'networkd'],
    ['debian', 'eni'],
    ['ubuntu', 'netplan'],
    ['fedora', 'network-manager'],
    ['centos', 'sysconfig'],
    ['rhel', 'sysconfig'],
  ] as const) {
    const out = join(folder, `${distro}-${kind}`);
    const names = macs.flatMap((mac, index) => ['-m', `ens${index},${mac}`]);
    outputOf('cloud-init', [
      'devel',
      'net-convert',
      '-p',
      join(folder, 'data.yaml'),
      '-k',
      'yaml',
      '-d',
      out,
      '-D',
      distro,
      '-O',
      kind,
      ...names,
    ]);
    const written = textBelow(out);
    for (const part of ['192.0.2.10', 'fd00::10', 'fd10:0:2::2', '192.0.2.1']) expect(`${distro} ${kind}: ${written}`).toContain(part);
    expect(written).toMatch(/dhcp|method=auto/i);
    expect(`${distro} ${kind}: ${written}`).toMatch(/dhcp6: true|DHCP=ipv6|inet6 dhcp|\[ipv6\]\nmethod=auto|DHCPV6C=yes/);
  }
});
