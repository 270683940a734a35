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
    'EnvironmentFile=-/run/virtwork/peer.env\nExecStartPre=+/usr/local/bin/virtwork-peer-address "${PARAM_TRAFFIC_NETWORK}"\n',
  );
  expect(client['/usr/local/bin/virtwork-peer-address']).toContain('#!/bin/bash');
  const server = await filesOf(file, 'server');
  expect(server['/etc/virtwork/peers/storage']).toBeUndefined();
  expect(server[DROP_IN('virtwork-tps-server')]).not.toContain('peer');
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
  [`[{ pod: masquerade }, ${STORAGE}]`, 'default', 'got "default"; known: storage'],
  [`[{ pod: masquerade }, ${STORAGE}]`, '5', 'got "5"; known: storage'],
  [`[{ pod: masquerade }, ${STORAGE}]`, '"a b"', 'must be the name of a secondary network of the workload, got "a b"'],
  ['[{ pod: masquerade }, { name: a, multus: b }]', 'a', 'param traffic-network of tps must name a network with IPv4 addresses, got "a"'],
  ['[{ pod: masquerade }, { name: a, multus: b, addresses: dhcp }]', 'a', 'must name a network with IPv4 addresses, got "a"'],
  ['[{ pod: masquerade }, { name: a, multus: b, addresses: "fd00::1-fd00::9/64" }]', 'a', 'must name a network with IPv4 addresses'],
])('%s with %s is rejected once', async (networks, name, message) => {
  for (const more of [`params: { traffic-network: ${name} }`, `trials: { a: { traffic-network: ${name} } }`]) {
    const text = await problems(of(networks, more));
    expect(text).toContain(message);
    expect(text.split('must ')).toHaveLength(2);
  }
});

test('without a pod network, the load needs it', async () => {
  expect(await problems(of(`[${STORAGE}]`, 'params: { traffic-network: storage }'))).toBe('');
  expect(await problems(of(`[${STORAGE}]`, ''))).toContain('guests of workload tps find each other by names');
});
