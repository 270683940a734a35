import { measuredVms } from '../../src/companion/measured';
import type { KubeObject } from '../../src/companion/objects';
import { expanded, vmsToCome } from '../../src/companion/pools';
import { type Snapshot, vmStates } from '../../src/companion/readiness';
import { fakeCluster, own } from '../support/fake-cluster';

const LABELS = { 'virtwork/workload': 'w', 'virtwork/role': 'r', 'virtwork/group': 'g' };
const VM_SPEC = { template: { spec: { readinessProbe: { httpGet: { port: 9100 } } } } };

function pool(replicas: unknown, status: object = {}, more: object = {}, metadata: object = {}): KubeObject {
  const spec = { replicas, virtualMachineTemplate: { metadata: { labels: LABELS }, spec: VM_SPEC }, ...more };
  return { ...own('VirtualMachinePool', 'p', metadata, spec), status };
}

function pooled(name: string, more: object = {}): KubeObject {
  return own('VirtualMachine', name, { ownerReferences: [{ kind: 'VirtualMachinePool', name: 'p' }], ...more });
}

const names = (vms: readonly { readonly name: string }[]) => vms.map(({ name }) => name);

test.each<[string, unknown, readonly KubeObject[], string[]]>([
  ['all VMs of a new pool', 3, [], ['p-0', 'p-1', 'p-2']],
  ['the lowest free indices', 4, [pooled('p-1'), pooled('p-7')], ['p-0', 'p-2']],
  ['no index of a VM that the pool did not create', 2, [own('VirtualMachine', 'p-0')], ['p-1', 'p-2']],
  ['none where there are enough', 1, [pooled('p-5')], []],
  ['none where there are too many', 1, [pooled('p-0'), pooled('p-1')], []],
  ['one without replicas', undefined, [], ['p-0']],
  ['none of zero', 0, [], []],
  ['none of a negative number', -5, [], []],
  ['one where the number is not readable', 'many', [], ['p-0']],
  ['none in the place of one that is being deleted', 1, [pooled('p-0', { deletionTimestamp: '2026-01-01T00:00:00Z' })], []],
])('VMs to come: %s', (_, replicas, vms, expected) => {
  expect(names(vmsToCome([pool(replicas)], vms).map(({ metadata }) => metadata))).toEqual(expected);
});

test('a pool that is being deleted creates no more VMs', () => {
  expect(vmsToCome([pool(3, {}, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })], [])).toEqual([]);
});

test('a number of VMs that no pool has fills no memory', () => {
  expect(vmsToCome([pool(2_000_000_000)], [])).toHaveLength(100_000);
});

const FAILURE = { type: 'ReplicaFailure', status: 'True', reason: 'FailedScaleOut', message: 'exceeded quota' };

test.each<[string, KubeObject, string]>([
  ['is slow', pool(1), 'not created by its pool p yet'],
  ['cannot create VMs', pool(1, { conditions: [FAILURE] }), 'its pool p cannot create it: exceeded quota'],
  ['could not create VMs before', pool(1, { conditions: [{ ...FAILURE, status: 'False' }] }), 'not created by its pool p yet'],
  ['is paused', pool(1, {}, { paused: true }), 'not created, because its pool p is paused'],
])('a VM whose pool %s is not ready, and says why', (_, object, why) => {
  expect(vmStates({ vms: [], instances: [], pools: [object] })).toEqual([
    {
      ...{ name: 'p-0', component: 'w', role: 'r', status: '', phase: '', node: '' },
      ...{ ready: false, halted: false, restartRequired: false, why },
    },
  ]);
});

test('VMs to come are sorted among the others', () => {
  const seen: Snapshot = { vms: [pooled('p-1'), pooled('p-10'), own('VirtualMachine', 'q')], instances: [], pools: [pool(4)] };
  expect(names(vmStates(seen))).toEqual(['p-0', 'p-1', 'p-2', 'p-10', 'q']);
});

test('a measured VM that its pool has not created is named, with its group', async () => {
  const cluster = await fakeCluster({ objects: [pool(1)] });
  expect(await measuredVms(cluster.client(), 'virtwork/run-id')).toEqual([
    {
      name: 'p-0',
      group: 'g',
      workload: 'w',
      port: 9100,
      trouble: { kind: 'stopped', message: expect.stringContaining('not created by its pool p yet') },
    },
  ]);
});

test('expanded: the VMs of a pool in its place, as manifests', () => {
  const [secret, machine] = [own('Secret', 's'), own('VirtualMachine', 'q')];
  const vms = expanded([secret, pool(2), machine]);
  expect(names(vms.map(({ metadata }) => metadata))).toEqual(['s', 'p-0', 'p-1', 'q']);
  expect(vms[1]).toMatchObject({ kind: 'VirtualMachine', metadata: { namespace: 'ns', labels: LABELS }, spec: VM_SPEC });
});
