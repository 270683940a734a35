import { agrees, received } from '../ground-truth';
import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('network', {
  params: { 'test-duration': 5, 'parallel-streams': 1 },
  flags: ['--vm-count', '2', '--cpu-cores', '1'],
  memory: '448Mi',
});
/** Addresses of the peers that a server has served, from its own journal. */
const PEERS = `journalctl -u virtwork-network-server -b -o cat | grep -oE 'Accepted connection from [0-9.]+' | sort -u`;

async function effect(): Promise<void> {
  for (const client of ['network-client-0', 'network-client-1']) {
    await eventually(async () => {
      const metrics = await lab.metrics(client);
      for (const direction of ['transmit', 'receive']) {
        expect(metrics[`virtwork_network_bytes_per_second{direction="${direction}"}`]).toBeGreaterThan(10_000);
      }
    }, 300);
  }
}

test('bytes move between each pair in both directions', effect);

test('client i measures server i and no other', () => {
  const addresses = Object.fromEntries(lab.vms().map(({ name, address }) => [name, address]));
  for (const index of [0, 1]) {
    expect(lab.exec(`network-server-${index}`, PEERS)).toBe(`Accepted connection from ${addresses[`virtwork-network-client-${index}`]}`);
  }
});

agrees('bytes received', received(lab, 'network-client-0', 'virtwork-network-client.service'));

survives(lab, {
  units: { 'network-server-0': ['virtwork-network-server.service'], 'network-client-0': ['virtwork-network-client.service'] },
  tool: { vm: 'network-client-0', unit: 'virtwork-network-client.service', program: 'iperf3' },
  effect: effect,
});
