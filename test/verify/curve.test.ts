import type { Shape } from '../../src/signals/shape';
import { meanLevel, level as shapeLevel } from '../../src/signals/shape';
import type { Series } from '../../src/verify/samples';
import type { Seen } from '../../src/verify/seen';
import type { Truth, TruthVm } from '../../src/verify/truth';
import { type CheckedVm, verify } from '../../src/verify/verification';
import { times, truthOf } from '../support/truths';

/** At the beginning of a period. */
const FROM = 1_795_564_800;
const SECONDS = 3600;
const DAY: Shape = { kind: 'day', period: 3600, low: 10, duty: 50, steps: 4, noise: 0, seed: 0 };
const DUTY: Shape = { ...DAY, kind: 'duty', low: 0, period: 1200 };

type Rate = (from: number, to: number) => number;

/** A CPU load of 2 s/s at most, by its mean in a time. */
const by =
  (shape: Shape, late = 0): Rate =>
  (from, to) =>
    2 * meanLevel(shape, from - late, to - late);
const steady: Rate = () => 1;

function counted(rate: Rate): Series {
  let total = 0;
  return times(FROM, SECONDS).map((time, index) => {
    if (index > 0) total += 15 * rate(time - 15, time);
    return [time, total];
  });
}

function levels(shape: Shape, late = 0): Series {
  return times(FROM, SECONDS).map((time) => [time, shapeLevel(shape, time - late)]);
}

interface Case {
  /** Of the configuration. Absent: it is not known. */
  readonly shape?: Shape;
  readonly guest: Rate;
  readonly levels?: Series;
  readonly outside: Rate;
  readonly points?: 'fine' | 'windows';
  /** The full load of the params. */
  readonly full?: number;
}

function checked({ shape, guest, levels: reported, outside, points = 'fine', full }: Case): CheckedVm {
  const change = (vm: TruthVm) => ({ series: { cpu: [counted(guest)] }, ...(reported && vm.name === 'cpu-0' ? { levels: reported } : {}) });
  const plain = truthOf({ from: FROM, seconds: SECONDS, change });
  const [vm] = plain.vms;
  const workloads = plain.workloads.map((each) => ({
    ...each,
    ...(shape ? { shape } : {}),
    ...(full === undefined ? {} : { full: { cpu: full } }),
  }));
  const truth: Truth = { ...plain, workloads, vms: [vm as TruthVm] };
  const windows = times(FROM, SECONDS - 300, 300).map((from) => ({ from, to: from + 300, value: outside(from, from + 300) }));
  const fine = times(FROM + 60, SECONDS - 60).map((to) => ({ from: to - 60, to, value: outside(to - 60, to) }));
  const seen: Seen = { windows, ...(points === 'fine' ? { points: fine } : {}) };
  return verify(truth, { kind: 'prometheus', place: 'P', of: () => seen }, { signal: ({ name }) => name === 'cpu' }).vms[0] as CheckedVm;
}

const follows = { curve: { verdict: 'follows' } };

test.each<[string, Case, object]>([
  ['all follow it', { shape: DAY, guest: by(DAY), levels: levels(DAY), outside: by(DAY) }, { good: true, ...follows }],
  ['all follow it, with pauses', { shape: DUTY, guest: by(DUTY), levels: levels(DUTY), outside: by(DUTY) }, { good: true, ...follows }],
  ['readings of 5 minutes', { shape: DAY, guest: by(DAY), outside: by(DAY), points: 'windows' }, { good: true, ...follows }],
  ['a curve that only the guest reports', { guest: by(DAY), levels: levels(DAY), outside: by(DAY) }, { good: true, ...follows }],
  ['a product that is 30 s late', { shape: DAY, guest: by(DAY), outside: by(DAY, 30) }, { good: true, ...follows }],
  [
    'a quarter of a period',
    { shape: { ...DAY, period: 14_400 }, guest: by({ ...DAY, period: 14_400 }), outside: by({ ...DAY, period: 14_400 }) },
    { good: true, ...follows },
  ],
  ['the full load of the params', { shape: DAY, full: 2.3, guest: by(DAY), outside: by(DAY) }, { good: true, ...follows }],
  ...[1.5, 3].map((full): [string, Case, object] => [
    `another full load than ${full}`,
    { shape: DAY, full, guest: by(DAY), outside: by(DAY) },
    {
      good: false,
      curve: {
        verdict: 'differs',
        why: `the guest follows the curve, but cpu at full load is 2.00 s/s, not the ${full.toFixed(2)} s/s of its params: does it reach them, and are they those of the configuration?`,
      },
    },
  ]),
  [
    'a load that is constant',
    { shape: DAY, guest: steady, outside: steady },
    {
      good: false,
      curve: {
        verdict: 'differs',
        why: 'the guest does not follow the curve: at 00:02:37 UTC, where it is at 12 %, cpu was 1.00 s/s, not 0.170 s/s',
      },
    },
  ],
  [
    'a load that is half a period late',
    { shape: DAY, guest: by(DAY, 1800), outside: by(DAY, 1800) },
    { good: false, curve: { verdict: 'differs', why: expect.stringMatching(/^the guest does not follow the curve: at /) } },
  ],
  [
    'a load that is a sixth of a period late',
    { shape: DAY, guest: by(DAY, 600), outside: by(DAY, 600) },
    { good: false, curve: { verdict: 'differs' } },
  ],
  ['a load that is a minute late', { shape: DAY, guest: by(DAY, 60), outside: by(DAY, 60) }, { good: true, ...follows }],
  [
    'a guest whose clock is wrong',
    { shape: DAY, guest: by(DAY, 900), levels: levels(DAY, 900), outside: by(DAY, 900) },
    {
      good: false,
      curve: {
        verdict: 'differs',
        why: expect.stringMatching(/^at \d\d:\d\d:\d\d UTC, its guest is at \d+ % of the full load, where the/),
      },
    },
  ],
  [
    'a guest with other params',
    { shape: DUTY, guest: by(DAY), levels: levels(DAY), outside: by(DAY) },
    { good: false, curve: { verdict: 'differs' } },
  ],
  [
    'readings that are within the tolerance, but show no curve',
    { shape: { ...DAY, low: 78 }, guest: by({ ...DAY, low: 78 }), outside: () => 1.75, points: 'fine' },
    {
      good: false,
      ...follows,
      signals: [
        {
          verdict: 'deviates',
          why: expect.stringMatching(/^does not follow the curve: at \d\d:\d\d:\d\d UTC, where it is at \d+ %, it shows 1.75 s\/s, not /),
        },
      ],
    },
  ],
  [
    'a low part of the curve, in which nothing can be seen',
    { shape: { ...DAY, period: 360_000, low: 5 }, guest: () => 0.1, outside: () => 0.1 },
    {
      good: false,
      signals: [
        {
          verdict: 'weak',
          why: expect.stringMatching(/^the guest did 0\.100 s\/s, below the floor .*; its load shape was at \d+ % of the full load$/),
        },
      ],
    },
  ],
  [
    'a curve that hardly changes',
    { shape: { ...DAY, low: 90 }, guest: by({ ...DAY, low: 90 }), outside: by({ ...DAY, low: 90 }) },
    {
      good: true,
      curve: { verdict: 'not checked', why: 'the curve changes too little in this time, or the readings are too few: use a longer --for' },
    },
  ],
])('the curve of a load shape: %s', (_, props, expected) => {
  expect(checked(props)).toMatchObject(expected);
});

test('the expected values are relative to the full load of the guest', () => {
  const [signal] = checked({ shape: DUTY, guest: by(DUTY), outside: by(DUTY) }).signals;
  const rounded = signal?.points.map(({ expected = Number.NaN }) => Math.round(10 * expected) / 10);
  expect([Math.min(...(rounded ?? [])), Math.max(...(rounded ?? []))]).toEqual([0, 2]);
});

test('a constant load has no curve', () => {
  expect(checked({ guest: steady, outside: steady }).curve).toBeUndefined();
});
