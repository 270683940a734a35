import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/render';
import { StubRoot } from '../support/stub-root';

/** The disk load with params and free space, and a stub instead of fio. */
const SCRIPT = join(ROOT, 'catalog/disk/files/usr/local/bin/virtwork-disk-load');

/** A disk of 10000 MiB with this free space. fio fails, so the load ends after its first run. */
function disk(free: number): StubRoot {
  return new StubRoot()
    .stub('mountpoint')
    .stub('chown')
    .stub('fio', 'exit 1')
    .stub('stat', `echo 10000 ${free} ${1 << 20}`)
    .stub('du', 'echo "$OWN total"')
    .file('mnt/other', '');
}

function load(root: StubRoot, params: NodeJS.ProcessEnv = {}, step = 'run') {
  const { calls, ...rest } = root.run(SCRIPT, [step], {
    VIRTWORK_DISK_MOUNT: join(root.dir, 'mnt'),
    VIRTWORK_METRICS_DIR: root.dir,
    VIRTWORK_URING_SYSCTL: join(root.dir, 'io_uring_disabled'),
    OWN: '0',
    PARAM_BLOCK_SIZE_RW: '4k',
    PARAM_BLOCK_SIZE_SEQ: '128k',
    PARAM_RWMIXREAD: '70',
    PARAM_NUMJOBS: '4',
    PARAM_RUNTIME: '1',
    PARAM_IOENGINE: 'libaio',
    PARAM_IODEPTH: '1',
    PARAM_FILE_SIZE: '0',
    PARAM_RATE_IOPS: '0',
    PARAM_SHAPE: 'constant',
    ...params,
  });
  const options = (calls.find((call) => call.startsWith('fio ')) ?? '').match(/--(size|rate)=\S+/g) ?? [];
  return { ...rest, options };
}

const MIB = 1 << 20;

// 6 processes; 2000 MiB stay free.
test.each<[string, number, NodeJS.ProcessEnv, string]>([
  ['a gibibyte each on a disk with space', 9900, {}, `--size=${1024 * MIB}`],
  ['what the free space leaves, whatever the size of the disk', 5000, {}, `--size=${500 * MIB}`],
  ['the files of earlier runs count as free', 2000, { OWN: String(3000 * MIB) }, `--size=${500 * MIB}`],
  ['the size that is given', 9900, { PARAM_FILE_SIZE: '200M' }, `--size=${200 * MIB}`],
  ['the size in upper or lower case', 9900, { PARAM_FILE_SIZE: '1g' }, `--size=${1024 * MIB}`],
  ['up to the last byte that is free', 8000, { PARAM_FILE_SIZE: '1000M' }, `--size=${1000 * MIB}`],
])('files: %s', (_, free, params, size) => expect(load(disk(free), params).options).toEqual([size]));

test('files of a given size that do not fit are an error before fio runs', () => {
  const { status, output, options } = load(disk(7999), { PARAM_FILE_SIZE: '1000M' });
  expect({ status, options }).toEqual({ status: 1, options: [] });
  expect(output).toMatch(
    /6 files of 1000M do not fit on \S+: 7999 MiB are free or hold such files, and a fifth of the disk must stay free/,
  );
});

test.each([
  ['stay when other files come', '4 jobs, 536870912 bytes', {}, 512, true],
  ['shrink when the disk fills up', '4 jobs, 734003200 bytes', {}, 500, false],
  ['are rewritten for other numjobs', '5 jobs, 536870912 bytes', {}, 500, false],
  ['are rewritten for a given size', '4 jobs, 536870912 bytes', { PARAM_FILE_SIZE: '100M' }, 100, false],
  ['stay for the same given size', '4 jobs, 104857600 bytes, as given', { PARAM_FILE_SIZE: '100M' }, 100, true],
  ['grow when no size is given anymore', '4 jobs, 104857600 bytes, as given', {}, 500, false],
])('the files of earlier runs %s', (_, layout, params, size, kept) => {
  const root = disk(5000).file('mnt/layout', `${layout}\n`).file('mnt/mixed.0.0', '');
  expect(load(root, params).options).toEqual([`--size=${size * MIB}`]);
  expect(existsSync(join(root.dir, 'mnt/mixed.0.0'))).toBe(kept);
});

test.each<[NodeJS.ProcessEnv, string[]]>([
  [{}, []],
  // 1000 x 4096 bytes for 4 processes, 70 % of them read.
  [{ PARAM_RATE_IOPS: '1000' }, ['--rate=716800,307200']],
  [{ PARAM_RATE_IOPS: '1000', PARAM_RWMIXREAD: '100' }, ['--rate=1024000,1']],
  [{ PARAM_RATE_IOPS: '1000', PARAM_RWMIXREAD: '0' }, ['--rate=1,1024000']],
  [{ PARAM_RATE_IOPS: '1', PARAM_NUMJOBS: '1', PARAM_BLOCK_SIZE_RW: '1k' }, ['--rate=716,308']],
])('the rate of a job is divided among its processes and directions: %j', (params, rate) => {
  expect(load(disk(9900), params).options.filter((option) => option.startsWith('--rate'))).toEqual(rate);
});

test.each([
  ['io_uring', '2\n', '0\n'],
  ['io_uring', '0\n', '0\n'],
  ['libaio', '2\n', '2\n'],
])('%s where kernel.io_uring_disabled is %j leaves it %j', (PARAM_IOENGINE, before, after) => {
  const root = disk(9900).file('io_uring_disabled', before);
  expect(load(root, { PARAM_IOENGINE }, 'prepare')).toMatchObject({ status: 0 });
  expect(readFileSync(join(root.dir, 'io_uring_disabled'), 'utf8')).toBe(after);
});

test('io_uring on an older kernel without this setting is left to fio', () => {
  expect(load(disk(9900), { PARAM_IOENGINE: 'io_uring' }, 'prepare')).toMatchObject({ status: 0, output: '' });
});
