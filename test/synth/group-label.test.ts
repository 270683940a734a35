import { inGroup } from '../../src/synth/group-label';
import type { Manifest } from '../../src/validation/manifest';

const GROUP = { 'virtwork/group': 'a-1' };

function manifest(kind: string, spec: object): Manifest {
  return { apiVersion: 'v1', kind, metadata: { name: 'x', labels: { a: '1', 'virtwork/run-id': '2' } }, spec };
}

test('no group, no label', () => {
  const object = manifest('Service', {});
  expect(inGroup(object, undefined)).toBe(object);
  expect(object.metadata.labels).toEqual({ a: '1', 'virtwork/run-id': '2' });
});

test('an object gets the label, in the order of the labels', () => {
  const { metadata } = inGroup(manifest('Secret', {}), 'a-1');
  expect(Object.entries(metadata.labels ?? {})).toEqual([
    ['a', '1'],
    ['virtwork/group', 'a-1'],
    ['virtwork/run-id', '2'],
  ]);
});

test('what a VM creates gets the label too', () => {
  const { spec } = inGroup(
    manifest('VirtualMachine', { template: { spec: {} }, dataVolumeTemplates: [{ metadata: { name: 'd' } }] }),
    'a-1',
  );
  expect(spec).toEqual({
    template: { metadata: { labels: GROUP }, spec: {} },
    dataVolumeTemplates: [{ metadata: { name: 'd', labels: GROUP } }],
  });
});

test('what a pool creates gets the label too', () => {
  const { spec } = inGroup(manifest('VirtualMachinePool', { virtualMachineTemplate: { metadata: {}, spec: { template: {} } } }), 'a-1');
  expect(spec).toEqual({
    virtualMachineTemplate: { metadata: { labels: GROUP }, spec: { template: { metadata: { labels: GROUP } } } },
  });
});
