import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/places';
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
function load(script: string, offset: number, params: NodeJS.ProcessEnv, tools: readonly string[]) {
  const clock = `unset EPOCHSECONDS\nEPOCHSECONDS=${START + offset}\n`;
  const root = new StubRoot()
    .file('lib/common.sh', `${clock}. ${join(GUEST_LIB, 'common.sh')}\n`)
    .file('lib/shape.sh', `. ${join(GUEST_LIB, 'shape.sh')}\n`)
    .stub('sleep', 'exit 1');
  for (const tool of tools) root.stub(tool, 'exit 1');
  const env = { VIRTWORK_LIB_DIR: join(root.dir, 'lib'), VIRTWORK_METRICS_DIR: root.dir, ...SHAPE, ...params };
  const { status, calls } = root.run(join(ROOT, 'catalog', script), [], env);
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
