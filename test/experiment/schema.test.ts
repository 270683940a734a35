import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { load } from 'js-yaml';
import { entryExperiments } from '../../src/catalog/experiments';
import { findCatalog } from '../../src/catalog/find';
import { experimentSchema } from '../../src/experiment/schema';
import { blocksOf } from '../support/doc-page';
import { ROOT } from '../support/places';

const check = new Ajv({ strict: false, allErrors: true }).compile(experimentSchema());

function errors(text: string): string[] {
  return check(load(text)) ? [] : (check.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

test.each(entryExperiments(findCatalog('/nonexistent')).map(({ name, path }) => [name, path]))('editors accept %s', (_, path) => {
  expect(errors(readFileSync(path, 'utf8'))).toEqual([]);
});

test.each(['experiments.md', 'how-to/create-pools.md'])('editors accept the examples of %s', (page) => {
  const blocks = blocksOf(readFileSync(join(ROOT, 'docs', page), 'utf8')).filter(({ language }) => language === 'yaml');
  for (const { start, lines } of blocks) expect([start, errors(lines.join('\n'))]).toEqual([start, []]);
});

test.each<[string, string, string]>([
  ['an unknown key', 'matrx: {}', ' additionalProperties'],
  ['an unknown setting', 'settings: { memroy: 4Gi }', '/settings additionalProperties'],
  ['a setting that the experiment sets', 'settings: { run: x }', '/settings additionalProperties'],
  ['an unknown setting of a value', 'matrix: { a: { x: { memroy: 4Gi } } }', '/matrix/a/x additionalProperties'],
  ['a setting that all groups share in a value', 'matrix: { a: { x: { namespace: b } } }', '/matrix/a/x additionalProperties'],
  ['a wrong setting of a neighbor', 'workloads: { disk: { vm_count: many } }', '/workloads/disk/vm_count type'],
  ['a scalar as an axis', 'matrix: { memory: 4Gi }', '/matrix/memory type'],
  ['a ramp without an end', 'matrix: { vm_count: { ramp: { from: 1, to: 2 } } }', '/matrix/vm_count/ramp required'],
  ['no metric of a score', 'score: [{ weight: 1 }]', '/score/0 required'],
  ['another order', 'order: up', '/order enum'],
  ['a word as an axis', 'matrix: { storage: pool }', '/matrix/storage const'],
  ['pools of no cluster', 'pools: { failureDomain: host }', '/pools required'],
  ['an unknown key of a pool', 'pools: { clusterID: a, block: { b: { replicted: { size: 2 } } } }', '/pools/block/b additionalProperties'],
  ['a tag that is a list', 'tuning: [a]', '/tuning type'],
])('editors reject %s', (_, text, error) => {
  expect(errors(text)).toContain(error);
});
