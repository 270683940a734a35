import { isGlob, matchesGlob } from '../../src/text/glob';

test.each<[string, string, boolean]>([
  ['rbd', 'rbd', true],
  ['rbd', 'rbd-virt', false],
  ['rbd*', 'rbd', true],
  ['rbd*', 'rbd-virt', true],
  ['*virt', 'rbd-virt', true],
  ['*-*', 'rbd-virt', true],
  ['*-*', 'rbd', false],
  ['file-?000', 'file-3000', true],
  ['file-?000', 'file-10000', false],
  ['?', '', false],
  ['*', '', true],
  ['', '', true],
  ['', 'x', false],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  ['a**c', 'abbc', true],
  ['*a*b', 'aab', true],
  ['*ab', 'aab', true],
])('%j matches %j: %s', (glob, text, expected) => {
  expect(matchesGlob(glob, text)).toBe(expected);
});

test('takes no exponential time', () => {
  expect(matchesGlob(`${'*a'.repeat(60)}*b`, 'a'.repeat(5000))).toBe(false);
});

test('knows what is a glob', () => {
  expect(['rbd', 'r*', 'r?'].map(isGlob)).toEqual([false, true, true]);
});
