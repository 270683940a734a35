import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { loadPlan } from '../../src/load-plan';
import { tempDir } from '../support/render';

async function plan(file: string, flags: { readonly [flag: string]: unknown } = {}) {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), file);
  return (await loadPlan({ flags, env: {}, cwd })).plan;
}

async function problems(file: string): Promise<string> {
  return plan(file).then(
    () => '',
    (error) => (error instanceof UserError ? error.message.replace(/virtwork\.yaml:\d+:\d+: /g, '') : Promise.reject(error)),
  );
}

const of = (workload: string, networks: string, more = '') => `workloads: { ${workload}: { networks: ${networks}${more} } }\n`;
const POD = '{ pod: masquerade }';
const NAD = '{ name: a, multus: ns1/nad-a';

// What KubeVirt rejects, or what could not work.
test.each([
  [`[${POD}, { pod: bridge }]`, 'workloads.cpu.networks[1].pod: must not be a second pod network'],
  [`[${POD}, ${NAD} }, ${NAD} }]`, 'workloads.cpu.networks[2].name: must be unique, got a twice'],
  [`[${POD}, { name: default, multus: b }]`, 'workloads.cpu.networks[1].name: must not be default, the name of the pod network'],
  [`[${POD}, ${NAD}, binding: masquerade }]`, 'workloads.cpu.networks[1].binding: must not be masquerade, which only the pod network has'],
  ['[{ pod: sriov }]', 'workloads.cpu.networks[0].pod: must not be sriov'],
  [`[${POD}, ${NAD}, binding: sriov, model: virtio }]`, 'workloads.cpu.networks[1].model: must not be set with the binding sriov'],
  ['[{ pod: masquerade, mac: "02:00:00:00:00:00" }]', 'workloads.cpu.networks[0].mac: must not be 02:00:00:00:00:00, which KubeVirt uses'],
  [`[${POD}, ${NAD}, mac: "52:54:00:ff:ff:ff" }]`, 'networks[1].mac: must be followed by an address for each of the 2 VMs'],
  ['[{ pod: l2bridge, ipv6: true }]', 'workloads.cpu.networks[0].ipv6: must not be set with the binding l2bridge'],
  [`[{ pod: l2bridge }, ${NAD}, addresses: dhcp }]`, 'workloads.cpu.networks[0].pod: needs mac: with addresses on another network'],
  [
    `[${POD}, ${NAD}, addresses: [192.0.2.1/24, "fd00::1-fd00::2/64"] }]`,
    'workloads.cpu.networks[1].addresses: must have an IPv4 address for each of the 2 VMs of the workload, got 1',
  ],
  [
    `[${POD}, ${NAD}, addresses: 192.0.2.1-192.0.2.2/24, gateway: 192.0.2.9 }]`,
    'networks[1].gateway: must not be set together with a pod network',
  ],
  [
    `[${NAD}, addresses: 192.0.2.1-192.0.2.2/24, gateway: [192.0.2.9, 192.0.2.8] }]`,
    'networks[0].gateway: must have at most one IPv4 address',
  ],
  [
    `[${NAD}, addresses: 192.0.2.1-192.0.2.2/24, gateway: 192.0.3.9 }]`,
    'networks[0].gateway: must be an address in one of the networks of addresses, got 192.0.3.9',
  ],
  [
    `[${POD}, ${NAD}, addresses: 192.0.2.1-192.0.2.2/24, routes: [{ to: 198.51.100.0/24, via: "fd00::1" }] }]`,
    'workloads.cpu.networks[1].routes[0].via: must be an address of the same IP family as the network 198.51.100.0/24, got fd00::1',
  ],
  [
    `[${POD}, ${NAD}, addresses: dhcp, routes: [{ to: "2001:db8::/64", via: "fd00::1" }] }]`,
    'networks[1].routes[0].via: must be an address in one of the networks of addresses, got fd00::1',
  ],
  [
    `[${POD}, ${NAD}, addresses: slaac, routes: [{ to: "198.51.100.0/24", via: "fe80::1" }] }]`,
    'networks[1].routes[0].via: must be an address of the same IP family as the network 198.51.100.0/24, got fe80::1',
  ],
  [`[${NAD}, addresses: 192.0.2.1-192.0.2.2/24, gateway: "fe80::1" }]`, 'networks[0].gateway: must be an address in one of the networks'],
  [`[${POD}, ${NAD}, routes: [{ to: 198.51.100.0/24, via: 192.0.2.9 }] }]`, 'networks[1].routes: needs addresses'],
  [`[${NAD}, gateway: 192.0.2.9 }]`, 'networks[0].gateway: needs addresses'],
  [`[${NAD}, nameservers: 192.0.2.9 }]`, 'networks[0].nameservers: needs addresses'],
])('%s is rejected', async (networks, message) => {
  expect(await problems(of('cpu', networks, ', vm_count: 2'))).toContain(message);
});

test.each([
  `[${POD}, ${NAD}, addresses: dhcp, routes: [{ to: 198.51.100.0/24, via: 192.0.2.9 }], nameservers: 192.0.2.53 }]`,
  `[${POD}, ${NAD}, addresses: slaac, routes: [{ to: "2001:db8:1::/48", via: "2001:db8::1" }] }]`,
  `[${NAD}, addresses: dhcp, gateway: 192.0.2.1 }]`,
  `[${NAD}, addresses: "fd00::1-fd00::9/64", gateway: "fe80::1" }]`,
])('%s is accepted', async (networks) => {
  expect(await problems(of('cpu', networks, ', vm_count: 2'))).toBe('');
});

test.each([
  ['network', '', 'guests of workload network find each other by names'],
  ['redis-bench', '', 'guests of workload redis-bench find each other by names'],
  ['chaos-process', '', undefined],
  ['chaos-migration', '', 'guests of workload chaos-migration call the API server'],
  ['cpu', ', trials: { a: {} }', 'the trials of workload cpu are started together and collected over it'],
])('%s without a pod network', async (workload, more, message) => {
  const text = await problems(of(workload, `[${NAD}, addresses: 192.0.2.1-192.0.2.9/24 }]`, more));
  if (message === undefined) expect(text).toBe('');
  else if (workload === 'network') expect(text).toContain('or let traffic-network name a network with addresses');
  if (message !== undefined) expect(text).toContain(`workloads.${workload}.networks: must have a pod network: ${message}`);
});

test.each(['mac: "52:54:00:00:00:01"', 'addresses: dhcp'])('%s is rejected in a pool', async (part) => {
  const text = await problems(of('cpu', `[${POD}, ${NAD}, ${part} }]`, ', pool: true'));
  expect(text).toContain(`workloads.cpu.networks[1].${part.split(':')[0]}: must not be set for VMs of a pool`);
});

test('a pool can have networks without addresses', async () => {
  expect(await problems(of('cpu', `[${POD}, ${NAD} }]`, ', pool: true'))).toBe('');
  expect(await problems(of('cpu', '[{ pod: masquerade, ipv6: true }]', ', pool: true'))).toContain('networks[0].ipv6: must not be set');
});

test('network data that KubeVirt would reject as too long', async () => {
  const routes = (count: number) => Array.from({ length: count }, (_, index) => `{ to: 198.51.${index}.0/24, via: 192.0.2.1 }`).join();
  const of192 = (count: number) => of('cpu', `[${POD}, ${NAD}, addresses: 192.0.2.9/24, routes: [${routes(count)}] }]`);
  expect(await problems(of192(30))).toBe('');
  expect(await problems(of192(50))).toMatch(
    /workloads\.cpu\.networks: must need at most 2048 bytes of network data, got \d+\n {2}hint: reduce/,
  );
});

test('all errors are reported together', async () => {
  const text = await problems(of('cpu', `[${POD}, { pod: sriov }, ${NAD}, binding: masquerade, gateway: 192.0.2.1 }]`));
  for (const part of ['second pod', 'must not be sriov', 'only the pod network has', 'needs addresses']) expect(text).toContain(part);
});

test.each([
  [
    `networks: [${POD}, ${NAD}, addresses: 192.0.2.1-192.0.2.9/24 }]\nworkloads: { cpu: {}, disk: {} }\n`,
    'gives virtwork-disk-0 the address 192.0.2.1 of ns1/nad-a, which virtwork-cpu-0 has too',
  ],
  [
    `workloads: { cpu: { networks: [{ name: a, multus: virtwork/x, addresses: 192.0.2.1/24 }] }, disk: { networks: [{ name: b, multus: x, addresses: 192.0.2.1/24 }] } }\n`,
    'gives virtwork-disk-0 the address 192.0.2.1 of virtwork/x',
  ],
  [
    `networks: [{ pod: masquerade, mac: "52:54:00:00:00:01" }]\nworkloads: { cpu: {}, disk: {} }\n`,
    'gives virtwork-disk-0 the MAC address 52:54:00:00:00:01',
  ],
])('%# VMs that share an address are rejected once', async (file, message) => {
  const text = await problems(file);
  expect(text).toContain(message);
  expect(text.split('gives virtwork')).toHaveLength(2);
});

test('each VM has the next address of each IP family and the next MAC address, role by role', async () => {
  const networks = `[${POD}, ${NAD}, mac: "52:54:00:00:00:09", addresses: [192.0.2.10/24, 192.0.2.20-192.0.2.29/24, "fd00::a-fd00::f/64"] }]`;
  const { workloads } = await plan(of('tps', networks, ', vm_count: 2'));
  const cards = workloads[0]?.roles.flatMap(({ vms }) => vms.map((vm) => vm.cards?.[1])) ?? [];
  expect(cards.map((card) => [card?.mac, ...(card?.addresses ?? [])].join(' '))).toEqual([
    '52:54:00:00:00:09 192.0.2.10/24 fd00::a/64',
    '52:54:00:00:00:0a 192.0.2.20/24 fd00::b/64',
    '52:54:00:00:00:0b 192.0.2.21/24 fd00::c/64',
    '52:54:00:00:00:0c 192.0.2.22/24 fd00::d/64',
  ]);
});

test('guests without addresses get no network data and no MAC address', async () => {
  const { workloads } = await plan(of('cpu', `[${POD}, ${NAD} }]`));
  const [role] = workloads[0]?.roles ?? [];
  expect(role?.networks?.map(({ guest }) => guest)).toEqual([undefined, undefined]);
  expect(role?.vms[0]?.cards).toEqual([{ addresses: [] }, { addresses: [] }]);
});

test.each([
  [`[${NAD} }]`, '', 'workloads.cpu.networks: has no pod network'],
  ['[{ pod: bridge }]', '', 'workloads.cpu.networks[0].pod: keeps the VMs of workload cpu from migrating'],
  ['[{ pod: bridge }]', ', eviction_strategy: None', undefined],
  [`[${POD}]`, '', undefined],
  [`[${NAD} }]`, ', health_port: 9000', 'workloads.cpu.health_port: has no effect on the readiness probe'],
  [`[${POD}, ${NAD}, binding: sriov }]`, ', network_multiqueue: true', undefined],
  [
    `[${NAD}, model: e1000e }]`,
    ', network_multiqueue: true',
    'workloads.cpu.network_multiqueue: has no effect: no network card of cpu has the model virtio',
  ],
])('the warnings of %s%s', async (networks, more, message) => {
  const { warnings } = await plan(of('cpu', networks, more));
  if (message === undefined) expect(warnings).toEqual([]);
  else expect(warnings.join('\n')).toContain(message);
});

test('flags without effect', async () => {
  const flags = { networks: `[${NAD}, model: e1000 }]`, 'network-multiqueue': true, 'health-port': '9000' };
  const { warnings } = await plan('workloads: { cpu: {} }\n', flags);
  expect(warnings.join('\n')).toContain('flag --network-multiqueue: has no effect: no network card has the model virtio');
  expect(warnings.join('\n')).toContain('flag --health-port: has no effect on readiness probes');
});

test('a workload without a pod network has no Services', async () => {
  const { workloads } = await plan(of('database', `[${NAD} }]`));
  expect(workloads[0]?.services).toEqual([]);
  expect(workloads[0]?.roles[0]?.subdomain).toBeUndefined();
});
