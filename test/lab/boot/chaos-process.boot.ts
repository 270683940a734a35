import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('chaos-process', { params: { interval: 3 } });

async function effect(): Promise<void> {
  await eventually(async () => {
    const samples = Object.entries(await lab.metrics('chaos-process-0'));
    const kills = samples.filter(([sample]) => sample.startsWith('virtwork_chaos_process_kills_total'));
    expect(kills.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(2);
  });
  await eventually(() => lab.exec('chaos-process-0', `systemctl list-units 'virtwork-victim@*' --state=active --no-legend | grep -q .`));
}

test('victims are killed and restarted', effect);

test('each kill is an event', async () => {
  const answer = await fetch(`http://127.0.0.1:${lab.machine('chaos-process-0').healthPort}/events`);
  expect(answer.status).toBe(200);
  const events = (await answer.text()).split('\n').filter(Boolean);
  const kills = events.map((line) => JSON.parse(line) as { [name: string]: string }).filter((event) => event.VIRTWORK_EVENT === 'kill');
  expect(kills.at(-1)).toMatchObject({
    VIRTWORK_UNIT: 'virtwork-chaos-process.service',
    MESSAGE: expect.stringMatching(/^sent SIGTERM to process \d+ of \S+\.service$/),
    __REALTIME_TIMESTAMP: expect.stringMatching(/^\d{16}$/),
  });
});

test('essential services keep running', () => {
  expect(lab.exec('chaos-process-0', 'systemctl is-active ssh dbus systemd-journald')).toBe('active\nactive\nactive');
  expect(lab.exec('chaos-process-0', 'systemctl show -P NRestarts ssh virtwork-chaos-process')).toMatch(/^0\n+0$/);
});

survives(lab, {
  units: { 'chaos-process-0': ['virtwork-chaos-process.service'] },
  tool: { vm: 'chaos-process-0', unit: 'virtwork-chaos-process.service', program: 'virtwork-chaos-process' },
  effect: effect,
});
