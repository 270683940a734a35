import type { Signal } from '../../src/signals/signal';
import { isGood, judge, type Verdict, worst } from '../../src/verify/verdict';

const SIGNAL: Signal = {
  name: 'cpu',
  desc: 'CPU time',
  guest: { metric: 'm', labels: {}, as: 'rate' },
  outside: 'o{$vms}',
  unit: 's/s',
  relation: { low: 0.85, high: 1.15, slack: 0.05 },
  floor: 0.1,
  windowSeconds: 300,
};
const { relation: _, ...FLOOR_ONLY } = SIGNAL;

test.each<[number | undefined, number | undefined, Verdict, Partial<Signal>?]>([
  [1, 1, 'seen'],
  [1, 0.8, 'seen'],
  [1, 1.2, 'seen'],
  // A reading that is wrong by 20 % of a larger load.
  [2, 1.6, 'deviates'],
  [2, 2.4, 'deviates'],
  [1, 0.79, 'deviates'],
  [1, 1.21, 'deviates'],
  [1, 1.21, 'seen', { relation: { low: 0.85, slack: 0 } }],
  [1, 0.09, 'absent'],
  // Both near the floor.
  [0.105, 0.095, 'seen'],
  [0.12, 0.09, 'deviates', { relation: { low: 0.85, slack: 0 } }],
  [0.12, 0.05, 'absent'],
  [1, undefined, 'no series'],
  [0.05, 0.05, 'weak'],
  [0.05, undefined, 'weak'],
  [0, 0.11, 'deviates'],
  [0, 5, 'weak', { relation: { low: 0.85, slack: 0 } }],
  [undefined, 1, 'no data'],
  [undefined, undefined, 'no data'],
])('the guest did %s, the product saw %s: %s', (guest, outside, verdict, change = {}) => {
  const pair = { ...(guest === undefined ? {} : { guest }), ...(outside === undefined ? {} : { outside }) };
  expect(judge({ ...SIGNAL, ...change }, pair, false)).toBe(verdict);
});

test('without a relation, a reading of at least the floor is enough', () => {
  expect(judge(FLOOR_ONLY, { guest: 1, outside: 0.1 }, false)).toBe('seen');
  expect(judge(FLOOR_ONLY, { guest: 1, outside: 0.09 }, false)).toBe('absent');
});

test.each<[number | undefined, Verdict]>([
  [0, 'quiet'],
  [0.09, 'quiet'],
  [0.1, 'loud'],
  [undefined, 'no series'],
])('an idle VM that shows %s is %s, and never seen', (outside, verdict) => {
  for (const guest of verdict === 'quiet' ? [0, 0.09, undefined] : [0, 1, undefined])
    expect(judge(SIGNAL, { ...(guest === undefined ? {} : { guest }), ...(outside === undefined ? {} : { outside }) }, true)).toBe(verdict);
});

test('a product that does not see what the guest of an idle VM does', () => {
  expect(judge(SIGNAL, { guest: 1, outside: 0 }, true)).toBe('absent');
});

test('what is no number is no reading', () => {
  expect(judge(SIGNAL, { guest: 1, outside: Number.NaN }, false)).toBe('no series');
  expect(judge(SIGNAL, { guest: 0, outside: Number.NaN }, true)).toBe('no series');
});

test('what cannot be compared is not checked', () => {
  const { guest, outside, ...hidden } = SIGNAL;
  expect(judge({ ...hidden, hides: 'nothing outside' }, { guest: 1, outside: 1 }, false)).toBe('not checked');
});

test.each<[readonly Verdict[], Verdict]>([
  [['seen', 'deviates', 'seen'], 'deviates'],
  [['seen', 'weak'], 'seen'],
  [['deviates', 'absent'], 'absent'],
  [['seen', 'no series'], 'no series'],
  [[], 'no data'],
])('of the windows %j: %s', (verdicts, verdict) => {
  expect(worst(verdicts)).toBe(verdict);
});

test.each<[Verdict, boolean, boolean]>([
  ['seen', true, true],
  ['quiet', true, true],
  ['not checked', true, true],
  ['weak', false, true],
  ['absent', false, false],
  ['deviates', false, false],
  ['loud', false, false],
  ['no series', false, false],
  ['no data', false, false],
])('%s is good: %s, of a default signal %s', (verdict, own, byDefault) => {
  expect([isGood(verdict, {}), isGood(verdict, { byDefault: true })]).toEqual([own, byDefault]);
});
