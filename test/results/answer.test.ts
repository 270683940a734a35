import { gzipSync } from 'node:zlib';
import { readAnswer } from '../../src/results/answer';
import { member, record, state } from '../support/trial-records';

const OTHER_PLAN = `sha256:${'cd'.repeat(32)}`;
const EXPECTED = { vm: 'virtwork-fio-bench-0', group: 'fio-bench' };
const THREE = state({ records: ['001', '002', '003'] });
const FIRST = member(record());
const SECOND = member(record({ trial: '002' }));
const THIRD = member(record({ trial: '003' }));

function read(parts: readonly Buffer[], expected: Parameters<typeof readAnswer>[1] = EXPECTED) {
  const { state: found, kept, faults } = readAnswer(Buffer.concat(parts), expected);
  return { planned: found?.planned, kept: kept.map(({ summary }) => summary.trial), faults: faults.map(({ message }) => message) };
}

test('a state and its records', () => {
  expect(read([member(THREE), FIRST, SECOND, THIRD])).toEqual({ planned: 3, kept: ['001', '002', '003'], faults: [] });
});

test('the records are kept as the guest wrote them', () => {
  const { kept } = readAnswer(Buffer.concat([member(THREE), FIRST]), EXPECTED);
  expect(kept[0]?.bytes).toEqual(FIRST);
});

test.each<[string, readonly Buffer[], string]>([
  ['an empty answer', [], 'the state of the trials is missing: the answer is empty'],
  [
    'a record first',
    [FIRST],
    'the state of the trials does not have the required format: schema must be virtwork.state/1, got "virtwork.result/1"',
  ],
  ['a state of another VM', [member({ ...THREE, vm: 'x' }), FIRST], 'the state of the trials is of another VM: it says "x"'],
  ['a state of another group', [member({ ...THREE, group: 'x' }), FIRST], 'the state of the trials is of another group: it says "x"'],
  ['a state that is cut', [member(THREE).subarray(0, -2)], 'the state of the trials ends early'],
  ['a state that is not JSON', [gzipSync('{')], 'the state of the trials is not JSON'],
  ['a page', [Buffer.from('<html>')], 'the state of the trials is not compressed with gzip'],
])('no record without a state: %s', (_, parts, message) => {
  expect(read(parts)).toEqual({ planned: undefined, kept: [], faults: [message] });
});

test.each<[string, Buffer, string]>([
  ['cut', SECOND.subarray(0, -3), expect.stringMatching(/^record 002 (ends early|is damaged)$/) as unknown as string],
  ['not JSON', gzipSync('{"schema":'), 'record 002 is not JSON'],
  [
    'of wrong shape',
    member({ ...record({ trial: '002' }), outcome: 'ok' }),
    'record 002 does not have the required format: /outcome must be equal to one of the allowed values, got "ok"',
  ],
  ['no object', member(5), 'record 002 does not have the required format: schema must be virtwork.result/1, got nothing'],
  [
    'of another VM',
    member(record({ trial: '002', vm: 'virtwork-fio-bench-1' })),
    'record 002 is of another VM: it says "virtwork-fio-bench-1"',
  ],
  ['of another group', member(record({ trial: '002', group: 'x' })), 'record 002 is of another group: it says "x"'],
  [
    'of another plan',
    member(record({ trial: '002', plan: OTHER_PLAN })),
    expect.stringContaining('record 002 is of another list of trials') as unknown as string,
  ],
  ['there twice', FIRST, 'record 001 occurs twice in one answer'],
  ['a bomb', gzipSync(Buffer.alloc(16 << 20)), 'record 002 is larger than any record may be'],
])('a record is %s: the others are kept', (_, part, message) => {
  expect(read([member(THREE), FIRST, part, THIRD])).toEqual({ planned: 3, kept: ['001', '003'], faults: [message] });
});

test('a part that cannot be read is named by its position where its trial is not known', () => {
  expect(read([member(THREE), FIRST, Buffer.from('noise')])).toMatchObject({
    faults: ['part 3 of the answer is not compressed with gzip'],
  });
});

test('a later part of the records', () => {
  const cut = SECOND.subarray(0, 12);
  expect(read([member(THREE), cut, THIRD], { ...EXPECTED, from: 2 })).toEqual({
    planned: 3,
    kept: ['003'],
    faults: [expect.stringMatching(/^record 002 /)],
  });
});

test('a group that is not known is that of the state', () => {
  const other = state({ group: 'x', records: ['001'] });
  expect(read([member(other), FIRST], { vm: EXPECTED.vm })).toMatchObject({
    kept: [],
    faults: ['record 001 is of another group: it says "fio-bench"'],
  });
  expect(read([member(other), member(record({ group: 'x' }))], { vm: EXPECTED.vm })).toMatchObject({ kept: ['001'], faults: [] });
});
