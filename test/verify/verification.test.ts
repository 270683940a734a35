import type { Problem } from '../../src/errors';
import { windowsOf } from '../../src/verify/outside-prometheus';
import { outsideOf } from '../../src/verify/outside-readings';
import { readingsIn } from '../../src/verify/readings';
import { didOf, type TruthVm } from '../../src/verify/truth';
import { type Verification, verify } from '../../src/verify/verification';
import { CPU, counter, csvOf, type TruthProps, times, truthOf } from '../support/truths';

const GOOD = { 'cpu-0 cpu': 1, 'cpu-1 cpu': 1, 'idle-0 cpu': 0.02 };
const FROM = 1_000_000;

function verified(
  values: Parameters<typeof csvOf>[0],
  props: TruthProps = {},
  shift = 0,
  isThere: (vm: TruthVm) => boolean = () => true,
): Verification {
  const whole = truthOf(props);
  const truth = { ...whole, vms: whole.vms.filter(isThere) };
  const problems: Problem[] = [];
  const { readings } = readingsIn(
    'r.csv',
    csvOf(values, FROM, shift),
    { unitOf: (name) => (name === 'cpu' ? 's/s' : undefined) },
    problems,
  );
  const { outside } = outsideOf('r.csv', readings, truth, problems);
  expect(problems).toEqual([]);
  return verify(truth, outside, { signal: ({ name }) => name === 'cpu' });
}

/** The signals that are not as they should be. */
function bad({ vms }: Verification): string[] {
  return vms.flatMap(({ name, why, signals }) => [
    ...(why === undefined ? [] : [`${name}: ${why}`]),
    ...signals.filter(({ good }) => !good).map((signal) => `${name} ${signal.name} ${signal.verdict}: ${signal.why}`),
  ]);
}

test.each<[string, { readonly [vmAndSignal: string]: number }, boolean, TruthProps['change']?]>([
  ['quiet', GOOD, true],
  ['loud', { ...GOOD, 'idle-0 cpu': 0.5 }, true],
  ['busy', GOOD, true, ({ name }) => (name === 'idle-0' ? { series: { cpu: [counter(FROM, 600, 1)] } } : {})],
  ['busy', { ...GOOD, 'idle-0 cpu': 1 }, true, ({ name }) => (name === 'idle-0' ? { series: { cpu: [counter(FROM, 600, 1)] } } : {})],
  // Of the guest, nothing is known.
  ['loud', { ...GOOD, 'idle-0 cpu': 1 }, true, ({ name }) => (name === 'idle-0' ? { times: [], series: {} } : {})],
  ['unknown', { 'cpu-0 cpu': 1, 'cpu-1 cpu': 1 }, true],
  ['unknown', GOOD, true, ({ name }) => (name === 'idle-0' ? { times: [], series: {} } : {})],
  ['none', { 'cpu-0 cpu': 1, 'cpu-1 cpu': 1 }, false],
])('the negative control is %s', (control, values, withIdle, ...[change]) => {
  expect(verified(values, change ? { change } : {}, 0, ({ name }) => withIdle || name !== 'idle-0').control).toBe(control);
});

test('an idle VM that is busy, and seen', () => {
  const change: TruthProps['change'] = ({ name }) => (name === 'idle-0' ? { series: { cpu: [counter(FROM, 600, 1)] } } : {});
  const found = bad(verified({ ...GOOD, 'idle-0 cpu': 1 }, { change }));
  expect(found).toEqual([
    'idle-0 cpu loud: the guest of this idle VM did 1.00 s/s; an idle VM shows 1.00 s/s, not below the floor of 0.200 s/s, in 2 of 2 windows',
  ]);
});

test('all seen, and the idle VM is quiet', () => {
  const verification = verified(GOOD);
  expect({ bad: bad(verification), good: verification.good, control: verification.control }).toEqual({
    bad: [],
    good: true,
    control: 'quiet',
  });
});

test.each<[string, Parameters<typeof csvOf>[0], readonly string[]]>([
  [
    '20 % too little',
    { ...GOOD, 'cpu-1 cpu': 0.8 },
    ['cpu-1 cpu deviates: 20 % too little: 0.850 s/s to 1.15 s/s expected, in 2 of 2 windows'],
  ],
  [
    '20 % too much',
    { ...GOOD, 'cpu-0 cpu': 1.2 },
    ['cpu-0 cpu deviates: 20 % too much: 0.850 s/s to 1.15 s/s expected, in 2 of 2 windows'],
  ],
  [
    '20 % too much in one window',
    { ...GOOD, 'cpu-0 cpu': [1, 1.2] },
    ['cpu-0 cpu deviates: 20 % too much: 0.850 s/s to 1.15 s/s expected, in 1 of 2 windows'],
  ],
  ['nothing', { ...GOOD, 'cpu-0 cpu': 0 }, ['cpu-0 cpu absent: below the floor of 0.200 s/s, in 2 of 2 windows']],
  ['a missing series', { 'cpu-0 cpu': 1, 'idle-0 cpu': 0 }, ['cpu-1 cpu no series: the readings do not have it']],
  [
    'an idle VM that is seen',
    { ...GOOD, 'idle-0 cpu': 0.5 },
    ['idle-0 cpu loud: an idle VM shows 0.500 s/s, not below the floor of 0.200 s/s, in 2 of 2 windows'],
  ],
  [
    'readings of half of the time',
    { ...GOOD, 'cpu-0 cpu': [1, Number.NaN], 'idle-0 cpu': [Number.NaN, 0] },
    ['cpu-0 cpu no series: no reading in 1 of 2 windows', 'idle-0 cpu no series: no reading in 1 of 2 windows'],
  ],
  ['an idle VM without readings', { 'cpu-0 cpu': 1, 'cpu-1 cpu': 1 }, ['idle-0 cpu no series: the readings do not have it']],
])('finds what is wrong, and nothing else: %s', (_, values, expected) => {
  const verification = verified(values);
  expect(bad(verification)).toEqual(expected);
  expect(verification.good).toBe(false);
});

test.each<[string, TruthProps['change'], Parameters<typeof csvOf>[0], readonly string[]]>([
  [
    'a counter that was reset',
    ({ name }) => (name === 'cpu-0' ? { series: { cpu: [counter(FROM, 600, 1, [FROM + 307])] } } : {}),
    GOOD,
    [],
  ],
  [
    'a load that was stopped',
    ({ name }) => (name === 'cpu-0' ? { series: { cpu: [counter(FROM, 600, 0)] } } : {}),
    { ...GOOD, 'cpu-0 cpu': 0.01 },
    ['cpu-0 cpu weak: the guest did 0 s/s, below the floor of 0.200 s/s, in 2 of 2 windows'],
  ],
  [
    'an idle VM that is not idle, which the product does not see',
    ({ name }) => (name === 'idle-0' ? { series: { cpu: [counter(FROM, 600, 1.5)] } } : {}),
    GOOD,
    ['idle-0 cpu absent: the guest of this idle VM did 1.50 s/s; below the floor of 0.200 s/s, in 2 of 2 windows'],
  ],
  [
    'an idle VM whose guest never answered',
    ({ name }) => (name === 'idle-0' ? { times: [], series: {}, trouble: 'timeout' } : {}),
    GOOD,
    ['idle-0 cpu no data: its guest does not answer: timeout'],
  ],
  [
    'a VM that was stopped',
    ({ name }) => (name === 'cpu-0' ? { notReady: 'is stopped', times: [], series: {} } : {}),
    { 'cpu-1 cpu': 1, 'idle-0 cpu': 0 },
    ['cpu-0: the VM is not ready: is stopped', 'cpu-0 cpu no data: the VM is not ready: is stopped'],
  ],
  [
    'a guest without the metric',
    ({ name }) => (name === 'cpu-0' ? { series: {} } : {}),
    GOOD,
    ['cpu-0 cpu no data: its guest does not serve virtwork_unit_cpu_seconds_total'],
  ],
  [
    'a guest that answered too late',
    ({ name }) => (name === 'cpu-0' ? { times: times(FROM + 100, 500), series: { cpu: [counter(FROM + 100, 500, 1)] } } : {}),
    GOOD,
    ['cpu-0 cpu no data: its guest answered during 66 % of that time'],
  ],
])('what the guests did: %s', (_, change, values, expected) => {
  expect(bad(verified(values, change ? { change } : {}))).toEqual(expected);
});

test.each([-5, 5])('clocks that are %d s apart change no verdict', (shift) => {
  expect(bad(verified(GOOD, {}, shift))).toEqual([]);
  expect(bad(verified({ ...GOOD, 'cpu-0 cpu': 0.8 }, {}, shift))).toHaveLength(1);
});

test('readings of other times are left out, unless there are no others', () => {
  const text = csvOf({ 'cpu-0 cpu': 0 }, FROM - 5000) + csvOf(GOOD).replace(/^.*\n/, '');
  const { readings } = readingsIn('r.csv', text, { unitOf: () => 's/s' }, []);
  expect(bad(verify(truthOf(), outsideOf('r.csv', readings, truthOf(), []).outside, { signal: ({ name }) => name === 'cpu' }))).toEqual([]);
});

test.each<[string, readonly (readonly [from: number, to: number])[], readonly string[]]>([
  [
    'gaps of less than a window',
    [
      [20, 250],
      [530, 590],
    ],
    [],
  ],
  [
    'times that begin before and end after',
    [
      [-100, 200],
      [200, 500],
      [500, 800],
    ],
    [],
  ],
  ['a second', [[100, 101]], ['no reading in 1 of 2 windows']],
  ['all but the end', [[0, 300]], ['no reading in 1 of 2 windows']],
  ['the end', [[300, 600]], ['no reading in 1 of 2 windows']],
  ['another time', [[600, 900]], ['the readings of it are of another time']],
])('readings of %s', (_, parts, expected) => {
  const rows = parts.map(([from, to]) => `cpu-0,cpu,${FROM + from},${FROM + to},1,s/s\n`).join('');
  const { readings } = readingsIn('r.csv', csvOf({ 'cpu-1 cpu': 1, 'idle-0 cpu': 0 }) + rows, { unitOf: () => 's/s' }, []);
  const { outside } = outsideOf('r.csv', readings, truthOf(), []);
  const of = verify(truthOf(), outside, { signal: ({ name }) => name === 'cpu' });
  expect(bad(of)).toEqual(expected.map((why) => `cpu-0 cpu no series: ${why}`));
});

test.each([
  [
    3600,
    'must have readings of the time of the truth, 1970-01-12 13:46:40 to 13:56:40 UTC, got those of 1970-01-12 14:46:40 to 14:56:40 UTC',
  ],
  [
    -86_400,
    'must have readings of the time of the truth, 1970-01-12 13:46:40 to 13:56:40 UTC, got those of 1970-01-11 13:46:40 to 13:56:40 UTC',
  ],
])('readings that are all %d s off are an error', (shift, message) => {
  const problems: Problem[] = [];
  outsideOf('r.csv', readingsIn('r.csv', csvOf(GOOD, FROM, shift), { unitOf: () => 's/s' }, []).readings, truthOf(), problems);
  expect(problems).toEqual([{ where: 'r.csv', message, hint: 'do the times have the right zone?' }]);
});

test('two readings of the same time must have the same value', () => {
  const problems: Problem[] = [];
  const { readings } = readingsIn(
    'r.csv',
    csvOf(GOOD) + csvOf({ 'cpu-0 cpu': [1, 2] }).replace(/^.*\n/, ''),
    { unitOf: () => 's/s' },
    problems,
  );
  outsideOf('r.csv', readings, truthOf(), problems);
  expect(problems).toEqual([{ where: 'r.csv:9', message: 'has the same VM, signal and times as r.csv:3, and another value' }]);
});

test('a check of nothing is not good', () => {
  const truth = truthOf();
  const { outside } = outsideOf('r.csv', [], truth, []);
  expect(verify(truth, outside, { signal: () => false }).good).toBe(false);
  const hidden = truth.workloads.map((each) => ({ ...each, signals: [{ ...CPU, guest: undefined, hides: 'nothing' }] }));
  expect(verify({ ...truth, workloads: hidden as never }, outside).good).toBe(false);
});

test('a VM of which every signal is too weak fails', () => {
  const truth = truthOf({ change: () => ({ series: { 'disk-read': [counter(FROM, 600, 0)] } }) });
  const { outside } = outsideOf('r.csv', [], truth, []);
  const [vm] = verify(truth, outside, { signal: ({ name }) => name === 'disk-read' }).vms;
  expect({ good: vm?.good, why: vm?.why }).toEqual({ good: false, why: 'nothing of this VM was seen: is its load stopped?' });
});

test('a gauge is averaged, and its maximum is found', () => {
  const [vm] = truthOf({
    change: () => ({
      series: {
        cpu: [
          [
            [FROM, 0],
            [FROM + 600, 10],
          ],
        ],
      },
    }),
  }).vms;
  const of = (as: 'value' | 'max') => didOf(vm as never, { ...CPU, guest: { metric: 'm', labels: {}, as } }, FROM, FROM + 600);
  expect([of('value'), of('max')]).toEqual([5, 10]);
});

test.each([
  [
    0,
    600,
    300,
    [
      [0, 300],
      [300, 600],
    ],
  ],
  [
    0,
    700,
    300,
    [
      [100, 400],
      [400, 700],
    ],
  ],
  [0, 120, 300, [[0, 120]]],
])('the windows of %d to %d s', (from, to, windowSeconds, expected) => {
  expect(windowsOf({ from, to }, { windowSeconds }).map((each) => [each.from, each.to])).toEqual(expected);
});
