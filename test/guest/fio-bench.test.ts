import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Result } from '../../src/results/result';
import { validate } from '../../src/results/result-validator';
import { ROOT } from '../support/places';
import { outputOf, run } from '../support/run';
import { GUEST_LIB, StubRoot } from '../support/stub-root';
import { needs } from '../support/tools';

/** The entry with real fio on small files instead of a disk, and its filters with reports of several versions of fio. */
const ENTRY = join(ROOT, 'catalog/fio-bench/files/usr/local');
const SCRIPT = join(ENTRY, 'bin/virtwork-fio-bench');
const FILTERS = join(ENTRY, 'lib/virtwork-fio-bench');
const FIXTURES = join(ROOT, 'test/fixtures/fio');
const VERSIONS = readdirSync(FIXTURES).filter((name) => /^[0-9]/.test(name));

const MIB = 1 << 20;
const BLOCK = 4096;
const SIZE = 4 * MIB;
const DEVICE = 'dev/virtio-vw-bench';
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

type Params = { readonly [key: string]: string | number };
type Written = { readonly window?: { readonly from: number; readonly to: number } } & Pick<
  Result,
  'metrics' | 'histograms' | 'series' | 'guest' | 'job'
> & { readonly raw: Report };
interface Report {
  readonly timestamp_ms: number;
  readonly 'global options': { readonly ramp_time?: string };
  readonly jobs: readonly { readonly jobname: string; readonly read: Direction; readonly write: Direction; readonly sync: Direction }[];
}
interface Direction {
  readonly total_ios: number;
  readonly runtime: number;
  readonly clat_ns: Latency;
  readonly lat_ns: Latency;
}
interface Latency {
  readonly N: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly percentile?: { readonly [percent: string]: number };
  readonly bins?: { readonly [ns: string]: number };
}

/** A guest whose disk is a file. */
class Guest {
  readonly root = new StubRoot()
    .file(DEVICE, '')
    .file('lib/common.sh', `. ${GUEST_LIB}/common.sh\ndisk_exists() { [[ -e $1 ]]; }\n`)
    .file('sys/vm/drop_caches', '')
    .file('meminfo', `MemAvailable: ${1 << 20} kB\n`)
    .stub('blockdev', '[[ $1 == --getss ]] && echo 512 || exec stat -Lc %s "$2"')
    .stub('chown')
    .stub('mountpoint', 'exit 1');

  constructor(size = 64 * MIB) {
    mkdirSync(join(this.root.dir, 'run'));
    truncateSync(join(this.root.dir, DEVICE), size);
    this.fio();
  }

  /** Changes the jobs of fio before it runs them. `$job` is the file. */
  fio(script = ''): this {
    const real = outputOf('sh', ['-c', 'command -v fio || true'], { env: { PATH } }).trim();
    this.root.stub('fio', `job="\${@: -1}"\n${script}\n${real} "$@"`);
    return this;
  }

  prepare(params: Params = {}): { status: number | null; output: string } {
    return this.step('prepare', params);
  }

  /** Runs a trial. The result is undefined if it left none. */
  run(params: Params = {}): { status: number | null; output: string; result: Written } {
    const ended = this.step('run', params);
    const file = join(this.root.dir, 'result.json');
    return { ...ended, result: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined };
  }

  /** A trial that must succeed. */
  measured(params: Params = {}): Written {
    const { status, output, result } = this.run(params);
    expect({ status, output }).toEqual({ status: 0, output: '' });
    return result;
  }

  read(path: string): Buffer {
    return readFileSync(join(this.root.dir, path));
  }

  /** What is in the region that is measured. */
  region(size = SIZE): Buffer {
    return this.read(DEVICE).subarray(MIB, MIB + size);
  }

  private step(step: string, params: Params): { status: number | null; output: string } {
    const { dir } = this.root;
    const all = { ...PARAMS, ...params };
    const { status, output } = this.root.run(SCRIPT, [step], {
      PATH: `${dir}/bin:${PATH}`,
      DISK_BY_ID: join(dir, 'dev'),
      RUNTIME_DIRECTORY: join(dir, 'run'),
      VIRTWORK_FIO_BENCH_LIB: FILTERS,
      VIRTWORK_FIO_BENCH_MOUNT: join(dir, 'mnt'),
      VIRTWORK_FIO_BENCH_STATE: join(dir, 'state'),
      VIRTWORK_LIB_DIR: join(dir, 'lib'),
      VIRTWORK_MEMINFO: join(dir, 'meminfo'),
      VIRTWORK_RESULT: join(dir, 'result.json'),
      VIRTWORK_SYSCTL_DIR: join(dir, 'sys'),
      VIRTWORK_SYSFS_DIR: join(dir, 'sysfs'),
      ...Object.fromEntries(Object.entries(all).map(([key, value]) => [`PARAM_${key.toUpperCase().replaceAll('-', '_')}`, String(value)])),
    });
    return { status, output };
  }
}

const PARAMS: Params = {
  profile: 'mixed',
  'block-size': '4k',
  'queue-depth': 4,
  jobs: 2,
  'read-percent': 70,
  rate: 0,
  size: '4M',
  target: 'device',
  engine: 'libaio',
  compressible: 0,
  ramp: 0,
  runtime: 1,
};

const SECTIONS: { readonly [profile: string]: readonly string[] } = {
  random: ['rand-read', 'rand-write'],
  sequential: ['seq-read', 'seq-write'],
  mixed: ['mixed'],
  database: ['db-data-read', 'db-wal-write', 'db-oltp-mixed', 'db-point-query'],
  'app-server': ['app-log-write', 'app-config-read', 'app-temp-io', 'app-session-write'],
  'data-pipeline': ['ingest', 'scan', 'shuffle', 'checkpoint', 'etl'],
  log: ['log'],
  verify: ['verify'],
};

const withFio = needs('fio', 'jq', 'blkid', 'wipefs');
const withJq = needs('jq');

/** The record of a guest's runner around what a trial wrote. */
function record(written: Written): object {
  return {
    schema: 'virtwork.result/1',
    plan: `sha256:${'0'.repeat(64)}`,
    group: 'fio-bench',
    trial: '001',
    name: 'default',
    repeat: 1,
    vm: 'virtwork-fio-bench-0',
    index: 0,
    workload: 'fio-bench',
    role: 'workload',
    run: '00000000-0000-0000-0000-000000000000',
    params: {},
    outcome: 'done',
    why: '',
    started: 1,
    seconds: 1,
    barrier: { expected: 1, outcome: 'none' },
    ...written,
    ...(written.window ? { window: { from: written.window.from, seconds: written.window.to - written.window.from } } : {}),
  };
}

function isValid(written: Written): void {
  expect(validate(record(written))).toEqual([]);
}

/** Numbers of the blocks of the region that hold something. */
function blocksWritten(region: Buffer): number[] {
  const empty = Buffer.alloc(BLOCK);
  return Array.from({ length: region.length / BLOCK }, (_, block) => block).filter(
    (block) => !region.subarray(block * BLOCK, (block + 1) * BLOCK).equals(empty),
  );
}

describe('profiles', () => {
  withFio.each(Object.entries(SECTIONS))(
    '%s runs its sections and leaves a valid result',
    (profile, sections) => {
      const size = profile === 'data-pipeline' ? '16M' : '4M';
      const guest = new Guest();
      expect(guest.prepare({ profile, size })).toMatchObject({ status: 0 });
      const result = guest.measured({ profile, size });
      isValid(result);
      expect(result.raw.jobs.map(({ jobname }) => jobname)).toEqual(sections);
      expect(result.metrics).toMatchObject({ errors: 0, iops: expect.any(Number), bytes: expect.any(Number) });
      expect(result.job?.match(/^\[.*\]$/gm)).toEqual(['[global]', ...sections.map((name) => `[${name}]`)]);
      expect(result.job).not.toMatch(/\$|#/);
    },
    60_000,
  );

  withFio('log flushes each write, and counts the flushes', () => {
    const guest = new Guest();
    const { metrics, histograms } = guest.measured({ profile: 'log', 'queue-depth': 32, jobs: 4 });
    expect(Math.abs((histograms?.['sync-latency']?.count as number) - (histograms?.['write-latency']?.count as number))).toBeLessThan(3);
    expect(Object.keys(metrics ?? {}).filter((key) => key.startsWith('read'))).toEqual([]);
  });
});

describe('the job', () => {
  withFio('two runs use other offsets', () => {
    const offsets = () => {
      const guest = new Guest().fio('[[ $1 != --output-format* ]] || echo "write_iolog=$RUNTIME_DIRECTORY/io" >>"$job"');
      guest.measured({ jobs: 1, rate: 200 });
      return (
        guest
          .read('run/io')
          .toString()
          .match(/(?<=(?:read|write) )[0-9]+/g) ?? []
      );
    };
    const [one, other] = [offsets(), offsets()];
    expect(one.length).toBeGreaterThan(100);
    expect(one.filter((offset, index) => offset === other[index]).length).toBeLessThan(one.length / 20);
  });

  withFio('offsets are independent of earlier ones', () => {
    const guest = new Guest().fio('[[ $1 != --output-format* ]] || echo "write_iolog=$RUNTIME_DIRECTORY/io" >>"$job"');
    const { job } = guest.measured({ jobs: 1, size: '1M', rate: 400, 'read-percent': 0 });
    const first = (
      guest
        .read('run/io')
        .toString()
        .match(/(?<=write )[0-9]+/g) ?? []
    ).slice(0, MIB / BLOCK);
    expect(first.length).toBeGreaterThan(100);
    // A map of used blocks would return each block once. Of 256 independent choices among 256 blocks, 63 % differ.
    expect(new Set(first).size).toBeLessThan(first.length < 200 ? first.length : 0.8 * first.length);
    expect(job).toContain('random_generator=tausworthe64\n');
  });

  withFio('verify writes each block once', () => {
    const guest = new Guest();
    const { raw, histograms } = guest.measured({ profile: 'verify', jobs: 3, size: '3M' });
    expect(raw.jobs[0]).toMatchObject({ read: { total_ios: (3 * MIB) / BLOCK }, write: { total_ios: (3 * MIB) / BLOCK } });
    expect(histograms?.['read-latency']?.count).toBe((3 * MIB) / BLOCK);
    expect(blocksWritten(guest.region(3 * MIB)).length).toBe((3 * MIB) / BLOCK);
  });

  withFio.each([
    ['sequential', 4],
    ['sequential', 3],
    ['random', 4],
    ['verify', 4],
  ])('%s with %i jobs uses the region, all of it and nothing else', (profile, jobs) => {
    const guest = new Guest();
    guest.measured({ profile, jobs, size: '1M' });
    const disk = blocksWritten(guest.read(DEVICE));
    expect(disk.at(0)).toBeGreaterThanOrEqual(MIB / BLOCK);
    expect(disk.at(-1)).toBeLessThan((2 * MIB) / BLOCK);
    // 3 jobs of 85 blocks leave one block.
    expect(disk.length).toBeGreaterThanOrEqual(MIB / BLOCK - 1);
  });

  // The machine may be too slow for the rate, but the share of reads is that of the rate, and no rate is exceeded.
  withFio.each<[Params, number, number | undefined]>([
    [{ profile: 'mixed', rate: 500 }, 500, 0.7],
    [{ profile: 'mixed', rate: 300, 'read-percent': 100 }, 300, 1],
    [{ profile: 'random', rate: 200, jobs: 3 }, 200, undefined],
    [{ profile: 'app-server', rate: 100 }, 100, undefined],
    [{ profile: 'log', rate: 50 }, 50, 0],
  ])('a rate is that of all jobs together, and keeps the share of reads: %j', (params, rate, share) => {
    const { metrics, raw } = new Guest().measured({ runtime: 2, ...params });
    for (const { read, write } of raw.jobs) {
      const seconds = Math.max(read.runtime, write.runtime) / 1000;
      expect((read.total_ios + write.total_ios) / seconds / rate).toBeLessThan(1.05);
      expect((read.total_ios + write.total_ios) / seconds / rate).toBeGreaterThan(0.2);
      if (share !== undefined) expect(Math.abs(read.total_ios / (read.total_ios + write.total_ios) - share)).toBeLessThan(0.03);
    }
    // fio waits busily for the next operation, so its CPU time says nothing.
    expect(metrics).not.toHaveProperty('cpu-per-io');
  });

  withFio('the time before the measurement does not count', () => {
    const start = Date.now();
    const { raw, series, histograms } = new Guest().measured({ ramp: 2, runtime: 2, rate: 200, 'read-percent': 100 });
    expect(Date.now() - start).toBeGreaterThan(4000);
    // On a busy machine, fio ends late. With the time before it, the figures would be those of twice the time.
    const { runtime = Number.NaN } = raw.jobs[0]?.read ?? {};
    expect(runtime).toBeGreaterThan(1900);
    expect(runtime).toBeLessThan(Date.now() - start - 1900);
    expect((histograms?.['read-latency']?.count as number) / runtime).toBeLessThan(0.3);
    expect(series?.iops?.values.length).toBeLessThanOrEqual(Math.ceil(runtime / 1000));
  });

  withFio('each second has its value', () => {
    const { series } = new Guest().measured({ profile: 'random', runtime: 3, rate: 100 });
    expect(Object.keys(series ?? {}).sort()).toEqual(['iops', 'rand-read-iops', 'rand-write-iops']);
    for (const name of ['rand-read-iops', 'rand-write-iops']) {
      expect(series?.[name]).toMatchObject({ unit: '1/s', every: 1 });
      // Some versions write no line for the last second.
      expect([2, 3]).toContain(series?.[name]?.values.length);
      for (const value of series?.[name]?.values ?? []) {
        expect(value).toBeLessThan(115);
        expect(value).toBeGreaterThan(0);
      }
    }
    expect(series?.iops?.values).toEqual(['rand-read-iops', 'rand-write-iops'].flatMap((name) => series?.[name]?.values ?? []));
  });

  withFio('the window is that of the measurement, by the clock that is never set', () => {
    const uptime = () => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    const start = uptime();
    const { window, raw } = new Guest().measured({ profile: 'random', ramp: 1, runtime: 1, rate: 50 });
    const { from = Number.NaN, to = Number.NaN } = window ?? {};
    expect(from).toBeGreaterThan(start + 0.9);
    expect(to).toBeLessThan(uptime() + 0.02);
    // Two measurements, and the time between them that does not count.
    const [read, write] = raw.jobs.map((job) => Math.max(job.read.runtime, job.write.runtime)) as [number, number];
    expect(to - from).toBeCloseTo((read + write) / 1000 + 1, 3);
  });

  withFio('the measurement runs the job that the preparation has checked', () => {
    const guest = new Guest();
    guest.prepare({ profile: 'log' });
    const prepared = guest.read('state/job.fio').toString();
    expect(guest.measured({ profile: 'log' }).job).toBe(prepared);
    expect(prepared).not.toContain(guest.root.dir.concat('/run'));
    expect(existsSync(join(guest.root.dir, 'run/job.fio'))).toBe(false);
  });

  test.each([
    [600, 1000],
    [601, 2000],
    [86400, 144_000],
  ])('a run of %i s has a value for each %i ms', (runtime, milliseconds) => {
    const guest = new Guest();
    guest.root.stub('fio', 'exit 1');
    guest.run({ runtime });
    expect(guest.read('run/job.fio').toString()).toContain(`log_avg_msec=${milliseconds}\n`);
  });
});

describe('what is written', () => {
  const compressed = (data: Buffer) => gzipSync(data, { level: 1 }).length / data.length;

  withFio.each([
    // Of the random data of fio, one block in ten can be compressed by some percent.
    [0, 0.97, 1.01],
    [50, 0.4, 0.6],
    [80, 0.12, 0.3],
  ])('compressible by %i %%: when the region is filled, and when it is measured', (compressible, low, high) => {
    const guest = new Guest();
    const params = { compressible, profile: 'random', 'queue-depth': 16 };
    guest.prepare(params);
    const filled = guest.region();
    guest.measured(params);
    const measured = guest.region();
    expect(measured.equals(filled)).toBe(false);
    for (const data of [filled, measured]) {
      expect(compressed(data)).toBeGreaterThan(low);
      expect(compressed(data)).toBeLessThan(high);
    }
  });

  withFio('fio does not allocate a file before it writes it', () => {
    const guest = new Guest().fio('sed -i "s/^end_fsync.*/io_size=1M/" "$job"');
    guest.root.stub('mountpoint', '[[ $1 == -q ]] || echo 1:2').stub('xfs_growfs').file('mnt/other', '');
    expect(guest.prepare({ target: 'file', size: '32M' })).toMatchObject({ status: 0 });
    expect(statSync(join(guest.root.dir, 'mnt/region')).blocks * 512).toBeLessThan(4 * MIB);
  });
});

describe('preparation', () => {
  const filled = (guest: Guest, params: Params = {}) => /filled (\S+)/.exec(guest.prepare(params).output)?.[1];

  withFio('the whole region is written before the first read, and the rest of the disk is left alone', () => {
    const guest = new Guest();
    guest.prepare();
    const disk = guest.read(DEVICE);
    expect(disk.subarray(0, 8).toString()).toBe('virtwork');
    expect(blocksWritten(disk)).toEqual([0, ...Array.from({ length: SIZE / BLOCK }, (_, block) => MIB / BLOCK + block)]);
  });

  withFio('once for each start of the guest, unless the region grows or other data is wanted', () => {
    const guest = new Guest();
    expect(filled(guest)).toBe('4M');
    expect(filled(guest)).toBeUndefined();
    expect(filled(guest, { profile: 'verify', size: '2M' })).toBeUndefined();
    expect(filled(guest, { size: '5M' })).toBe('5M');
    expect(filled(guest, { size: '4M' })).toBeUndefined();
    expect(filled(guest, { size: '4M', compressible: 50 })).toBe('4M');
    expect(filled(guest, { size: '4M', compressible: 50, engine: 'io_uring' })).toBeUndefined();
    run('rm', ['-r', join(guest.root.dir, 'state')]);
    expect(filled(guest, { size: '4M', compressible: 50 })).toBe('4M');
  });

  withFio('once more after an attempt that failed', () => {
    const guest = new Guest().fio(
      '[[ $job != */fill.fio ]] || sed -i "s,^filename=.*,filename=/dev/full,; s/^direct.*/direct=0/; s/^offset.*//; s/libaio/psync/" "$job"',
    );
    const { status, output } = guest.prepare();
    // The record has the last line.
    expect({ status, last: output.trim().split('\n').at(-1) }).toEqual({
      status: 1,
      last: expect.stringMatching(/cannot fill \S+: fio: io_u error on file \S+: No space left on device: write offset=/),
    });
    expect(filled(guest.fio())).toBe('4M');
  });

  withFio('the caches of the kernel are dropped', () => {
    const guest = new Guest();
    guest.fio(`[[ $1 != --parse-only ]] || cat "$VIRTWORK_SYSCTL_DIR/vm/drop_caches" >"$RUNTIME_DIRECTORY/parsed"`);
    guest.prepare();
    expect(guest.read('sys/vm/drop_caches').toString()).toBe('3\n');
    // Afterward, fio is in memory again.
    expect(guest.read('run/parsed').toString()).toBe('3\n');
  });

  withFio.each<[string, (guest: Guest) => void, RegExp]>([
    ['ext4', (guest) => outputOf('mkfs.ext4', ['-q', join(guest.root.dir, DEVICE)], { env: { PATH } }), /: ext4;/],
    [
      'a partition table',
      (guest) => outputOf('sfdisk', ['-q', join(guest.root.dir, DEVICE)], { input: 'label: gpt\n', env: { PATH } }),
      /PTTYPE=gpt/,
    ],
    ['xfs of another program', (guest) => writeFileSync(join(guest.root.dir, DEVICE), xfs('data'), { flag: 'r+' }), /xfs/],
  ])('a disk with %s is refused', (_, make, found) => {
    for (const target of ['device', 'file']) {
      const guest = new Guest();
      make(guest);
      const before = guest.read(DEVICE);
      const { status, output } = guest.prepare({ target });
      expect(status).toBe(1);
      expect(output).toMatch(/refusing to overwrite \S+, which has other data: .*; give the VM an empty disk/);
      expect(output).toMatch(found);
      expect(guest.read(DEVICE).equals(before)).toBe(true);
    }
  });

  withFio('a disk that cannot be read is not one with other data', () => {
    const guest = new Guest();
    guest.root.stub('wipefs', 'exit 1');
    for (const target of ['device', 'file']) {
      const { status, output } = guest.prepare({ target });
      expect(status).toBe(1);
      expect(output).toMatch(/cannot read \S+; the kernel log of the guest has the error/);
      expect(output).not.toContain('other data');
    }
    expect(blocksWritten(guest.read(DEVICE))).toEqual([]);
  });

  withFio('a disk on which another program made partitions after a measurement is refused', () => {
    const guest = new Guest();
    guest.prepare();
    outputOf('sfdisk', ['-q', join(guest.root.dir, DEVICE)], { input: 'label: gpt\n', env: { PATH } });
    expect(guest.prepare()).toMatchObject({ status: 1, output: expect.stringContaining('refusing to overwrite') });
  });

  withFio('a disk may change between device and file', () => {
    const guest = new Guest();
    const { dir } = guest.root;
    writeFileSync(join(dir, 'xfs'), xfs('vw-bench'));
    guest.root
      .stub('mkfs.xfs', `dd if=${dir}/xfs of="\${@: -1}" conv=notrunc status=none`)
      .stub('mountpoint', `[[ -e ${dir}/mounted ]] && { [[ $1 == -q ]] || echo 1:2; }`)
      .stub('mount', `touch ${dir}/mounted`)
      .stub('umount', `rm ${dir}/mounted`)
      .stub('xfs_growfs');
    const made = (target: string) => {
      const { status, output } = guest.prepare({ target });
      expect(status).toBe(0);
      return output.match(/claimed|made a file system|filled/g) ?? [];
    };
    expect(made('file')).toEqual(['made a file system', 'filled']);
    expect(made('file')).toEqual([]);
    expect(made('device')).toEqual(['claimed', 'filled']);
    expect(made('device')).toEqual([]);
    expect(made('file')).toEqual(['made a file system', 'filled']);
  });

  withFio.each<[string, Params, RegExp]>([
    [
      'a region larger than the disk',
      { size: '64M' },
      /size 64M does not fit: \S+ has 64 MiB, and its first MiB is reserved; set a smaller size/,
    ],
    [
      'a region smaller than a block of each job',
      { size: '4M', profile: 'sequential', 'block-size': '2M', jobs: 4 },
      /size 4M is too small for 4 jobs with blocks of 2048 KiB in seq-read/,
    ],
    [
      'blocks that are no multiple of sectors',
      { 'block-size': '1k' },
      /block-size 1k is not a multiple of 4096 bytes, the block size of \S+; set a larger block-size/,
    ],
    [
      'more buffers than memory',
      { size: '32M', 'block-size': '1M', 'queue-depth': 512, jobs: 2 },
      /the buffers of 2 jobs .* need 1024 MiB of memory, and 1024 MiB are available/,
    ],
  ])('%s is an error before fio runs', (_, params, message) => {
    const guest = new Guest();
    guest.root.stub('blockdev', '[[ $1 == --getss ]] && echo 4096 || exec stat -Lc %s "$2"');
    expect(guest.prepare(params)).toMatchObject({ status: 1, output: expect.stringMatching(message) });
    expect(blocksWritten(guest.read(DEVICE))).toEqual([]);
  });

  withFio.each([
    ['io_uring', 'kernel/io_uring_disabled', '2\n', '0\n'],
    ['io_uring', 'kernel/io_uring_disabled', '0\n', '0\n'],
    ['libaio', 'kernel/io_uring_disabled', '2\n', '2\n'],
    ['libaio', 'fs/aio-max-nr', '4\n', '16\n'],
    ['libaio', 'fs/aio-max-nr', '65536\n', '65536\n'],
    ['io_uring', 'fs/aio-max-nr', '4\n', '4\n'],
  ])('%s where %s is %j leaves it %j', (engine, setting, before, after) => {
    const guest = new Guest();
    guest.root.file(`sys/${setting}`, before);
    expect(guest.prepare({ engine })).toMatchObject({ status: 0 });
    expect(guest.read(`sys/${setting}`).toString()).toBe(after);
  });
});

describe('failures', () => {
  withFio('verify finds a block that another program overwrites', () => {
    // Overwrites half of the region again and again, while fio writes and reads.
    const overwrite =
      'while true; do yes | dd of="$DISK_BY_ID/virtio-vw-bench" bs=4096 seek=256 count=128 iflag=fullblock conv=notrunc status=none; done';
    const guest = new Guest().fio(`[[ $1 != --output-format* ]] || { ${overwrite} & trap "kill $!" EXIT; }`);
    const { status, output, result } = guest.run({ profile: 'verify', size: '1M', rate: 200 });
    expect(status).toBe(1);
    expect(output).toContain('verify failed with error 84 (data differs from what was written)');
    expect(result.metrics?.errors).toBe(1);
    isValid(result);
  });

  withFio('a full disk is an error, with what was measured before', () => {
    const guest = new Guest().fio(
      '[[ $1 != --output-format* ]] || sed -i "s,^filename=.*,filename=/dev/full,; /^offset=/d; s,^direct=1,direct=0,; s,^ioengine=.*,ioengine=io_uring," "$job"',
    );
    const { status, output, result } = guest.run({ profile: 'random' });
    expect(status).toBe(1);
    expect(output).toContain('rand-write failed with error 28 (no space left on device)');
    expect(result.metrics).toMatchObject({ errors: 1, 'read-iops': expect.any(Number) });
    expect(result.metrics).not.toHaveProperty('write-iops');
    isValid(result);
  });

  const report = (change: (job: { [key: string]: unknown }) => void) => {
    const read = JSON.parse(readFileSync(join(FIXTURES, '3.33/log.json'), 'utf8'));
    for (const job of read.jobs) change(job);
    return JSON.stringify(read, null, 2);
  };

  withJq.each<[string, string, number, string]>([
    ['fio that ends with an error', report(() => {}), 1, 'fio ended with 1'],
    ['an error in the report', report((job) => Object.assign(job, { error: 5 })), 0, 'log failed with error 5 (input/output error)'],
    ['an unknown error in the report', report((job) => Object.assign(job, { error: 71 })), 0, 'log failed with error 71'],
    ['no I/O', report((job) => Object.assign(job.write as object, { total_ios: 0, runtime: 0 })), 0, 'log did no I/O'],
    ['no report', '', 1, 'fio ended with 1 and left no report'],
    ['a report that breaks off', report(() => {}).slice(0, 900), 1, 'cannot read the report of fio'],
  ])('%s is a failure', (_, text, status, message) => {
    const guest = new Guest();
    guest.root.file('report', text).stub('fio', `cp ${guest.root.dir}/report "$RUNTIME_DIRECTORY/report"\nexit ${status}`);
    expect(guest.run({ profile: 'log' })).toMatchObject({ status: 1, output: expect.stringContaining(message) });
  });

  withJq('a disk that fails at the first operation leaves a valid result without figures', () => {
    const text = report((job) => {
      const { write, sync } = job as unknown as Report['jobs'][number];
      Object.assign(job, { error: 5 });
      Object.assign(write, { total_ios: 0, runtime: 0 });
      Object.assign(write.clat_ns, { N: 0 });
      Object.assign(sync.lat_ns, { N: 0 });
    });
    const guest = new Guest();
    guest.root.file('report', text).stub('fio', `cp ${guest.root.dir}/report "$RUNTIME_DIRECTORY/report"\nexit 1`);
    const { status, output, result } = guest.run({ profile: 'log' });
    expect({ status, output }).toEqual({ status: 1, output: 'virtwork-fio-bench: log failed with error 5 (input/output error)\n' });
    expect(result).toMatchObject({ metrics: { errors: 1 }, histograms: {} });
    isValid(result);
  });

  withFio.each([
    ['mkfs.xfs', /mkfs.xfs failed on \S+: first second$/],
    ['mount', /cannot mount \S+ at \S+: first second$/],
  ])('an error of %s is on one line', (program, message) => {
    const guest = new Guest();
    guest.root.stub('mkfs.xfs').stub('mount').stub(program, 'printf "first\\nsecond\\n" >&2; exit 1');
    const { status, output } = guest.prepare({ target: 'file' });
    expect({ status, last: output.trim().split('\n').at(-1) }).toEqual({ status: 1, last: expect.stringMatching(message) });
  });

  withJq('notes of fio around its report are not part of it', () => {
    const guest = new Guest();
    guest.root
      .file('report', `fio: a note\n${report(() => {})}\nfio: another\n`)
      .stub('fio', `cp ${guest.root.dir}/report "$RUNTIME_DIRECTORY/report"`);
    expect(guest.run({ profile: 'log' })).toMatchObject({ status: 0, result: { metrics: { errors: 0 } } });
  });
});

describe.each(VERSIONS)('reports of fio %s', (version) => {
  const path = (name: string) => join(FIXTURES, version, `${name}.json`);
  const report = (name: string): Report => JSON.parse(readFileSync(path(name), 'utf8'));
  const logs = join(FIXTURES, version, 'logs');
  const CPU = 'cpu  10 0 10 100 0 0 0 0 0 0';
  const cache = new Map<string, Written>();

  /** Seconds of uptime before and after fio, and by how much the clock differs from that of fio at the end. */
  const TIMES = { begun: 1000, ended: 1040, clock: 0.5 };

  function filtered(name: string): Written {
    const known = cache.get(name);
    if (known !== undefined) return known;
    const result = converted(name, TIMES);
    cache.set(name, result);
    return result;
  }

  function converted(name: string, { begun, ended, clock }: typeof TIMES): Written {
    const series =
      name === 'database' ? outputOf('jq', ['-nR', '--argjson', 'every', '1', '-f', join(FILTERS, 'series.jq'), ...logFiles()]) : '{}';
    const strings = { before: CPU, after: 'cpu  30 0 20 160 10 0 0 0 0 0', job: '[x]' };
    const values = { disk: '{}', series: `[${series}]`, begun, ended, clock: report(name).timestamp_ms / 1000 + clock };
    const args = [
      ...Object.entries(strings).flatMap(([key, value]) => ['--arg', key, value]),
      ...Object.entries(values).flatMap(([key, value]) => ['--argjson', key, String(value)]),
    ];
    return JSON.parse(outputOf('jq', [...args, '-f', join(FILTERS, 'result.jq'), path(name)])) as Written;
  }

  const logFiles = () => readdirSync(logs).map((name) => join(logs, name));
  const problems = (name: string) => outputOf('jq', ['-r', '-f', join(FILTERS, 'problems.jq'), path(name)]).trim();
  const latencies = (name: string) =>
    report(name).jobs.flatMap((job) => [
      ['read', job.jobname, job.read.clat_ns] as const,
      ['write', job.jobname, job.write.clat_ns] as const,
      ['sync', job.jobname, job.sync.lat_ns] as const,
    ]);

  withJq('the result is valid and names the version', () => {
    for (const name of ['database', 'log', 'verify', 'full']) isValid(filtered(name));
    expect(filtered('log').guest).toEqual({ fio: version, disk: {} });
  });

  withJq('a direction without I/O is absent', () => {
    expect(Object.keys(filtered('log').metrics ?? {})).toEqual(expect.not.arrayContaining([expect.stringMatching(/^read/)]));
    expect(Object.keys(filtered('log').histograms ?? {}).sort()).toEqual(['sync-latency', 'write-latency']);
    expect(Object.keys(filtered('verify').histograms ?? {}).sort()).toEqual(['read-latency', 'write-latency']);
  });

  withJq('merged histograms keep the number of samples, the minimum and the maximum', () => {
    const { histograms } = filtered('database');
    for (const direction of ['read', 'write', 'sync']) {
      const parts = latencies('database').flatMap(([of, , latency]) => (of === direction && latency.N > 0 ? [latency] : []));
      const merged = histograms?.[`${direction}-latency`];
      const count = parts.reduce((sum, { N }) => sum + N, 0);
      expect(merged).toMatchObject({
        unit: 'ns',
        count,
        min: Math.min(...parts.map(({ min }) => min)),
        max: Math.max(...parts.map(({ max }) => max)),
      });
      expect(merged?.bins.reduce((sum, [, samples]) => sum + samples, 0)).toBe(count);
      expect(merged?.bins.map(([value]) => value)).toEqual([...new Set(merged?.bins.map(([value]) => value))].sort((a, b) => a - b));
      // Sections without I/O in this direction do not count.
      expect((merged?.sum as number) / count).toBeCloseTo(parts.reduce((sum, { N, mean }) => sum + N * mean, 0) / count, 0);
    }
  });

  withJq('percentiles of the bins are those of fio', () => {
    const { histograms } = filtered('database');
    for (const [direction, section, latency] of latencies('database').filter(([, , { N }]) => N > 0)) {
      const own = histograms?.[`${section}-${direction}-latency`] ?? histograms?.[`${direction}-latency`];
      for (const [percent, value] of Object.entries(latency.percentile ?? {})) {
        let samples = 0;
        const bin = own?.bins.find(([, count]) => {
          samples += count;
          return samples >= (Number(percent) / 100) * latency.N;
        });
        expect([section, direction, percent, bin?.[0]]).toEqual([section, direction, percent, value]);
      }
    }
  });

  withJq('rates are what was done, by the time in which it was done', () => {
    const { jobs } = report('database');
    const reads = jobs.filter(({ read }) => read.total_ios > 0).map(({ read }) => read);
    const rate = reads.reduce((sum, read) => sum + read.total_ios, 0) / (reads.reduce((sum, read) => sum + read.runtime, 0) / 1000);
    expect(filtered('database').metrics).toMatchObject({
      'read-iops': expect.closeTo(rate, 6),
      'db-wal-write-iops': expect.closeTo((jobs[1]?.write.total_ios as number) / ((jobs[1]?.write.runtime as number) / 1000), 6),
      'cpu-busy': 30,
      'cpu-steal': 0,
    });
    const [verify] = report('verify').jobs;
    const seconds = ((verify?.read.runtime as number) + (verify?.write.runtime as number)) / 1000;
    expect(filtered('verify').metrics?.iops).toBeCloseTo(2048 / seconds, 3);
  });

  withJq.each([
    ['database', { ...TIMES }, 1039.5],
    ['log', { ...TIMES }, 1039.5],
    ['verify', { ...TIMES }, 1039.5],
    // The clock was set after fio had noted its end.
    ['log', { ...TIMES, clock: -5 }, 1040],
    ['log', { ...TIMES, clock: 39 }, undefined],
    ['log', { ...TIMES, clock: 1e6 }, undefined],
    // A section failed.
    ['full', { ...TIMES }, undefined],
  ])('%s at %j: the window ends at %d', (name, times, end) => {
    const { jobs, 'global options': options } = report(name);
    const measured = jobs.map(({ read, write }) =>
      name === 'verify' ? read.runtime + write.runtime : Math.max(read.runtime, write.runtime),
    );
    const ramps = Number(options.ramp_time ?? 0) * (jobs.length - 1);
    const { window } = converted(name, times);
    expect(window?.to).toEqual(end === undefined ? undefined : expect.closeTo(end, 6));
    if (end !== undefined) expect(end - (window?.from as number)).toBeCloseTo(measured.reduce((sum, each) => sum + each) / 1000 + ramps, 3);
  });

  withJq('each section has its values over time', () => {
    const { series } = filtered('database');
    for (const name of SECTIONS.database as string[]) {
      const values = series?.[`${name}-iops`]?.values ?? [];
      // Some versions write no line for the last second.
      expect([1, 2]).toContain(values.length);
      for (const value of values) expect(Math.abs(value - 40)).toBeLessThan(15);
    }
    expect(series?.iops?.values).toEqual((SECTIONS.database as string[]).flatMap((name) => series?.[`${name}-iops`]?.values ?? []));
  });

  withJq('only what failed is a problem', () => {
    expect(['database', 'log', 'verify', 'full'].map(problems)).toEqual([
      '',
      '',
      '',
      'rand-write failed with error 28 (no space left on device)',
    ]);
  });
});

describe('operations over time', () => {
  const series = (logs: { readonly [file: string]: string }, every = 1) => {
    const { root } = new Guest();
    for (const [name, text] of Object.entries(logs)) root.file(name, text);
    const files = Object.keys(logs).map((name) => join(root.dir, name));
    const all = JSON.parse(outputOf('jq', ['-nR', '--argjson', 'every', String(every), '-f', join(FILTERS, 'series.jq'), ...files]));
    return Object.fromEntries(Object.entries(all as NonNullable<Written['series']>).map(([name, { values }]) => [name, values]));
  };

  withJq.each<[string, { readonly [file: string]: string }, { readonly [section: string]: readonly number[] }]>([
    [
      'processes and directions are added',
      { 'a_iops.1.log': '1000, 10, 0, 0, 0\n1000, 5, 1, 0, 0\n', 'a_iops.2.log': '999, 7, 0, 0, 0\n' },
      { a: [22] },
    ],
    ['a second without I/O is 0', { 'a_iops.1.log': '1000, 10, 0\n3000, 30, 0\n4000, 40, 0\n' }, { a: [10, 0, 30, 40] }],
    [
      'times that drift',
      { 'a_iops.1.log': Array.from({ length: 100 }, (_, i) => `${(i + 1) * 1010}, 5000, 0\n`).join('') },
      { a: Array(101).fill(5000) },
    ],
    ['an incomplete last second', { 'a_iops.1.log': '1000, 10, 0\n1600, 10, 0\n' }, { a: [10, 10] }],
    [
      'a last second that one process lacks',
      { 'a_iops.1.log': '1000, 10, 0\n2000, 10, 0\n', 'a_iops.2.log': '1000, 10, 0\n' },
      { a: [20] },
    ],
    [
      'a process that stops',
      { 'a_iops.1.log': '1000, 10, 0\n2000, 10, 0\n3000, 10, 0\n', 'a_iops.2.log': '1000, 10, 0\n' },
      { a: [20, 10, 10] },
    ],
    ['sections with a digit or a hyphen', { 'a-2_iops.1.log': '1000, 1, 0\n', 'b_iops.12.log': '1000, 2, 0\n' }, { 'a-2': [1], b: [2] }],
  ])('%s', (_, logs, expected) => expect(series(logs)).toEqual(expected));
});

describe('facts about the disk', () => {
  withJq('from sysfs, without those that the kernel does not report', () => {
    const guest = new Guest();
    const device = 'sysfs/class/block/virtio-vw-bench';
    guest.root
      .file(`${device}/size`, '131072\n')
      .file(`${device}/queue/scheduler`, 'mq-deadline kyber [none]\n')
      .file(`${device}/queue/write_cache`, 'write back\n')
      .file(`${device}/queue/logical_block_size`, '512\n')
      .file(`${device}/mq/0/cpu_list`, '0\n')
      .file(`${device}/mq/1/cpu_list`, '1\n')
      .stub('fio', `jq . ${FIXTURES}/3.33/log.json >"$RUNTIME_DIRECTORY/report"`);
    expect(guest.run({ profile: 'log' }).result.guest).toEqual({
      fio: '3.33',
      disk: { bytes: 64 * MIB, queues: 2, scheduler: 'none', cache: 'write back', 'block-bytes': 512 },
    });
  });
});

/** The start of an xfs file system of 64 MiB, as far as blkid reads it. */
function xfs(label: string): Buffer {
  const block = Buffer.alloc(512);
  block.write('XFSB', 0);
  block.writeUInt32BE(4096, 4);
  block.writeBigUInt64BE(16384n, 8);
  block.writeUInt32BE(1, 80);
  block.writeUInt32BE(4096, 84);
  block.writeUInt32BE(4, 88);
  block.writeUInt16BE(0xb4a5, 100);
  block.writeUInt16BE(512, 102);
  block.writeUInt16BE(512, 104);
  block.writeUInt16BE(8, 106);
  block.write(label, 108);
  block.set([12, 9, 9, 3, 12, 0, 0, 25], 120);
  return block;
}
