import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('chaos-network', { params: { 'latency-ms': 50, 'packet-loss-percent': 1 } });
const QDISC = 'tc qdisc show dev $(ip -o route get 10.0.2.2 | grep -oE "dev [^ ]+" | cut -d" " -f2)';

async function effect(): Promise<void> {
  await eventually(() => expect(lab.exec('chaos-network-0', QDISC)).toMatch(/netem .*limit 41700 delay 50ms loss 1%/));
}

test('delay and loss are in force', effect);

/** The number of packets that netem drops of 3000 sent at once, on a network without a destination. */
function dropped(limit: number): number {
  const send = "import socket; s = socket.socket(2, 2); [s.sendto(bytes(1400), ('10.9.0.2', 9)) for _ in range(3000)]";
  const [netns, script] = ['ip netns exec burst', '/usr/local/bin/virtwork-chaos-network'];
  const params = `PARAM_LATENCY_MS=5000 PARAM_PACKET_LOSS_PERCENT=0 PARAM_LIMIT=${limit} VIRTWORK_METRICS_DIR=/nowhere`;
  const statistics = lab.exec(
    'chaos-network-0',
    `ip netns add burst
    ${netns} ip link add burst0 type dummy
    ${netns} ip address add 10.9.0.1/24 dev burst0
    ${netns} ip link set burst0 up
    ${netns} ip route add default via 10.9.0.2
    ${netns} env ${params} ${script} apply >/dev/null
    ${netns} python3 -c "${send}"
    ${netns} tc -s qdisc show dev burst0
    ip netns delete burst`,
  );
  return Number(/dropped (\d+)/.exec(statistics)?.[1]);
}

test('the queue is long enough for the delay, and the old limit was not', () => {
  expect(dropped(0)).toBe(0);
  expect(dropped(1000)).toBeGreaterThan(500);
});

test('stopping the unit removes them, starting it adds them again', async () => {
  expect(lab.exec('chaos-network-0', `systemctl stop virtwork-chaos-network; ${QDISC}`)).not.toContain('netem');
  expect((await lab.metrics('chaos-network-0')).virtwork_chaos_active).toBe(0);
  lab.exec('chaos-network-0', 'systemctl start virtwork-chaos-network');
  await effect();
});

test('the Service that stops chaos removes them, and without it they come back', async () => {
  const names = (...services: readonly string[]) =>
    lab.exec(
      'chaos-network-0',
      `sed -i /svc.cluster.local/d /etc/hosts; echo '127.0.0.9 ${services.map((name) => `${name}.svc.cluster.local.`).join(' ')}' >>/etc/hosts`,
    );
  names('virtwork-chaos-stop.virtwork', 'kubernetes.default');
  await eventually(() => expect(lab.exec('chaos-network-0', QDISC)).not.toContain('netem'));
  await eventually(async () => expect((await lab.metrics('chaos-network-0')).virtwork_chaos_active).toBe(0));
  names('kubernetes.default');
  await effect();
  const said = lab.exec('chaos-network-0', 'journalctl VIRTWORK_UNIT=virtwork-chaos-network.service -o cat');
  expect(said).toMatch(
    /^the Service virtwork-chaos-stop exists: chaos is stopped\n(.*\n)*the Service virtwork-chaos-stop is gone: chaos goes on$/m,
  );
});

survives(lab, {
  units: { 'chaos-network-0': ['virtwork-chaos-network.service'] },
  tool: { vm: 'chaos-network-0', unit: 'virtwork-chaos-network.service', program: 'tc' },
  effect: effect,
});
