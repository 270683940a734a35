import type { ExperimentResults } from '../../src/report/experiment-results';
import schema from '../../src/report/results.schema.json';
import { validate } from '../../src/report/results-validator';
import { documentError } from '../../src/schema/schema-errors';
import { compile } from '../../src/schema/validator';
import { experimentResults } from '../support/experiment-results';
import { evaluate, histogramOf, planOf } from '../support/experiments';

/** As a program reads it. */
const asJson = (results: ExperimentResults) => JSON.parse(JSON.stringify(results));

const P99 = 'read-latency.p99';
/** What the program writes, with every part that it may have. */
const FULL = evaluate(
  planOf({
    question: 'Why?',
    settings: { storage: ['a', 'b'] },
    params: { depth: ['1', '2', '4'] },
    vms: 2,
    baseline: { storage: 'a' },
    score: [{ of: 'iops', where: {}, weight: 1 }],
    expect: [{ of: P99, where: {}, atMost: 1e6 }],
    ramp: { axis: 'depth', steps: [1, 2, 4], counts: [1, 2, 4], until: { of: P99, above: 5e6 } },
  }),
  ({ values, repeat, index }) =>
    values.storage === 'b' && values.depth === '4' && repeat === 3 && index === 1
      ? undefined
      : {
          metrics: { iops: 1000 + repeat },
          histograms: { 'read-latency': histogramOf(Array.from({ length: 2000 }, (_, sample) => 1000 + sample)) },
          series: { iops: { every: 1, values: [1, 2, 3] } },
        },
);

test.each<[string, ExperimentResults]>([
  ['of an evaluation', FULL],
  ['with facts', experimentResults()],
  ['without a score', experimentResults({ score: false })],
  ['of one repeat', experimentResults({ repeats: 1, incomplete: [] })],
])('results %s are valid', (_, results) => {
  expect(documentError(asJson(results), validate)).toBeUndefined();
});

test('the schema describes every field that the program writes', () => {
  const closed = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(closed);
    if (typeof part !== 'object' || part === null) return part;
    const inner = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
    return 'properties' in part && 'type' in part ? { ...inner, additionalProperties: false } : inner;
  };
  const strict = compile(closed(schema) as object);
  expect(
    [FULL, experimentResults()].map((results) => strict(asJson(results)).map(({ message, instancePath }) => [instancePath, message])),
  ).toEqual([[], []]);
});

type Draft = { [key: string]: unknown };

test.each<[string, (results: Draft, cell: Draft) => void, string]>([
  ['without cells', (results) => delete results.cells, 'needs the key "cells"'],
  ['with cells that are no list', (results) => Object.assign(results, { cells: {} }), 'cells must be a list, got a map'],
  ['with a cell without figures', (_, cell) => delete cell.figures, 'cells[0] needs the key "figures"'],
  [
    'with a mean as a string',
    (_, cell) => Object.assign((cell.figures as { iops: Draft }).iops, { mean: '5' }),
    'cells[0].figures.iops.mean must be a number, got "5"',
  ],
  ['with a word for complete', (_, cell) => Object.assign(cell, { complete: 'yes' }), 'cells[0].complete must be true or false, got "yes"'],
  [
    'with a value of an axis as a number',
    (_, cell) => Object.assign(cell, { values: { depth: 4 } }),
    'cells[0].values.depth must be a string, got 4',
  ],
  [
    'with another verdict',
    (results) => Object.assign((results.comparisons as Draft[])[0] as Draft, { verdict: 'good' }),
    'comparisons[0].verdict must be one of better, worse, no difference shown, not decided: one repeat, not decided: 0 in a repeat, incomplete, got "good"',
  ],
  [
    'with half a bin',
    (_, cell) => Object.assign(Object.values(cell.histograms as Draft)[0] as Draft, { bins: [[1]] }),
    'cells[0].histograms.read-latency.bins[0] must have at least 2 items, got 1',
  ],
  [
    'with a percentile that is not reported',
    (results) => Object.assign((results.metrics as Draft[])[0] as Draft, { key: 'iops.p42' }),
    'metrics[0].key must match ^[a-z][a-z0-9-]*(\\.p(50|95|99|99\\.9|99\\.99))?$, got "iops.p42"',
  ],
])('results %s', (_, change, message) => {
  const results = asJson(FULL) as Draft;
  change(results, (results.cells as Draft[])[0] as Draft);
  expect(documentError(results, validate)).toBe(message);
});

test('fields of later versions are ignored', () => {
  expect(documentError({ ...asJson(FULL), later: 1 }, validate)).toBeUndefined();
});
