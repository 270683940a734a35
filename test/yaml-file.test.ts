import { parseYaml, type YamlFile } from '../src/yaml-file';

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
])('%j is read, with its texts', (text, data, written) => {
  expect(file(text).data).toEqual(data);
  expect(file(text).written(['a'])).toEqual(written);
});

test('keys are what is written, and found where they are', () => {
  const text = 'x: 1\n010: {True: 1}\n';
  expect(file(text).data).toEqual({ x: 1, '010': { True: 1 } });
  expect(file(text).locate(['010', 'True'])).toBe('a.yaml:2:7');
});

test('a key that objects have is one like any other', () => {
  const { data } = file('__proto__: {a: 1}\ntoString: 2\n');
  expect(Object.keys(data as object)).toEqual(['__proto__', 'toString']);
  expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
});

test.each([
  ['? [a]\n: 1\n', 'a key must be a text, not a list or map'],
  ['a: 1\na: 2\n', 'duplicated mapping key'],
])('%j is no document for us', (text, message) =>
  expect(parseYaml('a.yaml', text)).toMatchObject({ message: expect.stringContaining(message) }));

test.each([
  ['a: 1\nb:\n  c: {{d}}\n', 'a.yaml:3:6', 'quote the value: "{{d}}"'],
  ['a: 1\n? [b]\n: 1\n', 'a.yaml:2:3', undefined],
])('%j: a key that is no text is found', (text, where, hint) => {
  expect(parseYaml('a.yaml', text)).toEqual({
    where,
    message: 'is not YAML: a key must be a text, not a list or map',
    ...(hint ? { hint } : {}),
  });
});
