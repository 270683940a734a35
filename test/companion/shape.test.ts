import { isObject, itemsOf, viewOf } from '../../src/companion/shape';

const VM = { kind: 'VirtualMachine', metadata: { name: 'a' } };

test.each<[string, object]>([
  ['only what is required', VM],
  ['times that are not known yet', { ...VM, metadata: { name: 'a', creationTimestamp: null, labels: {} } }],
  ['fields that the companion does not read', { ...VM, spec: { running: 1, x: [null] }, status: { created: true } }],
  ['conditions', { ...VM, status: { conditions: [{ type: 'Ready', status: 'True', message: null }] } }],
])('an object with %s', (_, object) => expect(isObject(object)).toBe(true));

test.each<[string, unknown]>([
  ['nothing', null],
  ['a string', 'x'],
  ['a list', [VM]],
  ['no name', { kind: 'Pod', metadata: {} }],
  ['another name', { kind: 'Pod', metadata: { name: 1 } }],
  ['no metadata', { kind: 'Pod' }],
  ['labels', { kind: 'Pod', metadata: { name: 'a', labels: null } }],
  ['finalizers', { kind: 'Pod', metadata: { name: 'a', finalizers: 'x' } }],
  ['owners', { kind: 'Pod', metadata: { name: 'a', ownerReferences: [null] } }],
  ['conditions', { ...VM, status: { conditions: { type: 'Ready' } } }],
  ['a condition', { ...VM, status: { conditions: [null] } }],
  ['volumes', { ...VM, spec: { template: { spec: { volumes: 'x' } } } }],
  ['user data', { kind: 'Secret', metadata: { name: 'a' }, data: { userdata: 1 } }],
])('%s is not an object', (_, value) => expect(isObject(value)).toBe(false));

test('a list of objects', () => {
  expect(itemsOf({ items: [VM] })).toEqual([VM]);
  for (const each of [null, {}, [], { items: {} }, { items: [null] }, { items: [{}] }]) expect(itemsOf(each)).toBeUndefined();
});

test('a configuration of kubectl', () => {
  const view = { 'current-context': 'a', clusters: [{ name: 'x', cluster: { server: 'https://a' } }] };
  expect(viewOf(view)).toEqual(view);
  for (const each of [null, [], { clusters: 1 }, { clusters: [1] }, { 'current-context': {} }]) expect(viewOf(each)).toBeUndefined();
});
