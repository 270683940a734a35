import type { ParamSpec } from '../../../src/catalog/entry';
import { allowed, paramValue } from '../../../src/catalog/params/param-value';

const spec = (rest: Partial<ParamSpec>): ParamSpec => ({ key: 'a', type: 'string', default: '', description: '', ...rest });

test.each<[Partial<ParamSpec>, unknown, object]>([
  [{}, 'any "text" $x %n é 🎉', { value: 'any "text" $x %n é 🎉' }],
  [{}, 7, { value: '7' }],
  [{}, 'a\nb', { must: 'have no line break or other control character' }],
  [{}, 'a\u0000', { must: 'have no line break or other control character' }],
  [{}, ['a'], { must: 'be a string' }],
  [{ type: 'int' }, '007', { value: '7' }],
  [{ type: 'int' }, '-008', { value: '-8' }],
  [{ type: 'int' }, '-0', { value: '0' }],
  [{ type: 'int' }, '999999999999999', { value: '999999999999999' }],
  [{ type: 'int' }, '1e3', { must: 'be a whole number' }],
  [{ type: 'int' }, ' 5', { must: 'be a whole number' }],
  [{ type: 'int' }, 1.5, { must: 'be a whole number' }],
  [{ type: 'int', minimum: 1, maximum: 9 }, 10, { must: 'be 1 to 9' }],
  [{ type: 'int', minimum: 1 }, 0, { must: 'be at least 1' }],
  [{ type: 'number' }, '5.0', { value: '5.0' }],
  [{ type: 'number' }, 0.5, { value: '0.5' }],
  [{ type: 'number' }, '5,0', { must: 'be a number such as 5 or 0.5' }],
  [{ type: 'bool' }, true, { value: 'true' }],
  [{ type: 'bool' }, 'yes', { must: 'be true or false' }],
  [{ type: 'list' }, ['a', 1], { value: 'a;1' }],
  [{ type: 'list' }, 'a;b', { value: 'a;b' }],
  [{ type: 'list' }, ['a;b'], { must: 'be a list, or its items separated by ;' }],
  [{ type: 'list', enum: ['a', 'b'] }, 'a;c', { must: 'be one of a, b' }],
  [{ type: 'dict' }, { k: 'v', n: 2 }, { value: 'k=v;n=2' }],
  [{ type: 'dict' }, 'k=v;n=a=b', { value: 'k=v;n=a=b' }],
  [{ type: 'dict' }, 'k', { must: 'be a map, or k=v pairs separated by ;' }],
  [{ type: 'dict', maximum: 3 }, 'k=4', { must: 'be at most 3' }],
  [{ pattern: '^[a-z]+$' }, 'A', { must: 'match ^[a-z]+$' }],
  [{ enum: ['x', 'y'] }, 'z', { must: 'be one of x, y' }],
])('%j of %j', (rest, raw, expected) => expect(paramValue(spec(rest), raw)).toEqual(expected));

test.each<[Partial<ParamSpec>, unknown, unknown, object]>([
  [{}, 755, '0755', { value: '0755' }],
  [{}, true, 'True', { value: 'True' }],
  [{ type: 'list' }, [1, 1000], ['01', '1e3'], { value: '01;1e3' }],
  [
    { type: 'dict' },
    { '1': 2, b: 1 },
    new Map([
      ['b', '1.0'],
      ['01', '02'],
    ]),
    { value: 'b=1.0;01=02' },
  ],
  [{ type: 'list' }, ['a', null], ['a', null], { must: 'be a list, or its items separated by ;' }],
  [{ type: 'int' }, 10, '010', { value: '10' }],
  [{ type: 'int' }, 31, '0x1F', { value: '31' }],
  [{ type: 'int' }, 1.5, '1.50', { must: 'be a whole number' }],
  [{ type: 'number' }, 0.5, '.5', { value: '0.5' }],
  [{ type: 'bool' }, true, 'True', { value: 'true' }],
])('%j of %j, written %j', (rest, raw, written, expected) => expect(paramValue(spec(rest), raw, written)).toEqual(expected));

test('what is allowed, in words', () => {
  expect(
    [{}, { enum: ['a', 'b'] }, { pattern: 'x' }, { minimum: 1 }, { maximum: 2 }, { minimum: 1, maximum: 2 }].map((rest) =>
      allowed(spec(rest)),
    ),
  ).toEqual(['', 'a, b', 'x', 'at least 1', 'at most 2', '1 to 2']);
});
