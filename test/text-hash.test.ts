import { loadTextHash, textHash } from '../src/text-hash';

/** The vectors of xxHash's own specification and tools. */
test.each([
  ['', 'ef46db3751d8e999'],
  ['abc', '44bc2cf5ad770999'],
])('the hash of %j', async (text, hash) => {
  await loadTextHash();
  expect(textHash(text)).toBe(hash);
});
