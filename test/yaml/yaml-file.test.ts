import { parseYaml, type YamlFile } from '../../src/yaml/yaml-file';
import { cpuTime } from '../support/cpu-time';

const file = (text: string) => parseYaml('a.yaml', text) as YamlFile;

test.each<[string, unknown, unknown]>([
  ['a: 0755', { a: 755 }, '0755'],
  ['a: "0755"', { a: '0755' }, '0755'],
  ['a: 1.10', { a: 1.1 }, '1.10'],
  ['a: 12345678901234567890', { a: 12345678901234567000 }, '12345678901234567890'],
  ['a: True', { a: true }, 'True'],
  ['a: ~', { a: null }, null],
  ['a:', { a: null }, null],
  ['a: !!str 07', { a: '07' }, '07'],
  ['a: &x 07', { a: 7 }, '07'],
  ['a: |\n  07\n', { a: '07\n' }, '07\n'],
  ['a: [01, [x, ~]]', { a: [1, ['x', null]] }, ['01', ['x', null]]],
  [
    'a: {b: 01, 007: 1e3}',
    { a: { b: 1, '007': 1000 } },
    new Map([
      ['b', '01'],
      ['007', '1e3'],
    ]),
  ],
])('%j is read, with its scalars as written', (text, data, written) => {
  expect(file(text).data).toEqual(data);
  expect(file(text).written(['a'])).toEqual(written);
});

test('keys are strings as written, and are located', () => {
  const text = 'x: 1\n010: {True: 1}\n';
  expect(file(text).data).toEqual({ x: 1, '010': { True: 1 } });
  expect(file(text).locate(['010', 'True'])).toBe('a.yaml:2:7');
});

test('a key that every object has is an ordinary key', () => {
  const { data } = file('__proto__: {a: 1}\ntoString: 2\n');
  expect(Object.keys(data as object)).toEqual(['__proto__', 'toString']);
  expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
});

test.each([
  ['? [a]\n: 1\n', 'a key must be a string, not a list or a map'],
  ['a: 1\na: 2\n', 'duplicated mapping key'],
])('%j is rejected', (text, message) => expect(parseYaml('a.yaml', text)).toMatchObject({ message: expect.stringContaining(message) }));

test.each([
  ['a: 1\nb:\n  c: {{d}}\n', 'a.yaml:3:6', 'quote the value: "{{d}}"'],
  ['a: 1\n? [b]\n: 1\n', 'a.yaml:2:3', undefined],
])('%j: a key that is not a string is located', (text, where, hint) => {
  expect(parseYaml('a.yaml', text)).toEqual({
    where,
    message: 'is not YAML: a key must be a string, not a list or a map',
    ...(hint ? { hint } : {}),
  });
});

describe('a document that is too large by design', () => {
  const letters = [...'abcdefghij'];
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...letters.slice(1).map((key, at) => `${key}: &${key} [${Array(9).fill(`*${letters[at]}`)}]`),
  ];

  test.each<[string, string, string]>([
    ['aliases of aliases', bomb.join('\n'), 'file: must have at most 10000 values, including those that aliases refer to'],
    ['a list that contains itself', '&a [*a]', 'file: must have at most 100 nested lists and maps; an alias may refer to itself'],
    ['a map that contains itself', 'a: &a { b: *a }', 'file: must have at most 100 nested lists and maps; an alias may refer to itself'],
    ['very many nested lists', '['.repeat(100_000), 'file:1:100: is not YAML: nesting exceeded maxDepth (100)'],
    ['very many dashes', '- '.repeat(100_000), 'file:1:201: is not YAML: nesting exceeded maxDepth (100)'],
    ['very many placeholders without quotes', '{{'.repeat(100_000), 'file:1:100: is not YAML: nesting exceeded maxDepth (100)'],
    [
      'very many keys',
      Array.from({ length: 100_000 }, (_, at) => `k${at}: 1`).join('\n'),
      'file: must have at most 10000 values, including those that aliases refer to',
    ],
    ['bytes', '\0'.repeat(1000), 'file:1:1: is not YAML: null byte is not allowed in input'],
  ])('%s', (_, text, fault) => {
    const started = cpuTime();
    const file = parseYaml('file', text) as { where: string; message: string };
    expect(`${file.where}: ${file.message}`).toBe(fault);
    expect(cpuTime() - started).toBeLessThan(5000);
  });

  test('many problems in a large file are located in time', () => {
    const text = Array.from({ length: 5000 }, (_, at) => `k${at}: 1`).join('\n');
    const file = parseYaml('file', text) as YamlFile;
    const started = cpuTime();
    for (let at = 0; at < 5000; at += 1) expect(file.locate([`k${at}`])).toBe(`file:${at + 1}:1`);
    expect(cpuTime() - started).toBeLessThan(5000);
  });

  test('problems in a very large file have no line', () => {
    const file = parseYaml('file', `a: [${'\n '.repeat(400_000)}]`) as YamlFile;
    expect(file.locate(['a'])).toBe('file');
  });
});
