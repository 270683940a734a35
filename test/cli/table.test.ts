import { table } from '../../src/cli/table';

const HEADER = ['NAME', 'WHAT', 'WHY'];

test('is as wide as its contents, without trailing spaces', () => {
  expect(table(HEADER, [['a', 'some text', '']])).toBe('NAME   WHAT        WHY\na      some text\n');
});

test('wraps at spaces, breaks words that are too long, and keeps the names of rows whole', () => {
  const rows = [
    ['a-name-that-stays-whole', 'some words to wrap', 'because'],
    ['b', 'oneverylongword', 'of a reason that is long'],
  ];
  expect(table(HEADER, rows, { width: 50, whole: 1 })).toBe(
    [
      'NAME                      WHAT         WHY',
      'a-name-that-stays-whole   some words   because',
      '                          to wrap',
      'b                         oneverylon   of a reason',
      '                          gword        that is',
      '                                       long',
      '',
    ].join('\n'),
  );
});

test('gives the last column the space that is left', () => {
  const long = 'x '.repeat(30).trim();
  expect(table(HEADER, [['a', 'short', long]], { width: 40, whole: 1 })).toBe(
    `NAME   WHAT    WHY\na      short   ${'x '.repeat(13).trim()}\n${' '.repeat(15)}${'x '.repeat(13).trim()}\n${' '.repeat(15)}x x x x\n`,
  );
});

test('columns have a minimum width in a terminal that is too narrow', () => {
  expect(table(HEADER, [['a', 'some words', 'more words']], { width: 5, whole: 1 })).toBe(
    'NAME   WHAT       WHY\na      some       more\n       words      words\n',
  );
});

test('wraps between names, and never inside a name that users copy', () => {
  const rows = [['a', 'block-size-random, runtime', 'some words']];
  expect(table(HEADER, rows, { width: 30, whole: 1, names: [1] })).toBe(
    'NAME   WHAT                 WHY\na      block-size-random,   some\n       runtime              words\n',
  );
});

test('prints a cell of any type on one line, escaped and bounded', () => {
  const odd = [
    ['a\u001b[2J', 'b \n c', 12 as unknown as string],
    [null as unknown as string, '\u202e', 'x'.repeat(100_000)],
  ];
  const lines = table(HEADER, odd).split('\n');
  expect(lines[1]).toBe('a\\u001b[2J   b c      12');
  expect(lines[2]).toHaveLength(13 + 9 + 1000);
});

test('prints very many rows', () => {
  expect(table(HEADER, Array(200_000).fill(['a', 'b', 'c'])).length).toBeGreaterThan(200_000);
});

test('long words keep all characters at any width', () => {
  const word = [...'abcdefghijklmnopqrstuvwxyz0123456789'].join('').repeat(20);
  for (const width of [10, 25, 40, 77, 120]) {
    const [, ...rows] = table(['A', 'B'], [['a', `some ${word} end`]], { width, whole: 1 }).split('\n');
    expect(
      rows
        .map((row) => row.slice(4))
        .join('')
        .replaceAll(' ', ''),
    ).toBe(`some${word}end`);
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(Math.max(width, 12));
  }
});

test('cells of blanks are fast', () => {
  const rows = Array.from({ length: 5000 }, () => ['a', ' '.repeat(1000), '\n'.repeat(1000)]);
  const before = process.cpuUsage();
  table(HEADER, rows, { width: 120, whole: 1 });
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(500);
});
