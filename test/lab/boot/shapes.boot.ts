import { join } from 'node:path';
import { level, type Shape } from '../../../src/signals/shape';
import { ROOT } from '../../support/places';
import { booted, eventually } from '../guest';

const CPU: Shape = { kind: 'duty', period: 120, low: 0, duty: 50, steps: 4, noise: 0, seed: 0 };
const DISK: Shape = { ...CPU, low: 10 };
const CONFIG = ['--config', join(ROOT, 'test/lab/boot/shapes.yaml')];
const lab = booted('cpu', { flags: ['disk', ...CONFIG, '--cpu-cores', '1', '--disk-size', '2Gi'] });

/** Seconds of a half of the period that belong to it alone: an emulated guest is late when the level changes. */
const LATE = 20;

/** Waits in the guest for the middle of the half with full load, or of the other one. */
const awaitHalf = (full: boolean) =>
  `until t=$(($(date +%s) % 120)); ((t >= ${(full ? 0 : 60) + LATE} && t < ${(full ? 0 : 60) + LATE + 5})); do sleep 1; done`;

/** The share of 30 seconds in which the CPU of the guest works. */
function busy(full: boolean): number {
  const [idle = 0, all = 1] = lab
    .exec(
      'cpu-0',
      `${awaitHalf(full)}; read -r _ a b c d e f g h _ </proc/stat; sleep 30; read -r _ A B C D E F G H _ </proc/stat
      echo $((D + E - d - e)) $((A + B + C + D + E + F + G + H - a - b - c - d - e - f - g - h))`,
    )
    .split(' ')
    .map(Number);
  return 1 - idle / all;
}

/** Operations per second on the data disk, in 30 seconds. */
function operations(full: boolean): number {
  const count = 'read -r a _ _ _ b _ </sys/block/$(basename "$(readlink -f /dev/disk/by-id/virtio-virtwork-disk)")/stat';
  return Number(lab.exec('disk-0', `${awaitHalf(full)}; ${count}; from=$((a + b)); sleep 30; ${count}; echo $(((a + b - from) / 30))`));
}

/** The level that the guest reports, beside that of its clock. */
const reported = (vm: string) =>
  lab
    .exec(vm, `${awaitHalf(true)}; date +%s; sed -n 's/^virtwork_shape_level_ratio //p' /run/virtwork/metrics/shape.prom`)
    .split('\n')
    .map(Number) as [number, number];

test('the CPU follows the curve: all of it, then almost nothing', () => {
  expect(busy(true)).toBeGreaterThan(0.8);
  expect(busy(false)).toBeLessThan(0.5);
});

test('the operations of the disk follow the curve, below the cap', async () => {
  await eventually(async () =>
    expect((await lab.metrics('disk-0'))['virtwork_disk_runs_total{job="mixed",result="success"}']).toBeGreaterThan(0),
  );
  const [full, low] = [operations(true), operations(false)];
  expect(full).toBeGreaterThan(30);
  expect(full).toBeLessThan(75);
  expect(low).toBeLessThan(full / 2);
});

test.each([
  ['cpu-0', CPU],
  ['disk-0', DISK],
])('%s reports the level that its clock gives, also after a restart', (vm, shape) => {
  for (const unit of ['', `virtwork-${vm.slice(0, -2)}`]) {
    if (unit !== '') lab.exec(vm, `systemctl restart ${unit}; sleep 10`);
    const [time, value] = reported(vm);
    expect([time, value]).toEqual([time, level(shape, time)]);
  }
});
