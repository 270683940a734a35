import { deflateRawSync, gzipSync } from 'node:zlib';
import { BOUNDS, membersOf } from '../../src/results/members';

const A = gzipSync('{"a":1}\n');
const B = gzipSync('{"b":2}\n');
const C = gzipSync('{"c":3}\n');

/** The texts of members, and the faults in their places. */
function read(parts: readonly Buffer[], bounds = BOUNDS): string[] {
  return [...membersOf(Buffer.concat(parts), bounds)].map((member) => ('fault' in member ? member.fault : member.text.trim()));
}

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at < 0 ? copy.length + at : at) ^ 0xff, at < 0 ? copy.length + at : at);
  return copy;
}

/** A member with every optional field of the header. */
function withFields(): Buffer {
  const text = '{"h":1}\n';
  const head = Buffer.from([0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, ...Buffer.from('name\0comment\0'), 9, 9]);
  return Buffer.concat([head, deflateRawSync(text), gzipSync(text).subarray(-8)]);
}

const NOISE = Buffer.from('not compressed');

test.each<[string, readonly Buffer[], string[]]>([
  ['nothing', [], []],
  ['members', [A, B, C], ['{"a":1}', '{"b":2}', '{"c":3}']],
  ['a member with name, comment, extra field and checksum of its header', [withFields(), B], ['{"h":1}', '{"b":2}']],
  ['an empty member', [gzipSync(''), B], ['', '{"b":2}']],
  ['the end of the last member is missing', [A, B.subarray(0, -1)], ['{"a":1}', 'truncated']],
  ['the data of the last member ends early', [A, B.subarray(0, 14)], ['{"a":1}', 'truncated']],
  ['a header that ends early', [A, B.subarray(0, 5)], ['{"a":1}', 'truncated']],
  ['a name that does not end', [Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, 65])], ['truncated']],
  ['one byte of a header', [A, Buffer.from([0x1f])], ['{"a":1}', 'truncated']],
  ['a member in the middle that ends early', [A, B.subarray(0, 14), C], ['{"a":1}', expect.stringMatching(/truncated|damaged/), '{"c":3}']],
  ['damaged data', [A, changed(B, 10), C], ['{"a":1}', 'damaged', '{"c":3}']],
  ['a wrong checksum', [A, changed(B, -8), C], ['{"a":1}', 'damaged', '{"c":3}']],
  ['a wrong length', [A, changed(B, -1), C], ['{"a":1}', 'damaged', '{"c":3}']],
  ['garbage first', [NOISE, A], ['garbage', '{"a":1}']],
  ['garbage between', [A, NOISE, B], ['{"a":1}', 'garbage', '{"b":2}']],
  ['garbage at the end', [A, NOISE], ['{"a":1}', 'garbage']],
  ['zeros at the end', [A, Buffer.alloc(512)], ['{"a":1}', 'garbage']],
  ['only garbage', [NOISE], ['garbage']],
  ['another compression method', [changed(A, 2), B], ['garbage', '{"b":2}']],
  ['reserved flags', [changed(A, 3), B], ['garbage', '{"b":2}']],
  [
    'garbage with the first bytes of a member',
    [A, Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 7, 7, 7]), B],
    ['{"a":1}', 'damaged', '{"b":2}'],
  ],
])('%s', (_, parts, expected) => {
  expect(read(parts)).toEqual(expected);
});

test('every byte of the input is in one part', () => {
  const all = Buffer.concat([NOISE, A, changed(B, 10), C, NOISE]);
  expect(Buffer.concat([...membersOf(all)].map(({ bytes }) => bytes))).toEqual(all);
});

test('a bomb is not unpacked', () => {
  const bomb = gzipSync(Buffer.alloc(64 << 20));
  expect(read([A, bomb, B])).toEqual(['{"a":1}', 'too-large', '{"b":2}']);
});

test('all members together have a limit', () => {
  const mebibyte = gzipSync(' '.repeat(1 << 20));
  expect(read([A, mebibyte, mebibyte, B], { ...BOUNDS, total: 3 << 19 })).toEqual(['{"a":1}', '', 'too-many']);
});

test('the number of members has a limit', () => {
  expect(read([A, B, C], { ...BOUNDS, members: 2 })).toEqual(['{"a":1}', '{"b":2}', 'too-many']);
});

test('beginnings of members without number take no time', () => {
  const start = Date.now();
  const beginning = Buffer.concat([gzipSync(Buffer.alloc(32 << 20)).subarray(0, 20_000)]);
  expect(read([A, ...Array.from({ length: 400 }, () => beginning)])).toEqual([
    '{"a":1}',
    expect.stringMatching(/damaged|too-large|truncated/),
  ]);
  expect(Date.now() - start).toBeLessThan(10_000);
});
