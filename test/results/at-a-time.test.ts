import { setTimeout as sleep } from 'node:timers/promises';
import { atATime } from '../../src/results/at-a-time';

test('works on all items, and on no more than so many at a time', async () => {
  let [now, most] = [0, 0];
  const done: number[] = [];
  await atATime(3, [1, 2, 3, 4, 5, 6, 7], async (item) => {
    now += 1;
    most = Math.max(most, now);
    await sleep(5);
    now -= 1;
    done.push(item);
  });
  expect({ most, done: done.sort() }).toEqual({ most: 3, done: [1, 2, 3, 4, 5, 6, 7] });
});

test('an error ends the work on further items', async () => {
  const begun: number[] = [];
  const work = atATime(1, [1, 2, 3], async (item) => {
    begun.push(item);
    if (item === 2) throw new Error('two');
  });
  await expect(work).rejects.toThrow('two');
  expect(begun).toEqual([1, 2]);
});

test('no items', () => expect(atATime(3, [], () => Promise.reject(new Error('never')))).resolves.toBeUndefined());
