import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('idle');

interface Event {
  readonly MESSAGE?: string;
  readonly UNIT?: string;
  readonly VIRTWORK_EVENT?: string;
  readonly _BOOT_ID: string;
}

async function events(): Promise<Event[]> {
  const response = await fetch(`http://127.0.0.1:${lab.machine('idle-0').healthPort}/events`);
  expect(response.status).toBe(200);
  const lines = (await response.text()).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Event);
}

/** The unit has started, and uses nothing. */
async function effect(): Promise<void> {
  const metrics = await lab.metrics('idle-0');
  expect(metrics['virtwork_unit_active{unit="virtwork-idle.service"}']).toBe(1);
  expect(metrics['virtwork_unit_cpu_seconds_total{unit="virtwork-idle.service"}'] ?? 0).toBeLessThan(5);
}

test('the VM is ready and does nothing', effect);

test('its events show the start of the unit, and events of root only', async () => {
  const own = '. /usr/local/lib/virtwork/common.sh; event load-start "the load starts"';
  lab.exec('idle-0', `${own}; runuser -u nobody -- bash -c '. /usr/local/lib/virtwork/common.sh; event kill forged'; journalctl --sync`);
  await eventually(async () => {
    const found = await events();
    expect(found.some(({ UNIT, MESSAGE = '' }) => UNIT === 'virtwork-idle.service' && /^(Started|Finished) /.test(MESSAGE))).toBe(true);
    expect(found.filter((event) => event.VIRTWORK_EVENT !== undefined).map(({ MESSAGE }) => MESSAGE)).toEqual(['the load starts']);
  });
});

survives(lab, {
  units: { 'idle-0': ['virtwork-idle.service'] },
  tool: { vm: 'idle-0', unit: 'virtwork-idle.service', program: '/usr/bin/true' },
  effect,
});
