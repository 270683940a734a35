import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryExperiments } from '../../src/catalog/experiments';
import { findCatalog } from '../../src/catalog/find';
import { blocksOf } from '../support/doc-page';
import { ROOT } from '../support/places';
import { problemsOf } from '../support/planned-experiments';

const PAGE = readFileSync(join(ROOT, 'docs/experiments.md'), 'utf8');
const examples = ['docs/experiments.md', 'docs/how-to/create-pools.md'].flatMap((page) =>
  blocksOf(readFileSync(join(ROOT, page), 'utf8'))
    .filter(({ language }) => language === 'yaml')
    .map(({ start, lines }): [string, number, string] => [page, start, `${lines.join('\n')}\n`]),
);

test.each(examples)('the example of %s in line %i is an experiment', async (_, __, text) => {
  expect(await problemsOf(text)).toEqual([]);
});

test('the page has examples', () => {
  expect(examples.length).toBeGreaterThan(3);
});

test('the page lists every experiment of the catalog', () => {
  const names = entryExperiments(findCatalog('/nonexistent')).map(({ name }) => name);
  const listed = [...PAGE.matchAll(/^\| `([a-z-]+\/[a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(names.sort());
});
