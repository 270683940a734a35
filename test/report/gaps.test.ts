import type { Missing } from '../../src/report/experiment-results';
import { flagRows, incompleteRows, limited, missingRows } from '../../src/report/gaps';
import { markdownOf } from '../../src/report/markdown';
import { pageOf } from '../../src/report/page/page';
import { evaluate, planOf } from '../support/experiments';

const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index).padStart(3, '0'));
const missing = (group: string, vm: string, trials: readonly string[], why = 'no record'): Missing[] =>
  trials.map((trial) => ({ group, vm, trial, why }));

test.each<[string, readonly Missing[], string[][]]>([
  ['one record', missing('g', 'a', ['003']), [['g', 'a', '003', 'no record']]],
  ['trials in a row', missing('g', 'a', ids(3, 40)), [['g', 'a', '38 trials: 003 to 040', 'no record']]],
  ['trials apart', missing('g', 'a', ['001', '002', '004', '006', '008']), [['g', 'a', '5 trials: 001, 002, 004 and 2 more', 'no record']]],
  [
    'the same trials of several VMs',
    ['a', 'b', 'c', 'd', 'e'].flatMap((vm) => missing('g', vm, ids(2, 4))),
    [['g', '5 VMs: a, b, c and 2 more', '3 trials: 002 to 004', 'no record']],
  ],
  [
    'other trials of another VM',
    [...missing('g', 'a', ['001', '002']), ...missing('g', 'b', ['002'])],
    [
      ['g', 'a', '2 trials: 001, 002', 'no record'],
      ['g', 'b', '002', 'no record'],
    ],
  ],
  [
    'another reason',
    [...missing('g', 'a', ['001'], 'the trial failed: exit status 1'), ...missing('g', 'a', ['002', '003'])],
    [
      ['g', 'a', '001', 'the trial failed: exit status 1'],
      ['g', 'a', '2 trials: 002, 003', 'no record'],
    ],
  ],
  [
    'groups without any record',
    ['g1', 'g2', 'g3', 'g4'].map((group) => ({ group, why: 'no records of its 2 VMs' })),
    [['4 groups: g1, g2, g3 and 1 more', 'all', 'all', 'no records of its 2 VMs']],
  ],
  [
    'the same trials in two groups, whose VMs differ',
    [...missing('g', 'a', ['001']), ...missing('h', 'a', ['001'])],
    [
      ['g', 'a', '001', 'no record'],
      ['h', 'a', '001', 'no record'],
    ],
  ],
  ['all records of a VM', [{ group: 'g', vm: 'a', why: 'no record' }], [['g', 'a', 'all', 'no record']]],
])('missing records: %s', (_, all, rows) => {
  expect(missingRows(all)).toEqual(rows);
});

test('1 000 missing records of a VM are one row', () => {
  const results = evaluate(planOf({ repeats: 999 }), ({ repeat }) => (repeat === 7 ? { metrics: { iops: 1 } } : undefined));
  expect(results.missing).toHaveLength(998);
  expect(missingRows(results.missing)).toEqual([['g0-abcdef', 'virtwork-fio-bench-0', '998 trials: 001 to 006, 008 to 999', 'no record']]);
  expect(incompleteRows(results.cells)).toEqual([['the only cell', 'repeats 1 to 6, 8 to 999: no record (virtwork-fio-bench-0)']]);
});

test('an experiment without records is a few lines in every format for people', () => {
  const settings = { storage: Array.from({ length: 200 }, (_, index) => `class-${index}`) };
  const results = evaluate(planOf({ settings, params: { depth: ['1', '2', '4'] }, repeats: 20, vms: 2 }), () => undefined);
  expect(results.missing).toHaveLength(200);
  expect(incompleteRows(results.cells)).toEqual([
    ['600 cells: class-0, depth 1; class-0, depth 2; class-0, depth 4; and 597 more', 'repeats 1 to 20: no record (VM 0, VM 1)'],
  ]);
  expect(missingRows(results.missing)).toHaveLength(1);
  expect(flagRows(results.cells)).toEqual([]);
  expect(markdownOf(results).split('\n').length).toBeLessThan(25);
  expect(pageOf(results).match(/<tr/g)).toHaveLength(4);
});

test('what several cells have in common is one flag', () => {
  const busy = { metrics: { iops: 100, 'cpu-busy': 95 } };
  const results = evaluate(planOf({ settings: { storage: ['a', 'b', 'c', 'd', 'e'] } }), () => busy);
  expect(flagRows(results.cells)).toEqual([
    ['5 cells: a; b; c; and 2 more', 'guest-cpu', expect.stringMatching(/^the CPUs of a guest were 95 % busy/)],
  ]);
});

test('a list has at most 100 rows', () => {
  const rows = Array.from({ length: 102 }, (_, index) => index);
  expect(limited(rows)).toEqual({ rows: rows.slice(0, 100), more: 'and 2 more; the JSON output has all of them' });
  expect(limited(rows.slice(0, 100))).toEqual({ rows: rows.slice(0, 100) });
});
