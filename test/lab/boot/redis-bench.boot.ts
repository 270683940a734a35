import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('redis-bench', { params: { 'num-requests': 1000, 'num-clients': 2, 'loop-delay': 2 }, flags: ['--cpu-cores', '1'] });

/** The output of redis-cli on the server. */
function redis(command: string): string {
  return lab.exec('redis-bench-server-0', `redis-cli ${command}`);
}

async function effect(): Promise<void> {
  const done = async () => (await lab.metrics('redis-bench-client-0'))['virtwork_redis_bench_runs_total{result="success"}'];
  await eventually(async () => expect(await done()).toBeGreaterThan(0), 300);
  expect(lab.exec('redis-bench-server-0', 'findmnt -no TARGET /var/lib/virtwork-redis')).toBe('/var/lib/virtwork-redis');
}

test('requests succeed, with the data on the data disk', effect);

survives(lab, {
  units: {
    'redis-bench-server-0': ['virtwork-redis-bench-server.service'],
    'redis-bench-client-0': ['virtwork-redis-bench-client.service'],
  },
  tool: { vm: 'redis-bench-client-0', unit: 'virtwork-redis-bench-client.service', program: 'redis-benchmark' },
  effect: effect,
  data: {
    leave: () => redis('set witness kept && redis-cli save'),
    find: () => expect(redis('get witness')).toBe('kept'),
  },
});
