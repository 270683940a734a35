import { annotationProblems } from '../../src/validation/fields';

const MOST = 256 * 1024;

test.each<[string, { readonly [key: string]: string }, readonly string[]]>([
  ['none', {}, []],
  ['as many bytes as Kubernetes allows', { a: 'x'.repeat(MOST - 1) }, []],
  ['one more', { a: 'x'.repeat(MOST) }, [`must have at most ${MOST} bytes, got ${MOST + 1}`]],
  ['more in several', { a: 'é'.repeat(MOST / 2), b: '' }, [`must have at most ${MOST} bytes, got ${MOST + 2}`]],
])('annotations with %s', (_, annotations, expected) => {
  expect(annotationProblems('metadata.annotations', annotations).map(({ message }) => message)).toEqual(expected);
});
