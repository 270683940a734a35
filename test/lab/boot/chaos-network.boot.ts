import { booted } from '../guest';
import { survives } from '../survives';

const lab = booted('chaos-network', { params: { 'latency-ms': 50, 'packet-loss-percent': 1 } });
const QDISC = 'tc qdisc show dev $(ip -o route get 10.0.2.2 | grep -oE "dev [^ ]+" | cut -d" " -f2)';

async function effect(): Promise<void> {
  expect(lab.exec('chaos-network-0', QDISC)).toMatch(/netem .*limit 1000 delay 50ms loss 1%/);
}

test('delay and loss are in force', effect);

test('a stop removes them, a start brings them back', () => {
  expect(lab.exec('chaos-network-0', `systemctl stop virtwork-chaos-network; ${QDISC}`)).not.toContain('netem');
  expect(lab.exec('chaos-network-0', `systemctl start virtwork-chaos-network; ${QDISC}`)).toContain('netem');
});

survives(lab, {
  units: { 'chaos-network-0': ['virtwork-chaos-network.service'] },
  tool: { vm: 'chaos-network-0', unit: 'virtwork-chaos-network.service', program: 'tc' },
  effect: effect,
});
