import { gzipSync } from 'node:zlib';
import type { Result } from '../../../src/results/result';
import { validate } from '../../../src/results/result-validator';
import { booted, eventually } from '../guest';
import { recordsOf } from '../records';
import { survives } from '../survives';

const TRIALS = ['random-4k', 'sequential-64k', 'mixed-file', 'log-4k'];
/** Emulated VMs take half a minute for a trial. */
const ALL = process.env.ALL_GUEST_TESTS === '1';
const VMS = ['fio-bench-0', 'fio-bench-1', ...(ALL ? ['fio-bench-2'] : [])];
const REPEATS = ALL ? 2 : 1;
const MIB = 1 << 20;

const lab = booted('fio-bench', {
  config: `workloads:
  fio-bench:
    vm_count: ${VMS.length}
    params: { size: 64M, ramp: 1, runtime: 3, queue-depth: 4, jobs: 2 }
    trials:
      random-4k: { profile: random }
      sequential-64k: { profile: sequential, block-size: 64k }
      mixed-file: { profile: mixed, target: file, rate: 50 }
      log-4k: { profile: log, engine: io_uring }
    repeats: ${REPEATS}
`,
  flags: ['--no-wait', '--disk-size', '1Gi', '--cpu-cores', '1'],
});

/** All trials together take longer than a boot. */
beforeAll(async () => {
  for (const vm of VMS) await eventually(async () => expect((await recordsOf(lab, vm)).state.phase).toBe('finished'), 1500);
}, 30 * 60_000);

const records = () => lab.results() as Result[];
const of = (all: readonly Result[], name: string) => all.filter((record) => record.name === name);

async function effect(): Promise<void> {
  const all = records();
  expect(all.map(({ vm, trial, name, outcome, why }) => ({ vm, trial, name, outcome, why }))).toEqual(
    VMS.flatMap((vm) =>
      Array.from({ length: REPEATS }, () => TRIALS)
        .flat()
        .map((name, index) => ({ vm: `virtwork-${vm}`, trial: `00${index + 1}`, name, outcome: 'done', why: '' })),
    ),
  );
  for (const record of all) expect(validate(record)).toEqual([]);
}

test('each VM leaves a valid record of each trial', effect);

test('the VMs measure at the same time', () => {
  const all = records();
  for (const trial of new Set(all.map((record) => record.trial))) {
    const group = all.filter((record) => record.trial === trial);
    expect(group.map(({ barrier }) => barrier.outcome)).toEqual(VMS.map(() => 'together'));
    const starts = group.map(({ barrier }) => barrier.late ?? Number.NaN);
    const ends = group.map(({ seconds = Number.NaN }, index) => (starts[index] as number) + seconds);
    const overlap = (Math.min(...ends) - Math.max(...starts)) / (Math.max(...ends) - Math.min(...starts));
    // On a busy machine, what the emulated script does before and after fio takes much longer than the measurement.
    expect([trial, overlap > 0.4]).toEqual([trial, true]);
  }
});

test('the records tell what was measured, and where', () => {
  const all = records();
  for (const { metrics, guest } of all) {
    expect(metrics).toMatchObject({ errors: 0, iops: expect.any(Number), 'cpu-busy': expect.any(Number) });
    expect(guest).toMatchObject({ fio: '3.33', disk: { bytes: 1024 * MIB, queues: 1, cache: 'write back' } });
  }
  for (const { histograms } of of(all, 'log-4k')) expect(Object.keys(histograms ?? {}).sort()).toEqual(['sync-latency', 'write-latency']);
  for (const { metrics } of of(all, 'mixed-file')) expect(metrics?.iops).toBeLessThan(55);
  for (const { series } of of(all, 'random-4k'))
    expect(Object.keys(series ?? {}).sort()).toEqual(['iops', 'rand-read-iops', 'rand-write-iops']);
});

test('the records of twelve trials have at most 120 kB', () => {
  const own = records().filter(({ index }) => index === 0);
  const bytes = own.reduce((sum, record) => sum + gzipSync(JSON.stringify(record)).length, 0);
  expect((bytes / own.length) * 12).toBeLessThan(120_000);
});

test('the region is filled when the target changes, and not before each trial', () => {
  const log = lab.exec(
    'fio-bench-0',
    'journalctl -o cat -b -u virtwork-fio-bench-prepare | grep -oE "(claimed|made a file system|filled) "',
  );
  const device = ['claimed', 'filled'];
  const file = ['made a file system', 'filled'];
  expect(log.trim().split(/ *\n/)).toEqual([...device, ...Array.from({ length: REPEATS }, () => [...file, ...device]).flat()]);
});

test('fio can open the disk that it measures, and no other', () => {
  // As the unit of the trial, with another program.
  const open = (disk: string) =>
    lab.exec(
      'fio-bench-0',
      `properties=$(for name in User Group DevicePolicy NoNewPrivileges ProtectSystem; do echo "-p $name=$(systemctl show -P $name virtwork-fio-bench-trial)"; done)
      systemd-run --quiet --wait --pipe $properties -p SupplementaryGroups=disk -p "DeviceAllow=/dev/disk/by-id/virtio-vw-bench rw" head -c 8 ${disk} 2>&1 | tr -d '\\0'; true`,
    );
  expect(open('/dev/disk/by-id/virtio-vw-bench')).toBe('virtwork');
  expect(open('/dev/vda')).toMatch(/Operation not permitted/);
});

survives(lab, {
  units: Object.fromEntries(VMS.map((vm) => [vm, ['virtwork-trials.service']])),
  tool: { vm: 'fio-bench-0', unit: 'virtwork-trials.service', program: 'fio', reset: 'rm -rf /var/lib/virtwork/results' },
  effect: effect,
  data: {
    // Outside of the region, and of what mkfs.xfs writes.
    leave: () => lab.exec('fio-bench-0', 'echo kept | dd of=/dev/disk/by-id/virtio-vw-bench bs=1M seek=900 conv=notrunc,fsync status=none'),
    find: () =>
      expect(lab.exec('fio-bench-0', 'dd if=/dev/disk/by-id/virtio-vw-bench bs=1M skip=900 count=1 status=none | head -n 1')).toBe('kept'),
  },
});
