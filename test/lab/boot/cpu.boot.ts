import { type AddressInfo, createServer } from 'node:net';
import { agrees, metric, vcpuSeconds } from '../ground-truth';
import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('cpu');
const IDLE = `read -r _ a b c d e f g h _ </proc/stat; sleep 10; read -r _ A B C D E F G H _ </proc/stat
  echo $((D + E - d - e)) $((A + B + C + D + E + F + G + H - a - b - c - d - e - f - g - h))`;

async function effect(): Promise<void> {
  const [idle, all] = lab.exec('cpu-0', IDLE).split(' ').map(Number) as [number, number];
  expect(idle / all).toBeLessThan(0.15);
  expect(lab.exec('cpu-0', 'pgrep -c stress-ng-cpu; nproc').split('\n')).toEqual(['2', '2']);
}

test('every CPU is busy, with one worker each', effect);

test('the metrics count the CPU time of the unit', async () => {
  const key = 'virtwork_unit_cpu_seconds_total{unit="virtwork-cpu.service"}';
  const before = (await lab.metrics('cpu-0'))[key] as number;
  lab.exec('cpu-0', 'sleep 10');
  expect(((await lab.metrics('cpu-0'))[key] as number) - before).toBeGreaterThan(10);
});

describe('another user of the guest', () => {
  const as = (user: string, script: string) => lab.exec('cpu-0', `runuser -u ${user} -- bash -c '${script}' 2>&1 || true`);

  test('cannot write to the folder of metrics', async () => {
    for (const user of ['nobody', 'daemon', 'debian']) {
      expect(as(user, 'echo "x 1" >/run/virtwork/metrics/x.prom; mkfifo /run/virtwork/metrics/y.prom')).toMatch(/denied.*denied/s);
    }
    lab.exec('cpu-0', 'echo "forged 1" >/run/virtwork/metrics/forged.prom; chown nobody /run/virtwork/metrics/forged.prom');
    expect(await lab.metrics('cpu-0')).not.toHaveProperty('forged');
    lab.exec('cpu-0', 'rm /run/virtwork/metrics/forged.prom');
  });

  test('the services of the workload can', async () => {
    const drop = '/run/systemd/system/virtwork-cpu.service.d';
    lab.exec(
      'cpu-0',
      `mkdir -p ${drop}; echo -e '[Service]\nReadWritePaths=/run/virtwork/metrics\nExecStartPre=/bin/sh -c "echo own 1 >/run/virtwork/metrics/own.prom"' >${drop}/x.conf
       systemctl daemon-reload; systemctl restart virtwork-cpu`,
    );
    await eventually(async () => expect((await lab.metrics('cpu-0')).own).toBe(1));
    lab.exec('cpu-0', `rm -r ${drop} /run/virtwork/metrics/own.prom; systemctl daemon-reload`);
  });

  test('cannot use up the connections of the probe, from any address', async () => {
    const { healthPort } = lab.machine('cpu-0');
    lab.exec(
      'cpu-0',
      `systemd-run --quiet --uid=nobody --unit=slow /usr/bin/python3 -c '
import socket, time
held = []
end = time.time() + 60
while time.time() < end:
  for source, target in [("127.0.0.%d" % n, "127.0.0.1") for n in range(2, 12)] + 10 * [("127.0.0.1",) * 2, ("10.0.2.15",) * 2, ("10.77.0.1",) * 2]:
    try:
      s = socket.socket(); s.settimeout(0.05); s.bind((source, 0)); s.connect((target, 9998)); s.send(b"G"); held.append(s)
    except OSError: pass
  held = held[-200:]
  time.sleep(4)
'`,
    );
    const until = Date.now() + 40_000;
    const answers: string[] = [];
    while (Date.now() < until) {
      const answer = await fetch(`http://127.0.0.1:${healthPort}/healthz`, { signal: AbortSignal.timeout(30_000) }).then(
        (response) => response.text(),
        (error: Error) => error.message,
      );
      answers.push(answer);
      await new Promise((resolve) => {
        setTimeout(resolve, 500);
      });
    }
    // Under emulation, systemd may be too slow to answer one request, but it does not reject any.
    expect(answers.filter((answer) => !/virtwork-cpu\.service: |aborted due to timeout/.test(answer))).toEqual([]);
    expect(answers.join()).toContain('virtwork-cpu.service: ');
  });
});

test('a guest reaches neither this machine nor its network', async () => {
  // The kernel accepts connections, although no program answers.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const reached = lab.exec('cpu-0', `timeout 10 bash -c 'exec 3<>/dev/tcp/10.0.2.2/${port}' 2>/dev/null && echo reached || echo not`);
  await new Promise((resolve) => server.close(resolve));
  expect(reached).toBe('not');
});

test('the console of a guest is printed without terminal control characters', () => {
  lab.exec('cpu-0', 'printf "\\033]0;title\\007flood\\033[2J\\033[31m\\n" >/dev/ttyS0');
  const shown = lab.logs('cpu-0', '--console');
  expect(shown).toContain('flood');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
  expect(shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
});

agrees('CPU seconds', {
  inside: () => metric(lab, 'cpu-0', 'virtwork_unit_cpu_seconds_total', 'virtwork-cpu.service'),
  outside: () => vcpuSeconds(lab, 'cpu-0'),
});

survives(lab, {
  units: { 'cpu-0': ['virtwork-cpu.service'] },
  tool: { vm: 'cpu-0', unit: 'virtwork-cpu.service', program: 'stress-ng' },
  effect: effect,
});
