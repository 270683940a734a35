import type { ParamSpec } from '../../../src/catalog/entry';
import { isNarrow } from '../../../src/catalog/params/narrow-param';

const spec = (more: Partial<ParamSpec>): ParamSpec => ({ key: 'x', type: 'string', default: '', description: '', ...more });
const text = (pattern: string) => spec({ pattern });

test.each<[string, ParamSpec]>([
  ['a whole number', spec({ type: 'int' })],
  ['a number', spec({ type: 'number' })],
  ['a truth value', spec({ type: 'bool' })],
  ['one of several words', spec({ enum: ['a', '$(b)'] })],
  ...[
    '^[a-z0-9-]*$',
    '^v[0-9]+\\.[0-9]+$',
    '^(a|b)$',
    '^\\d{1,3}(\\.\\d+)?$',
    '^$',
    '^\\w+$',
    '^[A-Za-z0-9_.@/-]+$',
    '^[-a-z ]+$',
    '^(?!x)[a-z]+$',
  ].map((pattern): [string, ParamSpec] => [pattern, text(pattern)]),
])('%s is narrow', (_, param) => expect(isNarrow(param)).toBe(true));

test.each<[string, ParamSpec]>([
  ['a text', spec({})],
  ['a list', spec({ type: 'list', pattern: '^[a-z]$' })],
  ['a list of words', spec({ type: 'list', enum: ['a'] })],
  ['a dict', spec({ type: 'dict', pattern: '^[a-z]$' })],
  ...[
    '.',
    '^.*$',
    '[a-z]+',
    '^[a-z]+',
    '[a-z]+$',
    '^a|b$',
    '^[^;]*$',
    '^[ -~]*$',
    '^\\S+$',
    '^\\W$',
    "^[a-z']$",
    '^[a-z;]$',
    '^a;b$',
    '^[$()]$',
  ].map((pattern): [string, ParamSpec] => [pattern, text(pattern)]),
  ...['^[\\s\\S]*$', '^\\D$', '^\\x41$', '^\\u0041$', '^\\p{L}$', '^[+--]$', '^a$|^b$', '^(a)|(b)$', '^[\\]$', '^a\\$', '^[a-z\\\\]$'].map(
    (pattern): [string, ParamSpec] => [pattern, text(pattern)],
  ),
])('%s is not', (_, param) => expect(isNarrow(param)).toBe(false));
