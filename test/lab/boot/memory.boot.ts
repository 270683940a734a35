import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('memory', { params: { 'memory-percent': 50 } });
/** KiB of the stressors, and the MiB that were free when they started, from their log. */
const HELD = `ps -C stress-ng-vm -o rss= | awk '{s += $1} END {print s}'
  journalctl -b -o cat -u virtwork-memory | grep -oP 'memory \\(MB\\):.* free \\K[0-9.]+' | tail -1`;

async function effect(): Promise<void> {
  await eventually(() => {
    const [held, free] = lab.exec('memory-0', HELD).split('\n').map(Number) as [number, number];
    expect(held / 1024 / free).toBeGreaterThan(0.45);
    expect(held / 1024 / free).toBeLessThan(0.55);
  }, 400);
}

test('half of the free memory is held', effect);

survives(lab, {
  units: { 'memory-0': ['virtwork-memory.service'] },
  tool: { vm: 'memory-0', unit: 'virtwork-memory.service', program: 'stress-ng' },
  effect: effect,
});
