import { KINDS } from '../../src/companion/objects';
import { SHIPPED } from '../support/entries';
import { manifestsOf } from '../support/manifests';

test.each(SHIPPED)('cleanup knows every kind that %s renders', async (entry) => {
  const known = KINDS.map(({ kind }) => kind);
  const rendered = (await manifestsOf(entry)).map(({ kind }) => kind);
  expect(rendered.filter((kind) => !known.includes(kind))).toEqual([]);
});
