import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { guestFiles } from '../../src/guest/files';
import { loadPlan } from '../../src/load-plan';
import { tempDir } from '../support/render';

async function plan(file: string) {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), file);
  return (await loadPlan({ flags: {}, env: {}, cwd })).plan;
}

async function problems(file: string): Promise<string> {
  return plan(file).then(
    () => '',
    (error) => (error instanceof UserError ? error.message.replace(/virtwork\.yaml:\d+:\d+: /g, '') : Promise.reject(error)),
  );
}

const STORAGE = '{ name: storage, multus: a, addresses: ["fd00::1-fd00::9/64", 192.0.2.10-192.0.2.19/24] }';
const of = (networks: string, more: string) => `workloads: { tps: { vm_count: 2, networks: ${networks}, ${more} } }\n`;

/** Files of the guests of a role, by path. */
async function filesOf(file: string, role: string): Promise<{ readonly [path: string]: string }> {
  const found = (await plan(file)).workloads[0]?.roles.find((each) => each.role === role);
  return Object.fromEntries(found ? guestFiles(found).map(({ path, content }) => [path, String(content)]) : []);
}

const DROP_IN = (unit: string) => `/etc/systemd/system/${unit}.service.d/10-virtwork.conf`;

test('clients use the IPv4 addresses of their servers', async () => {
  const file = of(`[{ pod: masquerade }, ${STORAGE}]`, 'params: { traffic-network: storage }');
  const client = await filesOf(file, 'client');
  expect(client['/etc/virtwork/peers/storage']).toBe('192.0.2.10\n192.0.2.11\n');
  expect(client['/etc/virtwork/workload.env']).toContain('PARAM_TRAFFIC_NETWORK="storage"\n');
  expect(client[DROP_IN('virtwork-tps-client')]).toContain(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: systemd expands it
    'EnvironmentFile=-/run/virtwork/peer.env\nExecStartPre=+/usr/local/bin/virtwork-peer-address "${PARAM_TRAFFIC_NETWORK}" %n\n',
  );
  expect(client['/usr/local/bin/virtwork-peer-address']).toContain('#!/bin/bash');
  const server = await filesOf(file, 'server');
  expect(server['/etc/virtwork/peers/storage']).toBeUndefined();
  expect(server[DROP_IN('virtwork-tps-server')]).not.toContain('peer');
});

test('without IPv4 addresses, clients use the IPv6 addresses', async () => {
  const networks = '[{ pod: masquerade }, { name: a, multus: b, addresses: [dhcp, "fd00::1-fd00::9/64"] }]';
  const client = await filesOf(of(networks, 'params: { traffic-network: a }'), 'client');
  expect(client['/etc/virtwork/peers/a']).toBe('fd00::1\nfd00::2\n');
});

const LEARNT = [
  '[{ pod: masquerade }, { name: a, multus: b, addresses: dhcp }]',
  '[{ pod: masquerade }, { name: a, multus: b, addresses: [dhcp, slaac] }]',
  '[{ pod: masquerade }, { name: a, multus: b }]',
  '[{ pod: l2bridge, mac: "52:54:00:00:00:01" }, { name: a, multus: b, binding: sriov, addresses: slaac }]',
];

test.each(LEARNT)('clients ask their servers for addresses in %s', async (networks) => {
  for (const more of ['params: { traffic-network: a }', 'trials: { x: { traffic-network: a } }']) {
    const file = of(networks, `health_port: 9123, ${more}`);
    const client = await filesOf(file, 'client');
    expect(client['/etc/virtwork/peers/a']).toBe('ask 9123\n');
    expect(client['/usr/local/lib/virtwork/addresses.sh']).toBeUndefined();
    const server = await filesOf(file, 'server');
    expect(server['/usr/local/lib/virtwork/addresses.sh']).toContain('answer_addresses');
    expect(server['/etc/systemd/system/virtwork-health@.service.d/10-addresses.conf']).toContain('AF_NETLINK');
    expect(server['/etc/virtwork/peers/a']).toBeUndefined();
    const [workload] = (await plan(file)).workloads;
    const macs = workload?.roles[0]?.vms.map(({ cards = [] }) => cards[1]?.mac);
    expect(new Set(macs).size).toBe(2);
    expect(server['/etc/virtwork/cards/a']).toBe(`${macs?.join('\n')}\n`);
    // The name of the server leads to it, and a network policy allows what a Service has.
    expect(workload?.services.find(({ headless }) => headless)?.ports.map(({ port }) => port)).toContain(9123);
  }
});

test('the servers find a card with a MAC address of the configuration', async () => {
  const networks = '[{ pod: masquerade }, { name: a, multus: b, mac: "52:54:00:00:00:0a", addresses: dhcp }]';
  const server = await filesOf(of(networks, 'params: { traffic-network: a }'), 'server');
  expect(server['/etc/virtwork/cards/a']).toBe('52:54:00:00:00:0a\n52:54:00:00:00:0b\n');
});

test('of two networks, only those without addresses are asked for', async () => {
  const networks = `[{ pod: masquerade }, ${STORAGE}, { name: a, multus: b, addresses: dhcp }]`;
  const file = of(networks, 'trials: { x: { traffic-network: a }, y: { traffic-network: storage } }');
  const client = await filesOf(file, 'client');
  expect([client['/etc/virtwork/peers/a'], client['/etc/virtwork/peers/storage']]).toEqual(['ask 9998\n', '192.0.2.10\n192.0.2.11\n']);
  expect(client[DROP_IN('virtwork-tps-client-prepare')]).toContain(' %n prepare\n');
  expect(client[DROP_IN('virtwork-tps-client-trial')]).not.toContain(' prepare\n');
  const server = await filesOf(file, 'server');
  expect(Object.keys(server).filter((path) => path.startsWith('/etc/virtwork/cards/'))).toEqual(['/etc/virtwork/cards/a']);
});

test('one trial may use it and another one not', async () => {
  const client = await filesOf(
    of(`[{ pod: masquerade }, ${STORAGE}]`, 'trials: { pod: {}, fast: { traffic-network: storage } }'),
    'client',
  );
  expect(client['/etc/virtwork/workload.env']).toContain('PARAM_TRAFFIC_NETWORK=""\n');
  expect(client['/etc/virtwork/trials/002-fast-r1.env']).toContain('PARAM_TRAFFIC_NETWORK="storage"\n');
  for (const unit of ['virtwork-tps-client-trial', 'virtwork-tps-client-prepare'])
    expect(client[DROP_IN(unit)]).toMatch(/trial\/env\nEnvironmentFile=-\/run\/virtwork\/peer\.env\nExecStartPre=/);
  expect(client[DROP_IN('virtwork-trials')]).not.toContain('peer');
});

test.each(['', 'trials: { a: {} }'])('guests without it know nothing about it: %s', async (more) => {
  const client = await filesOf(of(`[{ pod: masquerade }, ${STORAGE}]`, more), 'client');
  expect(JSON.stringify(client)).not.toMatch(/TRAFFIC|peer-address|peers\/storage/);
});

test.each([
  [
    '[{ pod: masquerade }]',
    'x',
    'param traffic-network of tps must be the name of a secondary network of the workload, got "x"; known: none',
  ],
  [`[{ pod: masquerade }, ${STORAGE}]`, 'storag', 'got "storag"; known: storage\n  hint: did you mean "storage"?'],
  [`[{ pod: masquerade }, ${STORAGE}]`, 'default', 'got "default"; known: storage\n  hint: omit traffic-network for the pod network'],
  [`[{ pod: masquerade }, ${STORAGE}]`, '5', 'got "5"; known: storage'],
  [`[{ pod: masquerade }, ${STORAGE}]`, '"a b"', 'must be the name of a secondary network of the workload, got "a b"'],
])('%s with %s is rejected once', async (networks, name, message) => {
  for (const more of [`params: { traffic-network: ${name} }`, `trials: { a: { traffic-network: ${name} } }`]) {
    const text = await problems(of(networks, more));
    expect(text).toContain(message);
    expect(text.split('must ')).toHaveLength(2);
  }
});

test.each([
  '[{ name: a, multus: b }]',
  '[{ name: a, multus: b, addresses: [dhcp, slaac] }]',
])('without a pod network, clients cannot ask in %s', async (networks) => {
  expect(await problems(of(networks, 'params: { traffic-network: a }'))).toBe(
    'param traffic-network of tps must name a network with addresses such as 192.0.2.10-192.0.2.19/24, got "a": without a pod network, clients cannot ask their servers for addresses\n  hint: add such addresses to a in networks, or add {pod: masquerade} to networks',
  );
});

test('without a health port, clients cannot ask', async () => {
  const of0 = (addresses: string) =>
    problems(
      of(`[{ pod: masquerade }, { name: a, multus: b, addresses: ${addresses} }]`, 'health_port: 0, params: { traffic-network: a }'),
    );
  expect(await of0('dhcp')).toContain(
    'without a health port, clients cannot ask their servers for addresses\n  hint: add such addresses to a in networks, or set --health-port 9998',
  );
  expect(await of0('192.0.2.10-192.0.2.19/24')).toBe('');
});

test('without a pod network, the load needs it', async () => {
  expect(await problems(of(`[${STORAGE}]`, 'params: { traffic-network: storage }'))).toBe('');
  expect(await problems(of(`[${STORAGE}]`, ''))).toContain('guests of workload tps find each other by names');
});
