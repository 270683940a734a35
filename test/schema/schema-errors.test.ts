import { formatProblem, type Problem } from '../../src/errors';
import { documentPath, formatPath, schemaProblems, shapeErrors } from '../../src/schema/schema-errors';
import { compile } from '../../src/schema/validator';
import { parseYaml, type YamlFile } from '../../src/yaml/yaml-file';

const validate = compile({
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9]+$' },
    count: { type: 'integer', minimum: 1, maximum: 9 },
    mode: { enum: ['fast', 'slow'] },
    items: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'object' } },
  },
});

function fileOf(text: string): YamlFile {
  const file = parseYaml('a.yaml', text);
  if (!('data' in file)) throw new Error(formatProblem(file as Problem));
  return file;
}

function problems(text: string): string[] {
  const file = fileOf(text);
  return schemaProblems(file, shapeErrors(file, validate)).map(formatProblem);
}

test.each([
  ['name: x', []],
  ['count: 1', ['a.yaml: needs the key "name"']],
  ['name: x\ncount: 0', ['a.yaml:2:1: count must be at least 1, got 0']],
  ['name: x\ncount: 10', ['a.yaml:2:1: count must be at most 9, got 10']],
  ['name: x\ncount: many', ['a.yaml:2:1: count must be an integer, got "many"']],
  ['name: X', ['a.yaml:1:1: name must match ^[a-z0-9]+$, got "X"']],
  ['name: x\nmode: odd', ['a.yaml:2:1: mode must be one of fast, slow, got "odd"']],
  ['name: x\nitems: []', ['a.yaml:2:1: items must have at least one item, got none']],
  ['name: x\nitems: [{}, {}, {}]', ['a.yaml:2:1: items must have at most 2 items, got 3']],
  [
    'name: &a x\n<<: *a',
    ['a.yaml:2:1: YAML merge keys (<<) are not supported\n  hint: write the keys here, or refer to the whole map: key: *anchor'],
  ],
  ['name: x\ncuont: 1', ['a.yaml:2:1: unknown key "cuont"; known: name, count, mode, items\n  hint: did you mean "count"?']],
])('%j', (text, expected) => expect(problems(text)).toEqual(expected));

test('a number where a string is required counts as it was written', () => {
  const file = fileOf('name: 0123');
  expect([shapeErrors(file, validate), file.data]).toEqual([[], { name: '0123' }]);
});

test('a string where a map is required is not shown: it may be a password', () => {
  expect(problems('name: x\nitems: [hunter2]')[0]).toBe('a.yaml:2:9: items[0] must be a map, got a string');
  expect(problems('hunter2')[0]).not.toContain('hunter2');
});

test('steps into lists are numbers, and escapes of JSON Pointers are undone', () => {
  const path = documentPath('/items/0/a~1b~0c', { items: [{ 'a/b~c': 1 }] });
  expect(path).toEqual(['items', 0, 'a/b~c']);
  expect(formatPath(path)).toBe('items[0].a/b~c');
});
