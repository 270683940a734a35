import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('memory', { params: { 'memory-percent': 50 } });
const HELD = `ps -C stress-ng,stress-ng-vm -o rss= | awk '{s += $1} END {print s}'; awk '/MemTotal/ {print $2}' /proc/meminfo`;

async function effect(): Promise<void> {
  await eventually(() => {
    const [held, all] = lab.exec('memory-0', HELD).split('\n').map(Number) as [number, number];
    // Half of what was free when it began, which is not all of a small guest.
    expect(held / all).toBeGreaterThan(0.3);
    expect(held / all).toBeLessThan(0.7);
  }, 400);
}

test('half of the free memory is held', effect);

survives(lab, {
  units: { 'memory-0': ['virtwork-memory.service'] },
  tool: { vm: 'memory-0', unit: 'virtwork-memory.service', program: 'stress-ng' },
  effect: effect,
});
