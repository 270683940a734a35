import type { Summary } from '../../src/results/answer';
import { overlapsOf } from '../../src/results/overlap';
import type { Result } from '../../src/results/result';
import { PLAN, record } from '../support/trial-records';

interface Ran {
  /** Start of the window since that of the group, and its seconds. */
  readonly window?: readonly [number, number];
  /** Start and seconds of the unit. @default [0.5, 70] */
  readonly unit?: readonly [number | undefined, number | undefined];
  readonly barrier?: Partial<Result['barrier']>;
  readonly more?: Partial<Result>;
}

function ran({ window, unit: [late, seconds] = [0.5, 70], barrier, more }: Ran, index: number): Summary {
  const { seconds: _, ...whole } = record({
    vm: `fio-${index}`,
    index,
    barrier: { expected: 2, outcome: 'together', ...(late === undefined ? {} : { late }), ...barrier },
    ...(window ? { window: { from: window[0], seconds: window[1] } } : {}),
    ...more,
  });
  return seconds === undefined ? whole : { ...whole, seconds };
}

test.each<[string, readonly Ran[], number | undefined]>([
  ['the same window', [{ window: [10, 60] }, { window: [10, 60] }], 1],
  ['a start that is later', [{ window: [10, 60] }, { window: [13, 60] }], 0.95],
  ['an end that is earlier', [{ window: [10, 60] }, { window: [10, 30] }], 0.5],
  ['a window within another', [{ window: [10, 60] }, { window: [20, 30] }], 0.5],
  ['a later start and an earlier end', [{ window: [10, 40] }, { window: [20, 40] }], 0.75],
  ['no time in common', [{ window: [10, 60] }, { window: [80, 60] }], 0],
  ['one VM of three apart', [{ window: [10, 60] }, { window: [10, 60] }, { window: [100, 60] }], 0],
  ['pairs that overlap, but not all', [{ window: [0, 60] }, { window: [40, 60] }, { window: [70, 60] }], 0],
  ['three VMs', [{ window: [10, 60] }, { window: [12, 60] }, { window: [11, 60] }], 58 / 60],
  ['a measurement before the start', [{ window: [-3, 60] }, { window: [0, 60] }], 0.95],
  ['no windows: the units', [{ unit: [0, 50] }, { unit: [5, 50] }], 0.9],
  ['one window: the units', [{ window: [10, 30], unit: [0, 50] }, { unit: [5, 50] }], 0.9],
  ['windows and no times of a unit', [{ window: [10, 60], unit: [undefined, undefined] }, { window: [10, 60] }], 1],
  ['a unit whose start is not known', [{ unit: [undefined, 50] }, {}], undefined],
  ['a unit whose end is not known', [{ unit: [1, undefined] }, {}], undefined],
  ['units without length', [{ unit: [1, 0] }, { unit: [1, 0] }], undefined],
  [
    'a VM that started alone: its start is not that of the group',
    [{ window: [10, 60], barrier: { outcome: 'alone' }, unit: [undefined, 70] }, { window: [10, 60] }],
    undefined,
  ],
  [
    'a VM that came after the others had gone on',
    [{ window: [10, 60], barrier: { outcome: 'partial', ahead: 1 } }, { window: [10, 60] }],
    0,
  ],
  ['a VM that came late', [{ window: [40, 60], barrier: { outcome: 'partial' } }, { window: [10, 60] }], 0.5],
  ['one VM', [{ window: [10, 60] }], undefined],
  ['one VM that is done', [{ window: [10, 60] }, { window: [10, 60], more: { outcome: 'failed' } }], undefined],
  ['two of three VMs that are done', [{ window: [0, 60] }, { window: [6, 60] }, { more: { outcome: 'timeout' } }], 0.9],
])('%s', (_, runs, share) => {
  const overlaps = overlapsOf(runs.map(ran));
  expect(overlaps.map((each) => each.share)).toEqual(share === undefined ? [] : [expect.closeTo(share, 9)]);
});

test('trials, plans and groups are kept apart', () => {
  const pair = (more: Partial<Result>, from: number) => [ran({ window: [0, 60], more }, 0), ran({ window: [from, 60], more }, 1)];
  const overlaps = overlapsOf([
    ...pair({}, 6),
    ...pair({ trial: '002', name: 'mixed' }, 12),
    ...pair({ group: 'other' }, 30),
    ...pair({ plan: PLAN.replace(/ab/g, 'cd') }, 60),
  ]);
  expect(overlaps).toEqual([
    { group: 'fio-bench', trial: '001', name: 'random-4k', share: 0.9 },
    { group: 'fio-bench', trial: '002', name: 'mixed', share: 0.8 },
    { group: 'other', trial: '001', name: 'random-4k', share: 0.5 },
    { group: 'fio-bench', trial: '001', name: 'random-4k', share: 0 },
  ]);
});
