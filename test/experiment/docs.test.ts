import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryExperiments } from '../../src/catalog/experiments';
import { findCatalog } from '../../src/catalog/find';
import { blocksOf } from '../support/doc-page';
import { ROOT } from '../support/places';
import { problemsOf } from '../support/planned-experiments';

const PAGE = readFileSync(join(ROOT, 'docs/experiments.md'), 'utf8');
const examples = blocksOf(PAGE)
  .filter(({ language }) => language === 'yaml')
  .map(({ start, lines }): [number, string] => [start, `${lines.join('\n')}\n`]);

test.each(examples)('the example in line %i is an experiment', async (_, text) => {
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
