import { guestFiles } from '../../src/guest/files';
import { planOf } from '../support/render';

async function dropIns(flags: object): Promise<{ readonly [path: string]: string }> {
  const [role] = (await planOf({ workloads: 'cpu', ...flags })).workloads[0]?.roles ?? [];
  if (!role) throw new Error('cpu has no role');
  const files = guestFiles(role).filter(({ path }) => /guest-agent\.service\.d/.test(path));
  return Object.fromEntries(files.map(({ path, content }) => [path.replace('/etc/systemd/system/', ''), String(content)]));
}

const NO_POD = '[{ name: a, multus: b }]';

test('without a pod network, the agent may run the command of the probe', async () => {
  const found = await dropIns({ networks: NO_POD });
  expect(found['qemu-guest-agent.service.d/10-virtwork.conf']).toBe(
    '[Service]\nEnvironmentFile=\nExecStartPre=-+/usr/sbin/setsebool virt_qemu_ga_run_unconfined on\n',
  );
  expect(found['virtwork-guest-agent.service.d/10-virtwork.conf']).toContain(
    'virtwork-guest-agent; systemctl try-restart qemu-guest-agent.service',
  );
});

test.each([
  {},
  { networks: '[{ pod: bridge }]' },
  { networks: NO_POD, 'health-port': '0' },
])('%j changes nothing of the agent', async (flags) => {
  expect(await dropIns(flags)).toEqual({});
});
