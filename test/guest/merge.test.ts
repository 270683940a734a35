import { mergeCloudConfig } from '../../src/guest/merge';
import { run } from '../support/run';
import { needs } from '../support/tools';

/** Merges pairs with cloud-init's own code. */
const MERGE = `
import importlib.util, json, sys
from cloudinit import mergers
merger = mergers.construct(mergers.string_extract_mergers('dict(no_replace,recurse_list)+list(append)+str()'))
print(json.dumps([merger.merge(first, second) for first, second in json.load(sys.stdin)]))
`;

const PAIRS: readonly (readonly [{ readonly [key: string]: unknown }, { readonly [key: string]: unknown }])[] = [
  [{ a: 1 }, { b: 2 }],
  [{ a: [1, { x: 1 }] }, { a: [2, [3]] }],
  [
    { a: 'first', b: true },
    { a: 'second', b: false },
  ],
  [{ apt: { preserve: true, conf: 'x' } }, { apt: { preserve: false, sources: { m: { source: 'deb' } } } }],
  [{ a: { b: [1], c: { d: [2] } } }, { a: { b: [3], c: { d: [4], e: 5 } } }],
  [{ a: [1] }, { a: 'text' }],
  [{ a: { b: 1 } }, { a: [1] }],
  [{ a: null }, { a: 1 }],
];

needs('cloud-init')('maps are merged as cloud-init does it', () => {
  const { stdout, stderr } = run('/usr/bin/python3', ['-c', MERGE], { input: JSON.stringify(PAIRS) });
  expect(stderr).toBe('');
  expect(PAIRS.map(([first, second]) => mergeCloudConfig(first, second))).toEqual(JSON.parse(stdout));
});
