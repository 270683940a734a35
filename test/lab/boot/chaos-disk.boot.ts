import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('chaos-disk', { params: { 'fill-sleep': 10, 'release-sleep': 10 }, flags: ['--disk-size', '1Gi'] });
const USED = `df --output=pcent /mnt/data | tail -1 | tr -dc 0-9`;

async function effect(): Promise<void> {
  await eventually(() => expect(Number(lab.exec('chaos-disk-0', USED))).toBeGreaterThanOrEqual(88));
  await eventually(() => expect(Number(lab.exec('chaos-disk-0', USED))).toBeLessThan(50));
  expect((await lab.metrics('chaos-disk-0')).virtwork_chaos_disk_fills_total).toBeGreaterThan(0);
}

test('the disk fills and empties again', effect);

/** The source of kubevirt_vmi_filesystem_used_bytes. */
async function usedByAgent(): Promise<number> {
  const filesystems = (await lab.agent('chaos-disk-0', 'guest-get-fsinfo')) as { mountpoint: string; 'used-bytes'?: number }[];
  return filesystems.find(({ mountpoint }) => mountpoint === '/mnt/data')?.['used-bytes'] ?? Number.NaN;
}

test('the guest agent reports how full the disk is, and the operating system', async () => {
  expect(await lab.agent('chaos-disk-0', 'guest-ping')).toEqual({});
  expect(await lab.agent('chaos-disk-0', 'guest-get-osinfo')).toMatchObject({ id: 'debian' });
  await eventually(async () => expect(await usedByAgent()).toBeGreaterThan(700e6));
  await eventually(async () => expect(await usedByAgent()).toBeLessThan(500e6));
  expect(lab.exec('chaos-disk-0', 'systemctl --failed --plain --no-legend')).not.toContain('guest-agent');
});

test('stopping the unit releases the fill at any time', async () => {
  await eventually(() => expect(Number(lab.exec('chaos-disk-0', USED))).toBeGreaterThanOrEqual(88));
  expect(Number(lab.exec('chaos-disk-0', `systemctl stop virtwork-chaos-disk; ${USED}`))).toBeLessThan(50);
  lab.exec('chaos-disk-0', 'systemctl start virtwork-chaos-disk');
});

survives(lab, {
  units: { 'chaos-disk-0': ['virtwork-chaos-disk.service'] },
  tool: { vm: 'chaos-disk-0', unit: 'virtwork-chaos-disk.service', program: 'mountpoint' },
  effect: effect,
  data: {
    leave: () =>
      lab.exec(
        'chaos-disk-0',
        'systemctl stop virtwork-chaos-disk; echo kept >/mnt/data/witness; sync; systemctl start virtwork-chaos-disk',
      ),
    find: () => expect(lab.exec('chaos-disk-0', 'cat /mnt/data/witness')).toBe('kept'),
  },
});
