import type { Kind } from '../../src/options/kinds';
import { affinity, annotations, labels, nodeSelector, tolerations } from '../../src/options/kubernetes-kinds';

/** The rejections of a value, each with its path. */
function rejected(kind: Kind, raw: unknown): string[] {
  const parsed = kind.parse(raw);
  if ('value' in parsed) return [];
  return [parsed, ...(parsed.others ?? [])].map(({ at = [], must }) => `${at.join('.')}: ${must}`);
}

test.each<[string, Kind, unknown, unknown]>([
  ['a map', labels, { team: 'a', 'example.com/tier': '' }, { team: 'a', 'example.com/tier': '' }],
  ['KEY=VALUE', labels, 'team=a, tier=b', { team: 'a', tier: 'b' }],
  ['YAML', labels, '{team: a}', { team: 'a' }],
  ['a value with blanks', annotations, 'note=a b,x=', { note: 'a b', x: '' }],
  ['a node selector', nodeSelector, { 'kubernetes.io/arch': 'amd64' }, { 'kubernetes.io/arch': 'amd64' }],
  ['tolerations', tolerations, '[{operator: Exists}]', [{ operator: 'Exists' }]],
  [
    'an affinity',
    affinity,
    { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'zone' } }] } },
    { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'zone' } }] } },
  ],
])('%s', (_, kind, raw, value) => expect(kind.parse(raw)).toEqual({ value }));

test.each<[string, Kind, unknown, readonly RegExp[]]>([
  ['a key that is no label', labels, { 'a b': 'x' }, [/^a b: be the key of a label/]],
  [
    "virtwork's own keys",
    labels,
    { 'virtwork/run-id': 'x', 'managed-by': 'y' },
    [/^virtwork\/run-id: not be one/, /^managed-by: not be one/],
  ],
  ["virtwork's own keys as annotations", annotations, { 'virtwork/user-data-hash': 'x' }, [/not be one/]],
  ['a label value', labels, { a: 'x y', b: 3 }, [/^a: be a label value/, /^b: be a label value/]],
  ['no map', labels, [1], [/^: be a map$/]],
  ['a toleration without a key', tolerations, [{ key: 'a' }, { value: 'x' }], [/^1: have a key, or the operator Exists/]],
  ['a toleration with a value', tolerations, [{ key: 'a', operator: 'Exists', value: 'x' }], [/^0: have no value/]],
  ['tolerationSeconds', tolerations, [{ key: 'a', tolerationSeconds: 3, effect: 'NoSchedule' }], [/^0: have the effect NoExecute/]],
  ['several faults', tolerations, [{ effect: 'x' }, 3], [/^0\.effect: be one of/, /^1: be a map with keys/]],
  [
    'a term of an affinity',
    affinity,
    {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }],
      },
    },
    [/\.0: have the key topologyKey/, /matchExpressions\.0: have values with the operator In or NotIn/],
  ],
  ['a key of an affinity', affinity, { nodeAfinity: {} }, [/^nodeAfinity: have only the keys/]],
])('%s is wrong', (_, kind, raw, expected) => {
  const found = rejected(kind, raw);
  expect(found).toHaveLength(expected.length);
  for (const each of expected) expect(found.join('\n')).toMatch(new RegExp(each.source, 'm'));
});
