import { measuredVms } from '../../src/companion/measured';
import type { KubeObject } from '../../src/companion/objects';
import { fakeCluster, own, vm } from '../support/fake-cluster';
import { measured, podOf } from '../support/fake-guests';

async function found(objects: readonly KubeObject[]) {
  return measuredVms((await fakeCluster({ objects })).client(), 'virtwork/run-id');
}

/** A launcher pod of the VM `a-0`. */
function pod(
  name: string,
  nodeName: string,
  creationTimestamp: string,
  more: Partial<KubeObject['metadata']> = {},
  phase = 'Running',
): KubeObject {
  const metadata = { creationTimestamp, ownerReferences: [{ kind: 'VirtualMachineInstance', name: 'a-0' }], ...more };
  return { ...own('Pod', name, metadata, { nodeName }), status: { phase } };
}

const [OLD, NEW] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];

test('a VM with its group, its workload, the port of its probe and its pod', async () => {
  expect(await found([...measured('a-0', { group: 'g', workload: 'w', port: 9100 }), ...vm('cpu-0')])).toEqual([
    { name: 'a-0', group: 'g', workload: 'w', port: 9100, pod: podOf('a-0') },
  ]);
});

test('sorted by name, numbers as numbers', async () => {
  const vms = await found(['a-10', 'a-9', 'a-1'].flatMap((name) => measured(name)));
  expect(vms.map(({ name }) => name)).toEqual(['a-1', 'a-9', 'a-10']);
});

// The instance of a VM in these tests is on the node worker-1.
test.each<[string, readonly KubeObject[], string | undefined]>([
  ['the pod on the node of the instance, during a migration', [pod('source', 'worker-1', OLD), pod('target', 'worker-2', NEW)], 'source'],
  ['the newest pod where none is on that node', [pod('old', 'worker-3', OLD), pod('new', 'worker-2', NEW)], 'new'],
  ['the newest pod of that node', [pod('old', 'worker-1', OLD), pod('new', 'worker-1', NEW)], 'new'],
  ['no pod that has ended', [pod('old', 'worker-1', OLD), pod('new', 'worker-1', NEW, {}, 'Succeeded')], 'old'],
  ['no pod that is being deleted', [pod('old', 'worker-1', OLD, { deletionTimestamp: NEW })], undefined],
  ['no pod of another VM', [pod('b', 'worker-1', OLD, { ownerReferences: [{ kind: 'VirtualMachineInstance', name: 'b-0' }] })], undefined],
])('%s', async (_, pods, expected) => {
  const [only] = await found([...measured('a-0', { phase: '' }), ...pods]);
  expect(only?.pod).toBe(expected);
});

test.each<[string, readonly KubeObject[], object]>([
  [
    'without a health endpoint',
    measured('a-0', { port: 0 }),
    { kind: 'unmeasured', message: expect.stringContaining('has no health endpoint') },
  ],
  ['that is stopped', measured('a-0', { halted: true }), { kind: 'halted', message: 'is stopped' }],
  ['without a running pod', measured('a-0', { phase: 'Pending' }), { kind: 'stopped', message: expect.stringContaining('is not running') }],
])('a VM %s cannot be asked', async (_, objects, trouble) => {
  expect(await found(objects)).toMatchObject([{ name: 'a-0', trouble }]);
});
