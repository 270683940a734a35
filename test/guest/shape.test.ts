import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/places';
import { outputOf } from '../support/run';
import { GUEST_LIB, StubRoot } from '../support/stub-root';

/** A multiple of the period. */
const START = 1_795_564_800;
const SHAPE = {
  PARAM_SHAPE: 'duty',
  PARAM_SHAPE_PERIOD: '3600',
  PARAM_SHAPE_LOW: '10',
  PARAM_SHAPE_DUTY: '50',
  PARAM_SHAPE_STEPS: '4',
  PARAM_SHAPE_NOISE: '0',
  PARAM_SHAPE_SEED: '0',
};

/** The load of an entry at a time of the period, with stubs that end it. */
function load(script: string, offset: number, params: NodeJS.ProcessEnv, tools: readonly string[], guest = new StubRoot()) {
  const clock = `unset EPOCHSECONDS\nEPOCHSECONDS=${START + offset}\n`;
  const root = guest
    .file('lib/common.sh', `${clock}. ${join(GUEST_LIB, 'common.sh')}\n`)
    .file('lib/shape.sh', `. ${join(GUEST_LIB, 'shape.sh')}\n`)
    .stub('sleep', 'exit 1');
  for (const tool of tools) root.stub(tool, 'exit 1');
  const env = { VIRTWORK_LIB_DIR: join(root.dir, 'lib'), VIRTWORK_METRICS_DIR: root.dir, ...SHAPE, ...params };
  const { status, calls } = root.run(join(ROOT, 'catalog', script), ['run'], env);
  const published = () => readFileSync(join(root.dir, 'shape.prom'), 'utf8').split('\n').at(-2);
  return { status, calls, published };
}

describe.each([
  ['cpu', { PARAM_CPU_LOAD_PERCENT: '80', PARAM_CPU_METHOD: 'fft' }, '--cpu 0 --cpu-method fft --temp-path /tmp --cpu-load %'],
  [
    'memory',
    { PARAM_MEMORY_PERCENT: '80', PARAM_VM_STRESSORS: '2', PARAM_VM_METHOD: 'flip' },
    '--vm 2 --vm-method flip --temp-path /tmp --vm-bytes %%',
  ],
])('%s', (entry, params, options) => {
  const keep = entry === 'memory' ? ' --vm-keep --vm-populate' : '';
  const call = (percent: number) => `stress-ng ${options.replace('%', `${percent}`)}`;
  const run = (offset: number, change: NodeJS.ProcessEnv = {}) =>
    load(`${entry}/files/usr/local/bin/virtwork-${entry}`, offset, { ...params, ...change }, ['stress-ng']);

  test('runs without end at a constant load', () => {
    const { calls } = run(0, { PARAM_SHAPE: 'constant' });
    expect(calls).toEqual([`${call(80)} --timeout 0`]);
  });

  test.each([
    [0, {}, 80, 1800, '1.0000'],
    [1700, {}, 80, 100, '1.0000'],
    [1800, {}, 8, 1800, '0.1000'],
    // A third of 80 percent, rounded.
    [1000, { PARAM_SHAPE: 'steps', PARAM_SHAPE_LOW: '0' }, 27, 800, '0.3333'],
  ])('at %d s runs at its share of the load, and reports the level and failures', (offset, change, percent, seconds, ratio) => {
    const { status, calls, published } = run(offset, change);
    expect(calls).toEqual([`${call(percent)}${keep} --timeout ${seconds}`]);
    expect(status).toBe(1);
    expect(published()).toBe(`virtwork_shape_level_ratio ${ratio}`);
  });

  test('pauses while the level is zero', () => {
    expect(run(1900, { PARAM_SHAPE_LOW: '0' })).toMatchObject({ calls: ['sleep 1700'] });
  });
});

const CAPPED: { readonly [entry: string]: (offset: number, change?: NodeJS.ProcessEnv) => ReturnType<typeof load> } = {
  disk: (offset, change) => {
    const params = { BLOCK_SIZE_RW: '4k', BLOCK_SIZE_SEQ: '128k', RWMIXREAD: '50', NUMJOBS: '4', RUNTIME: '300', IOENGINE: 'sync' };
    const root = new StubRoot()
      .stub('mountpoint')
      .stub('stat', `echo 10000 9900 ${1 << 20}`)
      .stub('du', 'echo 0 total')
      .file('mnt/x', '');
    const env = {
      VIRTWORK_DISK_MOUNT: join(root.dir, 'mnt'),
      PARAM_FILE_SIZE: '1G',
      PARAM_RATE_IOPS: '1000',
      ...prefixed(params),
      ...change,
    };
    root.stub('fio', `echo "runtime $PARAM_RUNTIME" >>${join(root.dir, 'calls')}; exit 1`);
    return load('disk/files/usr/local/bin/virtwork-disk-load', offset, env, [], root);
  },
  network: (offset, change) => {
    const params = { TEST_DURATION: '300', PARALLEL_STREAMS: '4', BANDWIDTH: '100000000' };
    const env = { VIRTWORK_PEER: 'server', ...prefixed(params), ...change };
    return load('network/files.client/usr/local/bin/virtwork-network-client', offset, env, ['iperf3'], new StubRoot().tools('timeout'));
  },
  database: (offset, change) => {
    const params = { SCALE_FACTOR: '1', CLIENTS: '4', DURATION: '300', TPS: '30' };
    const root = new StubRoot().stub('createdb').stub('psql', 'echo pgbench scale 1');
    return load('database/files/usr/local/bin/virtwork-database-load', offset, { ...prefixed(params), ...change }, ['pgbench'], root);
  },
};

function prefixed(params: { readonly [name: string]: string }): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [`PARAM_${name}`, value]));
}

// A tenth of the cap at the lowest level.
test.each<[string, number, NodeJS.ProcessEnv, RegExp]>([
  ['disk', 0, { PARAM_SHAPE: 'constant' }, /--rate=512000,512000 .*\nruntime 300$/],
  ['disk', 0, {}, /--rate=512000,512000 .*\nruntime 300$/],
  ['disk', 1750, {}, /--rate=512000,512000 .*\nruntime 50$/],
  ['disk', 3580, {}, /--rate=51200,51200 .*\nruntime 20$/],
  ['network', 0, { PARAM_SHAPE: 'constant', PARAM_BANDWIDTH: '0' }, /--time 300 --parallel 4 --bidir --interval 0/],
  ['network', 0, { PARAM_SHAPE: 'constant' }, /--time 300 --parallel 4 --bidir --bitrate 25000000 --length 131072 --interval 0/],
  ['network', 1790, {}, /--time 10 --parallel 4 --bidir --bitrate 25000000 --length 131072 /],
  ['network', 1800, {}, /--time 300 --parallel 4 --bidir --bitrate 2500000 --length 15625 /],
  ['network', 1800, { PARAM_BANDWIDTH: '1' }, /--bitrate 1 --length 1024 /],
  ['database', 0, { PARAM_SHAPE: 'constant', PARAM_TPS: '0' }, /--client=4 --jobs=2 --time=300 virtwork$/],
  ['database', 0, { PARAM_SHAPE: 'constant' }, /--client=4 --jobs=2 --time=300 --rate=30.0000 virtwork$/],
  ['database', 1799, {}, /--time=1 --rate=30.0000 virtwork$/],
  ['database', 1800, { PARAM_TPS: '1' }, /--time=300 --rate=0.1000 virtwork$/],
])('%s at %d s of %j', (entry, offset, change, expected) => {
  const { status, calls } = (CAPPED[entry] as (typeof CAPPED)[string])(offset, change);
  expect(status).toBe(1);
  expect(calls.filter((call) => !/^(psql|mountpoint|stat|du)/.test(call)).join('\n')).toMatch(expected);
});

/** What a script that sources the functions prints at a time of the period. Its sleep moves the clock. */
function sourced(offset: number, script: string, params: NodeJS.ProcessEnv = {}): string {
  const prelude = `set -u; . common.sh; . shape.sh; unset EPOCHSECONDS; EPOCHSECONDS=${START + offset}
    sleep() { echo "slept $1"; EPOCHSECONDS=$((EPOCHSECONDS + $1)); }; publish_metrics() { :; }`;
  const env = { ...process.env, ...SHAPE, ...params };
  return outputOf('bash', ['-c', `${prelude}\n${script}`], { cwd: GUEST_LIB, env, seconds: 60 }).trim();
}

test.each<[number, NodeJS.ProcessEnv, string]>([
  [0, { PARAM_SHAPE: 'constant' }, '10000 300'],
  [1700, {}, '10000 100'],
  [1800, {}, '1000 300'],
  [2000, { PARAM_SHAPE_LOW: '0' }, 'slept 1600\n10000 300'],
])('the next run at %d s with %j', (offset, params, expected) => {
  expect(sourced(offset, 'next_run 300; echo "$level $seconds"', params)).toBe(expected);
});

test.each<[string, number, string]>([
  ['constant', 0, 'slept 10'],
  ['constant', 1, 'slept 10'],
  ['day', 0, 'slept 4'],
  ['day', 1, 'slept 10'],
])('the pause after a run with shape %s and %d failures', (PARAM_SHAPE, failures, expected) => {
  expect(sourced(0, `run_end=${START + 4}; rest 10 ${failures}`, { PARAM_SHAPE })).toBe(expected);
});
