import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('sysbench', { params: { threads: 1, 'test-duration': 5, 'loop-delay': 1 } });

async function effect(): Promise<void> {
  const done = async () => (await lab.metrics('sysbench-0'))['virtwork_sysbench_rounds_total{result="success"}'];
  await eventually(async () => expect(await done()).toBeGreaterThan(0), 300);
}

test('rounds succeed', effect);

survives(lab, {
  units: { 'sysbench-0': ['virtwork-sysbench.service'] },
  tool: { vm: 'sysbench-0', unit: 'virtwork-sysbench.service', program: 'sysbench' },
  effect: effect,
});
