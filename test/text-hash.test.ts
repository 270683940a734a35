import { textHash } from '../src/text-hash';

/** The beginning of what sha256sum prints. */
test.each([
  ['', 'e3b0c44298fc1c14'],
  ['abc', 'ba7816bf8f01cfea'],
  ['ü\n', '599c7c0c70071ddf'],
])('the hash of %j', (text, hash) => {
  expect(textHash(text)).toBe(hash);
});
