import { createServer } from 'node:net';
import { freePorts, hardwareAddress, machinesOf, neighborsOf, otherCards, otherNetworks } from '../../src/lab/network';
import type { VmPlan } from '../../src/plan/plan';
import { planOf } from '../support/render';

test('free ports are different, and a program can listen on each', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect((await freePorts(5)).filter((port) => ports.includes(port))).toEqual([]);
  const servers = ports.map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))));
  for (const server of servers) server.close();
});

test('a hardware address is locally administered, and the same for the same card of a VM', () => {
  const vm = { name: 'a', uuid: '00000000-0000-5000-8000-000000000000' } as VmPlan;
  expect(hardwareAddress(vm, 'out')).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
  expect(hardwareAddress(vm, 'out')).toBe(hardwareAddress(vm, 'out'));
  expect(hardwareAddress(vm, 'out')).not.toBe(hardwareAddress(vm, 'link'));
});

test('each VM has an address, and the name of a Service leads to the first VM behind it', async () => {
  const plan = await planOf({ workloads: 'network', 'vm-count': '2' });
  expect(neighborsOf(machinesOf(plan.workloads))).toEqual([
    { address: '10.77.0.1', names: ['virtwork-network-server-0', 'virtwork-iperf3-server'] },
    { address: '10.77.0.2', names: ['virtwork-network-server-1'] },
    { address: '10.77.0.3', names: ['virtwork-network-client-0'] },
    { address: '10.77.0.4', names: ['virtwork-network-client-1'] },
  ]);
});

test('VMs of one NetworkAttachmentDefinition are in one network, without gateways and DNS servers', async () => {
  const storage = '{ name: storage, multus: a, addresses: 192.0.2.10-192.0.2.19/24, gateway: 192.0.2.1, nameservers: 192.0.2.1 }';
  const networks = `[${storage}, { name: idle, multus: other/a, model: e1000e }, { name: same, multus: virtwork/a, binding: sriov }]`;
  const machines = machinesOf((await planOf({ workloads: 'cpu', 'vm-count': '2', networks })).workloads);
  const numbers = otherNetworks(machines);
  expect([...numbers]).toEqual([
    ['virtwork/a', 1],
    ['other/a', 2],
  ]);
  const [first, second] = machines.map((machine) => otherCards(machine, numbers));
  expect(first?.others.map(({ network, model }) => [network, model])).toEqual([
    [1, 'virtio'],
    [2, 'e1000e'],
    [1, undefined],
  ]);
  expect(first?.ethernets).toEqual({ storage: { match: { macaddress: first?.others[0]?.mac }, addresses: ['192.0.2.10/24'] } });
  const macs = [first, second].flatMap((each) => each?.others.map(({ mac }) => mac) ?? []);
  expect(new Set(macs).size).toBe(6);
});

test('the lab gives the addresses that guests would get by DHCP and from routers', async () => {
  const [lan, wan] = [
    '{ name: lan, multus: a, addresses: [dhcp, slaac] }',
    '{ name: wan, multus: b, addresses: [dhcp, "fd00::1-fd00::9/64"] }',
  ];
  const networks = `[${wan}, ${lan}, ${lan.replace('lan', 'lan2')}]`;
  const machines = machinesOf((await planOf({ workloads: 'cpu', 'vm-count': '2', networks })).workloads);
  const numbers = otherNetworks(machines);
  const cards = machines.map((machine) => Object.values(otherCards(machine, numbers).ethernets));
  const mac = expect.stringMatching(/^ae:/);
  expect(cards[1]).toEqual([
    { match: { macaddress: mac }, addresses: ['fd00::2/64', '10.78.1.2/24'] },
    { match: { macaddress: mac }, addresses: ['10.78.2.2/24', 'fd00:78:2::2/64'] },
    { match: { macaddress: mac }, addresses: ['10.79.2.2/24', 'fd00:79:2::2/64'] },
  ]);
  expect(JSON.stringify(cards[0])).toContain('10.78.1.1/24');
});

test('a VM without secondary networks has no further cards', async () => {
  const [machine] = machinesOf((await planOf({ workloads: 'cpu', networks: '[{ pod: masquerade, ipv6: true }]' })).workloads);
  expect(machine && otherCards(machine, new Map())).toEqual({ others: [], ethernets: {} });
});
