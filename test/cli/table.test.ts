import { table } from '../../src/cli/table';

const HEADER = ['NAME', 'WHAT', 'WHY'];

test('is as wide as its texts, without blanks at the end', () => {
  expect(table(HEADER, [['a', 'some text', '']])).toBe('NAME   WHAT        WHY\na      some text\n');
});

test('wraps what does not fit at spaces, cuts words that are too long, and keeps the names of rows whole', () => {
  const rows = [
    ['a-name-that-stays-whole', 'some words to wrap', 'because'],
    ['b', 'oneverylongword', 'of a reason that is long'],
  ];
  expect(table(HEADER, rows, { width: 50, whole: 1 })).toBe(
    [
      'NAME                      WHAT         WHY',
      'a-name-that-stays-whole   some words   because',
      '                          to wrap',
      'b                         oneverylo…   of a reason',
      '                                       that is',
      '                                       long',
      '',
    ].join('\n'),
  );
});

test('what is left over goes to the last column', () => {
  const long = 'x '.repeat(30).trim();
  expect(table(HEADER, [['a', 'short', long]], { width: 40, whole: 1 })).toBe(
    `NAME   WHAT    WHY\na      short   ${'x '.repeat(13).trim()}\n${' '.repeat(15)}${'x '.repeat(13).trim()}\n${' '.repeat(15)}x x x x\n`,
  );
});

test('a terminal too narrow for anything gets columns of a least width', () => {
  expect(table(HEADER, [['a', 'some words', 'more words']], { width: 5, whole: 1 })).toBe(
    'NAME   WHAT       WHY\na      some       more\n       words      words\n',
  );
});

test('names to copy are wrapped and never cut', () => {
  const rows = [['a', 'block-size-random, runtime', 'some words']];
  expect(table(HEADER, rows, { width: 30, whole: 1, names: [1] })).toBe(
    'NAME   WHAT                 WHY\na      block-size-random,   some\n       runtime              words\n',
  );
});

test('shows a cell on one line, without control characters and not without end, of whatever type it is', () => {
  const odd = [
    ['a\u001b[2J', 'b \n c', 12 as unknown as string],
    [null as unknown as string, '\u202e', 'x'.repeat(100_000)],
  ];
  const lines = table(HEADER, odd).split('\n');
  expect(lines[1]).toBe('a\\u001b[2J   b c      12');
  expect(lines[2]).toHaveLength(13 + 9 + 1000);
});

test('has as many rows as there are', () => {
  expect(table(HEADER, Array(200_000).fill(['a', 'b', 'c'])).length).toBeGreaterThan(200_000);
});
