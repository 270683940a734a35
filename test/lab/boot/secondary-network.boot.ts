import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/places';
import { eventually, Lab } from '../guest';

const config = readFileSync(join(ROOT, 'test/lab/boot/secondary-network.yaml'), 'utf8');
const SERVER = 'network-server-0';
const CLIENT = 'network-client-0';
let lab: Lab;

beforeAll(() => {
  lab = new Lab('network', { config });
  lab.up();
});

afterAll(() => lab.down());

/** The address to which the client connects. */
const peer = () => lab.exec(CLIENT, 'cat /run/virtwork/peer.env').replace(/^VIRTWORK_PEER="(.*)"$/, '$1');

async function health(): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`http://127.0.0.1:${lab.machine(CLIENT).healthPort}/healthz`);
  return { status: response.status, text: await response.text() };
}

/** Addresses from which the server had connections since a time. */
function connections(since = '-1h'): string[] {
  const lines = `journalctl -u virtwork-network-server -b --since=${since} -o cat`;
  return lab
    .exec(SERVER, `${lines} | grep -oE 'Accepted connection from [0-9a-f.:]+' | sort -u`)
    .replaceAll('Accepted connection from ', '')
    .split('\n');
}

async function works(): Promise<void> {
  await eventually(async () => {
    const metrics = await lab.metrics(CLIENT);
    expect(metrics['virtwork_network_bytes_per_second{direction="receive"}']).toBeGreaterThan(10_000);
  }, 300);
}

test('the load runs over the network in which only the server knows its address', async () => {
  await works();
  expect(lab.exec(CLIENT, 'cat /etc/virtwork/peers/leased')).toBe('ask 9998');
  expect(peer()).toBe('10.78.2.1');
  expect(connections()).toEqual(['10.78.2.2']);
});

test('each guest has its address, and the cards keep the MAC addresses of the manifests', () => {
  for (const [guest, address] of [
    [SERVER, '192.0.2.10/24'],
    [CLIENT, '192.0.2.11/24'],
  ] as const) {
    expect(lab.exec(guest, "ip -o addr show | awk '/192.0.2/ { print $4 }'")).toBe(address);
    expect(lab.exec(guest, 'ip -o link').match(/link\/ether ae:/g)).toHaveLength(2);
  }
});

test('while the server has no address, the load waits and says why; then it uses the new one', async () => {
  const card = lab.exec(SERVER, "ip -o -4 addr show | awk '/10[.]78/ { print $2 }'");
  lab.exec(SERVER, `ip -4 addr flush dev ${card}`);
  lab.exec(CLIENT, 'systemctl restart --no-block virtwork-network-client');
  const words = 'virtwork-network-server-0 has no address in the network "leased" yet';
  await eventually(async () => {
    const { status, text } = await health();
    expect(status).toBe(503);
    expect(text).toContain(`FAIL virtwork-network-client.service: activating`);
    expect(text).toContain(`; ${words}`);
  }, 120);
  expect(lab.exec(CLIENT, 'journalctl -u virtwork-network-client -b -o cat | grep waiting')).toContain(`waiting: ${words}`);
  lab.exec(SERVER, `ip addr add 10.78.2.99/24 dev ${card}`);
  await eventually(() => expect(peer()).toBe('10.78.2.99'), 120);
  await eventually(async () => expect((await health()).status).toBe(200), 180);
});

test('after a restart, the client finds an address of the configuration again', async () => {
  const other = [
    'echo 192.0.2.10 >/etc/virtwork/peers/storage',
    'sed -i s/leased/storage/ /etc/virtwork/workload.env',
    'rm /run/virtwork/peer.env',
    'systemctl restart virtwork-network-client',
  ];
  lab.exec(CLIENT, other.join('; '));
  expect(peer()).toBe('192.0.2.10');
  await eventually(() => expect(connections('-1min')).toEqual(['192.0.2.11']), 180);
});
