import { agrees, metric } from '../ground-truth';
import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('disk', { params: { numjobs: 1, runtime: 10, iodepth: 4, 'file-size': '200M' }, flags: ['--disk-size', '6Gi'] });

async function effect(): Promise<void> {
  expect(lab.exec('disk-0', 'findmnt -no FSTYPE,TARGET /mnt/data; lsblk -ndo SERIAL $(findmnt -no SOURCE /mnt/data)')).toMatch(
    /^xfs +\/mnt\/data\nvirtwork-disk$/,
  );
  const before = await lab.writtenBytes('disk-0', 'data');
  await eventually(async () => expect((await lab.writtenBytes('disk-0', 'data')) - before).toBeGreaterThan(20e6));
}

test('fio writes to the data disk, as QEMU measures', effect);

test('the disk allows no device files and no setuid programs', () => {
  expect(lab.exec('disk-0', 'findmnt -no OPTIONS /mnt/data').split(',')).toEqual(expect.arrayContaining(['nosuid', 'nodev']));
});

test('each job publishes its results', async () => {
  await eventually(async () => {
    const metrics = await lab.metrics('disk-0');
    for (const job of ['mixed', 'sequential'])
      expect(metrics[`virtwork_disk_runs_total{job="${job}",result="success"}`]).toBeGreaterThan(0);
  }, 400);
});

test('its files have the given size', () => {
  expect(lab.exec('disk-0', 'stat -c "%n %s" /mnt/data/*.0.0')).toBe('/mnt/data/mixed.0.0 209715200\n/mnt/data/sequential.0.0 209715200');
});

agrees('bytes written', {
  inside: () => metric(lab, 'disk-0', 'virtwork_unit_io_bytes_total', 'write', 'virtwork-disk.service'),
  outside: () => lab.writtenBytes('disk-0', 'data'),
});

survives(lab, {
  units: { 'disk-0': ['virtwork-disk.service'] },
  tool: { vm: 'disk-0', unit: 'virtwork-disk.service', program: 'fio' },
  effect: effect,
  data: {
    leave: () => lab.exec('disk-0', 'echo kept >/mnt/data/witness; sync'),
    find: () => expect(lab.exec('disk-0', 'cat /mnt/data/witness')).toBe('kept'),
  },
});
