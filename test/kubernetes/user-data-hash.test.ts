import { userDataHash } from '../../src/kubernetes/user-data-hash';

/** The beginning of what sha256sum prints. */
test.each([
  ['', {}, 'e3b0c44298fc1c14'],
  ['abc', {}, 'ba7816bf8f01cfea'],
  ['ü\n', {}, '599c7c0c70071ddf'],
])('the hash of %j with the files %j', (text, files, hash) => {
  expect(userDataHash(text, files)).toBe(hash);
});

test('the name and the content of a file on the guest disk count, and the order of the files does not', () => {
  const hash = userDataHash('abc', { a: '1', b: '2' });
  expect(hash).toBe(userDataHash('abca\n1b\n2'));
  expect(userDataHash('abc', { b: '2', a: '1' })).toBe(hash);
  expect(userDataHash('abc', { a: '1', b: '3' })).not.toBe(hash);
  expect(userDataHash('abc', { a: '1', c: '2' })).not.toBe(hash);
});
