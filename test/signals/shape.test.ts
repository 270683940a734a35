import { level, meanLevel, type Shape, shapeOf } from '../../src/signals/shape';
import { outputOf } from '../support/run';
import { GUEST_LIB } from '../support/stub-root';

const BASE: Shape = { kind: 'day', period: 3600, low: 10, duty: 50, steps: 4, noise: 0, seed: 0 };
/** A multiple of all periods below. */
const START = 1_795_564_800;

const environment = ({ kind, period, low, duty, steps, noise, seed }: Shape): { [name: string]: string } => ({
  PARAM_SHAPE: kind,
  PARAM_SHAPE_PERIOD: `${period}`,
  PARAM_SHAPE_LOW: `${low}`,
  PARAM_SHAPE_DUTY: `${duty}`,
  PARAM_SHAPE_STEPS: `${steps}`,
  PARAM_SHAPE_NOISE: `${noise}`,
  PARAM_SHAPE_SEED: `${seed}`,
});

/** What the guest computes: level and end of the slot at each time. */
function inGuest(shape: Shape, times: readonly number[]): [number, number][] {
  const script = `set -euo pipefail; . common.sh; . shape.sh; while read -r time; do shape_level "$time"; echo "$level $slot_end"; done`;
  const env = { ...process.env, ...environment(shape) };
  const text = outputOf('bash', ['-c', script], { cwd: GUEST_LIB, env, input: `${times.join('\n')}\n`, seconds: 60 });
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number) as [number, number]);
}

/** Seconds after the beginning of a period, and the level there. */
test.each<[Partial<Shape>, [number, number][]]>([
  [{ kind: 'constant' }, [[0, 1]]],
  [
    { kind: 'duty' },
    [
      [0, 1],
      [1799, 1],
      [1800, 0.1],
      [3599, 0.1],
      [3600, 1],
    ],
  ],
  [
    { kind: 'duty', duty: 25, low: 0 },
    [
      [899, 1],
      [900, 0],
    ],
  ],
  // 12 slots of 5 s; a slot belongs to what its middle belongs to.
  [
    { kind: 'duty', duty: 30, period: 60 },
    [
      [19, 1],
      [20, 0.1],
    ],
  ],
  [
    { kind: 'ramp' },
    [
      [0, 0.1],
      [59, 0.1],
      [60, 0.1152],
      [3539, 0.9847],
      [3540, 1],
      [3600, 0.1],
    ],
  ],
  [
    { kind: 'steps', low: 0 },
    [
      [0, 0],
      [899, 0],
      [900, 0.3333],
      [1800, 0.6666],
      [2700, 1],
      [3599, 1],
    ],
  ],
  [
    { kind: 'steps', steps: 2 },
    [
      [1799, 0.1],
      [1800, 1],
    ],
  ],
  [
    { kind: 'day', low: 0, period: 86_400 },
    [
      [0, 0.0008],
      [21_600, 0.5248],
      [43_199, 0.9991],
      [43_200, 0.9991],
      [86_399, 0.0008],
    ],
  ],
  [
    { kind: 'day', noise: 5, seed: 7 },
    [
      [0, 0.1023],
      [60, 0.1266],
      [3600, 0.1431],
    ],
  ],
])('%j', (change, expected) => {
  const shape = { ...BASE, ...change };
  const levels = expected.map(([offset]) => [offset, level(shape, START + offset)]);
  expect(levels).toEqual(expected);
});

test.each<Partial<Shape>>([
  { kind: 'duty' },
  { kind: 'duty', duty: 1, period: 119, low: 0 },
  { kind: 'duty', duty: 99, period: 604_800 },
  { kind: 'ramp', period: 60 },
  { kind: 'ramp', period: 61, low: 99 },
  { kind: 'ramp', period: 1000, noise: 3 },
  { kind: 'steps', steps: 12, period: 60 },
  { kind: 'steps', steps: 7, period: 3599, low: 33 },
  { kind: 'day', low: 0, period: 299 },
  { kind: 'day', period: 604_800, noise: 100, seed: 1_000_000_000 },
  { kind: 'day', period: 60, noise: 20, seed: 1 },
  { kind: 'day', period: 301, noise: 1, seed: 42 },
])('the guest computes the same levels: %j', (change) => {
  const shape = { ...BASE, ...change };
  const first = Array.from({ length: 400 }, (_, index) => START - 3 + Math.floor((index * shape.period) / 150));
  const last = [0, 4_102_444_799, 253_402_300_799];
  const times = [...first, ...last];
  const guest = inGuest(shape, times);
  expect(guest.map(([value]) => value / 10_000)).toEqual(times.map((time) => level(shape, time)));
  // The level is the same until the slot ends, and the mean of a slot is its level.
  for (const [index, [value, end]] of guest.entries()) {
    expect(end).toBeGreaterThan(times[index] as number);
    expect(meanLevel(shape, times[index] as number, end)).toBeCloseTo(value / 10_000, 9);
  }
});

test.each<[Partial<Shape>, number, number, number]>([
  [{ kind: 'constant' }, 0, 100, 1],
  [{ kind: 'duty' }, 0, 3600, 0.55],
  [{ kind: 'duty' }, 1790, 1810, 0.55],
  [{ kind: 'duty' }, 1799.5, 1800.5, 0.55],
  [{ kind: 'duty' }, 100, 100, 1],
  [{ kind: 'steps' }, 0, 7200, 0.55],
])('the mean of %j from %d to %d', (change, from, to, expected) => {
  expect(meanLevel({ ...BASE, ...change }, START + from, START + to)).toBeCloseTo(expected, 4);
});

test('noise is spread evenly, and neighbors and seeds have nothing in common', () => {
  const at = (seed: number, index: number) =>
    level({ ...BASE, kind: 'duty', duty: 99, low: 50, noise: 50, seed }, START + 60 * index + 3600);
  const values = Array.from({ length: 50 }, (_, index) => at(1, index));
  expect(new Set(values).size).toBeGreaterThan(15);
  expect(values).not.toEqual(Array.from({ length: 50 }, (_, index) => at(2, index)));
});

describe('a phase in the guest', () => {
  /** The first phase from a time on, and the metric that it publishes. */
  function phase(change: Partial<Shape>, offset: number) {
    const shape = { ...BASE, ...change };
    const script = `set -euo pipefail; . common.sh; . shape.sh; unset EPOCHSECONDS; EPOCHSECONDS=${START + offset}
      publish_metrics() { "$2"; }; next_phase; echo "$level $seconds"`;
    const lines = outputOf('bash', ['-c', script], { cwd: GUEST_LIB, env: { ...process.env, ...environment(shape) }, seconds: 60 });
    return lines.trim().split('\n').slice(-2);
  }

  test.each<[Partial<Shape>, number, string, string]>([
    [{ kind: 'duty' }, 0, '1.0000', '10000 1800'],
    [{ kind: 'duty' }, 1799, '1.0000', '10000 1'],
    [{ kind: 'duty' }, 1800, '0.1000', '1000 1800'],
    [{ kind: 'steps', low: 0 }, 950, '0.3333', '3333 850'],
    [{ kind: 'ramp' }, 70, '0.1152', '1152 50'],
    [{ kind: 'day', low: 99, period: 60 }, 58, '0.9901', '9901 2'],
  ])('%j at %d s', (change, offset, ratio, expected) => {
    expect(phase(change, offset)).toEqual([`virtwork_shape_level_ratio ${ratio}`, expected]);
  });
});

test('the params of an entry', () => {
  const params = { shape: 'day', 'shape-period': '60', 'shape-low': '0', 'shape-duty': '50', 'shape-steps': '4' };
  const shape = { ...BASE, period: 60, low: 0 };
  expect(shapeOf({ ...params, 'shape-noise': '0', 'shape-seed': '0', other: 'x' })).toEqual(shape);
  expect(shapeOf({ other: 'x' })).toBeUndefined();
});
