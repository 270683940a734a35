import { continuityOf } from '../../src/verify/continuity';

/** Every 15 s. */
const series = (...outside: readonly (number | undefined)[]) =>
  outside.map((value, index) => ({
    from: 1000 + index * 15 - 60,
    to: 1000 + index * 15,
    guest: 1,
    ...(value === undefined ? {} : { outside: value }),
  }));
const event = { time: 1040, kind: 'migration', text: '' };

test.each<[string, readonly (number | undefined)[], string | undefined]>([
  ['goes on', [1, 1, 1, 1, 1, 1], 'steady: goes on'],
  ['has a gap', [1, 1, 1, undefined, undefined, 1], 'gap: 2 of 3 readings after it are missing'],
  ['is counted twice', [1, 1, 1, 2, 2, 1], 'twice: 2.0 times what the guest did: is it counted twice?'],
  ['jumps', [1, 1, 1, 5, 1, 1], 'jump: 5.0 times what the guest did'],
  ['jumps a little', [1, 1, 1, 1.4, 1, 1], 'steady: goes on'],
  ['has no readings before', [undefined, undefined, undefined, 1, 1, 1], undefined],
  ['ends before', [1, 1], undefined],
])('around an event, a series %s', (_, values, expected) => {
  const [found] = continuityOf(series(...values), [event], { floor: 0.1 });
  expect(found && `${found.finding}: ${found.text}`).toBe(expected);
});

test('a guest that does too little is not compared', () => {
  const quiet = series(1, 1, 1, 1, 1).map((point) => ({ ...point, guest: 0.05 }));
  expect(continuityOf(quiet, [event], { floor: 0.1 })[0]?.finding).toBe('steady');
});
