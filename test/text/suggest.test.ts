import { nearest } from '../../src/text/suggest';

const WORDS = ['memory', 'cpu-load-percent', 'cpu-method', 'namespace', 'chaos-disk', 'rng', 'tpm'];

test.each([
  ['memroy', 'memory'],
  ['memory', 'memory'],
  ['MEMORY', 'memory'],
  ['cpu-load', 'cpu-load-percent'],
  ['cpu', undefined],
  ['chaosdisk', 'chaos-disk'],
  ['zebra', undefined],
  ['rnd', 'rng'],
  ['', undefined],
  ['tz', undefined],
  ['dns', undefined],
])('for %j: %s', (got, word) => expect(nearest(got, WORDS)).toBe(word));
