import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { mismatch, patternProblem } from '../../src/text/pattern';
import { loadYaml } from '../../src/yaml/yaml-file';
import { cpuTime } from '../support/cpu-time';
import { SHIPPED } from '../support/entries';
import { ROOT } from '../support/render';

/** The result of the regular expression engine of Node.js, whose syntax JSON Schema uses. */
function byNode(pattern: string, text: string): string | undefined {
  return new RegExp(pattern, 'u').test(text) ? undefined : `match ${pattern}`;
}

const PIECES = [
  'a',
  'B',
  '0',
  '-',
  '_',
  '.',
  '\\.',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '[a-c]',
  '[^a-c]',
  '[\\s-]',
  '[\\Sa]',
  '[[]',
  '[.]',
  '\\p{L}',
  '\\P{Lu}',
  '\\b',
  '\\B',
  '^',
  '$',
  '\\u00e9',
  '\\u{1F600}',
  '\\x41',
  '\\/',
  '[^]',
  '[\\b]',
  '(?<n>a)',
  '\\cJ',
  '\\0',
];
const pieces = fc.constantFrom(...PIECES);
const part = fc.letrec<{ part: string }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small' },
    pieces,
    fc.tuple(tie('part'), tie('part')).map(([a, b]) => `(?:${a}|${b})`),
    fc.tuple(tie('part'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '+?', '{0,2}?')).map(([a, count]) => `(${a})${count}`),
    fc.array(tie('part'), { maxLength: 3 }).map((parts) => parts.join('')),
  ),
})).part;
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'B',
      'c',
      '0',
      '-',
      '_',
      '.',
      ' ',
      '\n',
      '\r',
      '\t',
      '\v',
      '\u00a0',
      '\u2028',
      '\ufeff',
      'é',
      '😀',
      '[',
      '/',
      '\b',
      'A',
      '\0',
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

test('a pattern has the meaning that it has in JSON Schema', () => {
  fc.assert(
    fc.property(
      part.filter((each) => !/<n>.*<n>/s.test(each)),
      text,
      (pattern, each) => {
        if (patternProblem(pattern) === undefined) expect(mismatch(pattern, each)).toBe(byNode(pattern, each));
      },
    ),
    { numRuns: 1000, seed: 7 },
  );
});

test.each([
  ['^(a+)+$', `${'a'.repeat(20_000)}!`],
  ['^(a|a)*$', `${'a'.repeat(20_000)}!`],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(20_000)],
  ['(.*)*(.*)*x', 'y'.repeat(20_000)],
  ['^(\\w+\\s?)*$', `${'word '.repeat(4000)}!`],
])('matching %s takes time in proportion to the string', (pattern, each) => {
  expect(patternProblem(pattern)).toBeUndefined();
  const started = cpuTime();
  expect(mismatch(pattern, each)).toBe(`match ${pattern}`);
  expect(cpuTime() - started).toBeLessThan(2000);
});

const WITHOUT =
  'have no lookahead, lookbehind, backreference, \\p{NAME=VALUE} or repetition above 1000, because it is matched without backtracking';

test.each<[string, string | undefined]>([
  ['(?=a)b', `${WITHOUT} (invalid or unsupported Perl syntax: \`(?=\`)`],
  ['(?!a)b', `${WITHOUT} (invalid or unsupported Perl syntax: \`(?!\`)`],
  ['(?<=a)b', `${WITHOUT} (invalid named capture: \`(?<=a)b\`)`],
  ['(a)\\1', `${WITHOUT} (invalid escape sequence: \`\\1\`)`],
  ['a{1001}', `${WITHOUT} (invalid repeat count: \`{1001}\`)`],
  ['(a{1000}){1000}', `${WITHOUT} (invalid repeat count: \`{1000}\`)`],
  ['(', 'be a regular expression (Unterminated group)'],
  ['[', 'be a regular expression (Unterminated character class)'],
  ['\\_', 'be a regular expression (Invalid escape)'],
  ['a'.repeat(1001), 'have at most 1000 characters'],
  ['('.repeat(999), 'be a regular expression (Unterminated group)'],
  ['^[a-z]+$', undefined],
])('rejected pattern %#', (pattern, fault) => expect(patternProblem(pattern)).toBe(fault));

test('every shipped pattern is accepted in an entry of the user', () => {
  const patterns = SHIPPED.flatMap((name) => {
    const { params = [] } = loadYaml(readFileSync(join(ROOT, 'catalog', name, 'workload.yaml'), 'utf8')) as {
      params?: { pattern?: string }[];
    };
    return params.flatMap(({ pattern }) => pattern ?? []);
  });
  expect(patterns.length).toBeGreaterThan(10);
  expect(patterns.map(patternProblem).filter(Boolean)).toEqual([]);
});

/** This test must be the last one, because after it this process matches no more patterns. */
test('patterns that take too long are rejected', () => {
  const started = cpuTime();
  const musts = Array.from({ length: 1000 }, (_, at) => patternProblem(`(a{0,1000})(b{0,1000})x${at}`));
  expect(musts.at(-1)).toBe('be shorter, or have a simpler pattern: matching takes too long');
  expect(mismatch('(\\w{0,500}\\d{0,500})$', '1'.repeat(1e6))).toBe('be shorter, or have a simpler pattern: matching takes too long');
  expect(cpuTime() - started).toBeLessThan(5000);
});
