import { gzipSync } from 'node:zlib';
import { ENOUGH, overlapsOf } from '../../../src/results/overlap';
import type { Result } from '../../../src/results/result';
import { validate } from '../../../src/results/result-validator';
import { booted, eventually, type Lab } from '../guest';
import { recordsOf } from '../records';
import { survives } from '../survives';

const TRIALS = ['random-4k', 'sequential-64k', 'mixed-file', 'log-4k'];
const ALL = process.env.ALL_GUEST_TESTS === '1';
const MIB = 1 << 20;

/** Boots VMs that run these trials. Ends when all trials have ended. */
function measuring(vms: number, repeats: number, params: string): { readonly lab: Lab; readonly names: readonly string[] } {
  const names = Array.from({ length: vms }, (_, index) => `fio-bench-${index}`);
  const lab = booted('fio-bench', {
    config: `workloads:
  fio-bench:
    vm_count: ${vms}
    params: { size: 64M, queue-depth: 4, ${params} }
    trials:
      random-4k: { profile: random }
      sequential-64k: { profile: sequential, block-size: 64k }
      mixed-file: { profile: mixed, target: file, rate: 50 }
      log-4k: { profile: log, engine: io_uring }
    repeats: ${repeats}
`,
    flags: ['--no-wait', '--disk-size', '1Gi', '--cpu-cores', '1'],
  });
  // All trials together take longer than a boot.
  beforeAll(async () => {
    for (const vm of names) await eventually(async () => expect((await recordsOf(lab, vm)).state.phase).toBe('finished'), 2400);
  }, 45 * 60_000);
  return { lab, names };
}

function expectDone(all: readonly Result[], names: readonly string[], repeats: number): void {
  expect(all.map(({ vm, trial, name, outcome, why }) => ({ vm, trial, name, outcome, why }))).toEqual(
    names.flatMap((vm) =>
      Array.from({ length: repeats }, () => TRIALS)
        .flat()
        .map((name, index) => ({ vm: `virtwork-${vm}`, trial: `00${index + 1}`, name, outcome: 'done', why: '' })),
    ),
  );
  for (const record of all) expect(validate(record)).toEqual([]);
}

/**
 * What root runs in a guest before and after the preparation of a trial, and at its end. In 001, the second half of the region
 * fails; when 002 ends, the file system of the records is full; in 003, the region has holes, and the file system has no space for them.
 */
const FAULTS = `#!/bin/bash
set -e
. /run/virtwork/trial/env
disk=/dev/disk/by-id/virtio-vw-bench real=$(lsblk -dno PATH,SERIAL | awk '$2 == "vw-bench" { print $1 }') good=65536
case "$1 $VIRTWORK_TRIAL" in
  'before '*)
    [[ ! -e /dev/mapper/faulty ]] || dmsetup remove --retry faulty
    ln -sfn "$real" "$disk"
    rm -f /mnt/fio-bench/other
    ;;
  'after 001')
    printf '0 %d linear %s 0\\n%d %d error\\n' $good "$real" $good $(($(blockdev --getsz "$real") - good)) | dmsetup create faulty
    udevadm settle
    ln -sfn "$(readlink -f /dev/mapper/faulty)" "$disk"
    ;;
  'end 002') dd if=/dev/zero bs=4k of=/var/lib/virtwork/results/full status=none || true ;;
  'after 003')
    fallocate --punch-hole --offset 0 --length 64MiB /mnt/fio-bench/region
    for size in 1M 4k; do
      dd if=/dev/zero bs=$size oflag=direct,append conv=notrunc of=/mnt/fio-bench/other status=none || true
    done
    ;;
esac
`;

describe('short trials', () => {
  const { lab, names } = measuring(2, 1, 'ramp: 1, runtime: 3, jobs: 2');
  const records = () => lab.results() as Result[];
  const of = (all: readonly Result[], name: string) => all.filter((record) => record.name === name);
  const effect = async () => expectDone(records(), names, 1);

  test('each VM leaves a valid record of each trial', effect);

  test('the VMs measure at the same time', () => {
    const all = records();
    expect(all.map(({ barrier }) => barrier.outcome)).toEqual(all.map(() => 'together'));
    // With a window: without what the script does before and after.
    for (const { window, seconds } of all) {
      expect(window?.seconds).toBeGreaterThan(2.9);
      expect(window?.seconds).toBeLessThan(seconds as number);
    }
    // Of a few seconds, the time that an emulated VM takes to start fio is a large part: the long trials compare the shares.
    expect(overlapsOf(all).map(({ trial }) => trial)).toEqual(TRIALS.map((_, index) => `00${index + 1}`));
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

  test('the region is filled when the target changes, and not before each trial', () => {
    const log = lab.exec(
      'fio-bench-0',
      'journalctl -o cat -b -u virtwork-fio-bench-prepare | grep -oE "(claimed|made a file system|filled) "',
    );
    const device = ['claimed', 'filled'];
    const file = ['made a file system', 'filled'];
    expect(log.trim().split(/ *\n/)).toEqual([...device, ...file, ...device]);
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
    units: Object.fromEntries(names.map((vm) => [vm, ['virtwork-trials.service']])),
    tool: { vm: 'fio-bench-0', unit: 'virtwork-trials.service', program: 'fio', reset: 'rm -rf /var/lib/virtwork/results' },
    effect,
    // A boot, and all trials again.
    seconds: 700,
    data: {
      // Outside of the region, and of what mkfs.xfs writes.
      leave: () =>
        lab.exec('fio-bench-0', 'echo kept | dd of=/dev/disk/by-id/virtio-vw-bench bs=1M seek=900 conv=notrunc,fsync status=none'),
      find: () =>
        expect(lab.exec('fio-bench-0', 'dd if=/dev/disk/by-id/virtio-vw-bench bs=1M skip=900 count=1 status=none | head -n 1')).toBe(
          'kept',
        ),
    },
  });

  describe('with faults of the disks', () => {
    const VM = 'fio-bench-0';
    const answer = () => recordsOf(lab, VM);
    const failed = (section: string, error: string) =>
      expect.stringContaining(`failed: exit-code, exit 1: virtwork-fio-bench: ${section} failed with error ${error}`);

    beforeAll(async () => {
      const drop = (unit: string, lines: string) =>
        `mkdir -p /etc/systemd/system/${unit}.d && printf '[Service]\\n${lines}\\n' >/etc/systemd/system/${unit}.d/50-faults.conf`;
      const script = [
        `echo ${Buffer.from(FAULTS).toString('base64')} | base64 -d >/root/faults && chmod 755 /root/faults`,
        drop('virtwork-fio-bench-prepare.service', 'ExecStartPre=+/root/faults before\\nExecStartPost=+/root/faults after'),
        drop('virtwork-fio-bench-trial.service', 'ExecStartPost=+/root/faults end'),
        'rm -rf /var/lib/virtwork/results/* /run/virtwork/results && mount -t tmpfs -o size=128k records /var/lib/virtwork/results',
        'systemctl daemon-reload && systemctl restart --no-block virtwork-trials.service',
      ];
      lab.exec(VM, script.join('\n'));
      await eventually(async () => expect((await answer()).state).toMatchObject({ phase: 'finished', left: 0 }), 1200);
    }, 25 * 60_000);

    test('a trial that fails and one that finds its disk full have their own reason, and the others are done', async () => {
      expect((await answer()).records.map(({ trial, outcome, why }) => ({ trial, outcome, why }))).toEqual([
        { trial: '001', outcome: 'failed', why: failed('rand-read', '5 (input/output error)') },
        { trial: '002', outcome: 'done', why: '' },
        { trial: '003', outcome: 'failed', why: failed('mixed', '28 (no space left on device)') },
        { trial: '004', outcome: 'done', why: '' },
      ]);
    });

    test('records for which there is no space are sent too, and the lab says why they are not on the disk', async () => {
      expect(lab.exec(VM, 'ls /var/lib/virtwork/results')).toBe('001-random-4k-r1.json.gz\nfull');
      const [line = ''] = lab
        .resultsTable()
        .split('\n')
        .filter((text) => text.startsWith(`virtwork-${VM} `));
      const why = 'cannot write 3 of the records to the disk: No space left on device; they are in memory until the VM restarts';
      expect(line).toMatch(
        new RegExp(`^\\S+ +fio-bench +2/4 +2 +finished +${why}; free space for /var/lib/virtwork/results, then restart`),
      );
      expect(line).toMatch(/trial 001 \(random-4k\) failed: .*\(input\/output error\)/);
      expect(lab.statusLine(VM)).toContain(`measured: 4 of 4 records, 2 failed: ${why}`);
    });

    test('they are written when there is space again, and no trial runs again', async () => {
      const before = (await answer()).records;
      lab.exec(VM, 'rm /var/lib/virtwork/results/full; systemctl restart virtwork-trials.service; true');
      const { state, records } = await answer();
      expect(state).toMatchObject({ phase: 'finished', done: 2, failed: 2, why: '' });
      expect(records).toEqual(before);
      expect(lab.exec(VM, 'ls /var/lib/virtwork/results | wc -l')).toBe('4');
    });
  });
});

/** Trials that are long enough for emulated VMs, and each in two runs: a quarter of an hour. */
function longTrials(): void {
  const { lab, names } = measuring(3, 2, 'ramp: 10, runtime: 60, jobs: 1');
  const records = () => lab.results() as Result[];

  test('each VM leaves a valid record of each trial', () => expectDone(records(), names, 2));

  test('the VMs measure at the same time', () => {
    const shares = overlapsOf(records()).map(({ trial, share }): [string, number] => [trial, share]);
    process.stderr.write(`overlap: ${JSON.stringify(shares)}\n`);
    expect(shares.map(([trial]) => trial)).toEqual(Array.from({ length: 8 }, (_, index) => `00${index + 1}`));
    expect(shares.filter(([, share]) => share <= ENOUGH)).toEqual([]);
  });

  test('the records of twelve trials have at most 120 kB', () => {
    for (const index of names.keys()) {
      const own = records().filter((record) => record.index === index);
      const bytes = own.reduce((sum, record) => sum + gzipSync(JSON.stringify(record)).length, 0);
      expect((bytes / own.length) * 12).toBeLessThan(120_000);
    }
  });
}

// They take half an hour without KVM. A skipped test would count, and no result would be kept.
if (ALL) describe('long trials of three VMs', longTrials);
