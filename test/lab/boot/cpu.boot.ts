import { agrees, metric, vcpuSeconds } from '../ground-truth';
import { booted } from '../guest';
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

test('the metrics count what the unit used', async () => {
  const key = 'virtwork_unit_cpu_seconds_total{unit="virtwork-cpu.service"}';
  const before = (await lab.metrics('cpu-0'))[key] as number;
  lab.exec('cpu-0', 'sleep 10');
  expect(((await lab.metrics('cpu-0'))[key] as number) - before).toBeGreaterThan(10);
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
