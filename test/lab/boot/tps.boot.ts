import { agrees, received } from '../ground-truth';
import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('tps', { params: { iterations: 1, duration: 5, 'file-size': '1M' }, flags: ['--cpu-cores', '1'] });

async function effect(): Promise<void> {
  await eventually(async () => {
    const metrics = await lab.metrics('tps-client-0');
    expect(metrics.virtwork_tps_transactions_per_second).toBeGreaterThan(1);
    expect(metrics.virtwork_tps_transfers_total).toBeGreaterThan(0);
    // Only complete transfers count. Each has the size of the file.
    const { virtwork_tps_bytes_per_second: bytes, virtwork_tps_transfers_per_second: transfers } = metrics;
    expect(Math.abs((bytes as number) / (transfers as number) / 2 ** 20 - 1)).toBeLessThan(0.01);
  }, 400);
}

test('transactions and whole transfers are counted', effect);

test("the workload's daemons listen on the ports of the Service", () => {
  expect(lab.exec('tps-server-0', 'ss -Hltn | grep -oE ":(12865|8080)\\b" | sort -u')).toBe(':12865\n:8080');
});

test.each([
  ['no server', 'true'],
  ['a server that answers 404', 'mkdir -p /run/nothing; systemd-run --unit impostor python3 -m http.server 8080 --directory /run/nothing'],
])('%s does not count as a transfer', async (_, impostor) => {
  lab.exec('tps-server-0', `systemctl stop virtwork-tps-server-http; ${impostor}`);
  const counted = async () => (await lab.metrics('tps-client-0')).virtwork_tps_transfers_total;
  const failed = async () => (await lab.metrics('tps-client-0')).virtwork_tps_failed_transfers_total as number;
  lab.exec('tps-client-0', 'sleep 12');
  const [before, failedBefore] = [await counted(), await failed()];
  await eventually(async () => expect(await failed()).toBeGreaterThan(failedBefore));
  expect(await counted()).toBe(before);
  lab.exec('tps-server-0', 'systemctl stop impostor; systemctl start virtwork-tps-server-http');
});

agrees('bytes received', received(lab, 'tps-client-0', 'virtwork-tps-client.service'));

survives(lab, {
  units: {
    'tps-server-0': ['virtwork-tps-server.service', 'virtwork-tps-server-http.service'],
    'tps-client-0': ['virtwork-tps-client.service'],
  },
  tool: { vm: 'tps-client-0', unit: 'virtwork-tps-client.service', program: 'netperf' },
  effect,
});
