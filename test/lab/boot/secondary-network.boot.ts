import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/places';
import { eventually, Lab } from '../guest';

const config = readFileSync(join(ROOT, 'test/lab/boot/secondary-network.yaml'), 'utf8');
let lab: Lab;

beforeAll(() => {
  lab = new Lab('network', { config });
  lab.up();
});

afterAll(() => lab.down());

test('the load runs over the secondary network', async () => {
  await eventually(async () => {
    const metrics = await lab.metrics('network-client-0');
    expect(metrics['virtwork_network_bytes_per_second{direction="receive"}']).toBeGreaterThan(10_000);
  }, 300);
  const peers = "journalctl -u virtwork-network-server -b -o cat | grep -oE 'Accepted connection from [0-9.]+' | sort -u";
  expect(lab.exec('network-server-0', peers)).toBe('Accepted connection from 192.0.2.11');
});

test('each guest has its address, and the card keeps the MAC address of the manifests', () => {
  for (const [guest, address] of [
    ['network-server-0', '192.0.2.10/24'],
    ['network-client-0', '192.0.2.11/24'],
  ] as const) {
    expect(lab.exec(guest, "ip -o addr show | awk '/192.0.2/ { print $4 }'")).toBe(address);
    expect(lab.exec(guest, 'ip -o link')).toMatch(/link\/ether ae:/);
  }
});

test('after a restart, the client finds the address again', async () => {
  expect(
    lab.exec('network-client-0', 'rm /run/virtwork/peer.env; systemctl restart virtwork-network-client; cat /run/virtwork/peer.env'),
  ).toBe('VIRTWORK_PEER="192.0.2.10"');
});
