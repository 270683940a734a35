import { placement } from '../../src/constructs/placement';
import type { PlacementPlan } from '../../src/plan/plan';

const NODE = 'kubernetes.io/hostname';
const preference = (matchLabels: object) => ({ weight: 100, podAffinityTerm: { topologyKey: NODE, labelSelector: { matchLabels } } });
const PAIR = preference({ 'virtwork/workload': 'w', 'virtwork/pair': 'w-0' });
const ROLE = preference({ 'virtwork/workload': 'w', 'virtwork/role': 'r' });
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const constraint = (whenUnsatisfiable: string) => ({
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: NODE,
      whenUnsatisfiable,
      labelSelector: { matchLabels: { 'virtwork/workload': 'w', 'virtwork/role': 'r' } },
    },
  ],
});
const USERS = { weight: 1, podAffinityTerm: { topologyKey: 'zone' } };

const of = (stated: Partial<PlacementPlan>, pair?: string) =>
  placement({ workload: 'w', role: 'r', placement: { spread: 'none', pairs: 'any', ...stated } }, pair);

test.each<[string, Partial<PlacementPlan>, string | undefined, object]>([
  ['nothing', {}, undefined, {}],
  ['spread: soft', { spread: 'soft' }, undefined, constraint('ScheduleAnyway')],
  ['spread: hard', { spread: 'hard' }, undefined, constraint('DoNotSchedule')],
  ['spread: pack', { spread: 'pack' }, undefined, { affinity: { podAffinity: { [PREFERRED]: [ROLE] } } }],
  ['pairs: apart', { pairs: 'apart' }, 'w-0', { affinity: { podAntiAffinity: { [PREFERRED]: [PAIR] } } }],
  ['pairs: together', { pairs: 'together' }, 'w-0', { affinity: { podAffinity: { [PREFERRED]: [PAIR] } } }],
  ['pairs: any', { pairs: 'any' }, 'w-0', {}],
  ['pairs without a pair', { pairs: 'apart' }, undefined, {}],
  ['a node selector', { nodeSelector: { zone: 'b' } }, undefined, { nodeSelector: { zone: 'b' } }],
  ['tolerations', { tolerations: [{ operator: 'Exists' }] }, undefined, { tolerations: [{ operator: 'Exists' }] }],
  ['a priority class and a scheduler', { priorityClass: 'p', scheduler: 's' }, undefined, { priorityClassName: 'p', schedulerName: 's' }],
  [
    "the user's affinity before virtwork's",
    { pairs: 'apart', affinity: { podAntiAffinity: { [PREFERRED]: [USERS] }, nodeAffinity: {} } },
    'w-0',
    { affinity: { podAntiAffinity: { [PREFERRED]: [USERS, PAIR] }, nodeAffinity: {} } },
  ],
  ["the user's affinity alone", { affinity: { podAffinity: {} } }, undefined, { affinity: { podAffinity: {} } }],
])('%s', (_, stated, pair, expected) => expect(of(stated, pair)).toEqual(expected));

test('by default VMs are spread, and pairs are apart', () =>
  expect(placement({ workload: 'w', role: 'r' }, 'w-0')).toEqual({
    ...constraint('ScheduleAnyway'),
    affinity: { podAntiAffinity: { [PREFERRED]: [PAIR] } },
  }));
