import { type FakeCluster, fakeCluster } from '../../support/fake-cluster';
import { FakeGuests, type Guest, measured, podOf } from '../../support/fake-guests';
import type { Scenario } from '../../support/fake-kubectl';

const metrics = (active: number): ReturnType<Guest> => ({ body: `virtwork_chaos_active ${active}\n`, type: 'text/plain; version=0.0.4' });
const HEADER = 'VM                           CHAOS        WHY\n';
const NOT_THERE = 'chaos is not stopped\n';
const THERE = 'chaos is stopped by the Service virtwork-chaos-stop; to let it go on, run: virtwork chaos resume -n ns\n';

/** A cluster with a VM of each workload, each with its guest. The cpu VM must not be asked. */
function setUp(guests: { readonly [workload: string]: Guest | 'halted' }, scenario: Scenario = {}): Promise<FakeCluster> {
  const all = Object.entries<Guest | 'halted'>({ ...guests, cpu: () => 'hang' });
  const objects = all.flatMap(([workload, guest]) => measured(`virtwork-${workload}-0`, { workload, halted: guest === 'halted' }));
  const asked = all.flatMap(([workload, guest]) => (guest === 'halted' ? [] : [[podOf(`virtwork-${workload}-0`), guest] as const]));
  return fakeCluster({ objects, ...scenario, guests: new FakeGuests(Object.fromEntries(asked)) });
}

test('status shows in which VMs chaos may act', async () => {
  const cluster = await setUp({
    'chaos-disk': () => metrics(1),
    'chaos-network': () => metrics(0),
    'chaos-process': () => ({ body: 'up 1\n', type: 'text/plain' }),
    'chaos-migration': 'halted',
    own: () => ({ body: 'other 1\n', type: 'text/plain' }),
  });
  const { status, stdout } = await cluster.virtwork('chaos status');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `${HEADER}${[
      'virtwork-chaos-disk-0        active       -',
      'virtwork-chaos-migration-0   not active   is stopped',
      'virtwork-chaos-network-0     not active   -',
      'virtwork-chaos-process-0     unknown      its guest has no metric virtwork_chaos_active; restart the VM, so that it gets the files of this version',
    ].join('\n')}\n${NOT_THERE}`,
  });
});

test('stop creates the Service with the labels of virtwork, and waits until all guests have stopped', async () => {
  const left = [1, 1, 0];
  const cluster = await setUp({ 'chaos-disk': () => metrics(left.shift() ?? 0), own: () => metrics(0) });
  const { status, stdout, stderr } = await cluster.virtwork('chaos stop -o json');
  expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('guests stop within a minute') });
  expect(JSON.parse(stdout)).toEqual({
    namespace: 'ns',
    stopped: true,
    vms: [
      { name: 'virtwork-chaos-disk-0', workload: 'chaos-disk', active: false },
      { name: 'virtwork-own-0', workload: 'own', active: false },
    ],
  });
  expect(left).toEqual([]);
  expect(cluster.find('Service', 'virtwork-chaos-stop')?.metadata.labels).toMatchObject({
    'managed-by': 'virtwork',
    'virtwork/run-id': expect.any(String),
  });
});

test('stop names the VMs that do not stop in time', async () => {
  const cluster = await setUp({ 'chaos-disk': () => metrics(1), 'chaos-network': () => metrics(0) });
  const { status, stdout, stderr } = await cluster.virtwork('chaos stop --timeout 1s');
  expect(status).toBe(3);
  expect(stdout).toContain(THERE);
  expect(stderr).toMatch(/virtwork-chaos-disk-0 did not stop in 1 s; .* run: virtctl stop virtwork-chaos-disk-0 -n ns/);
  expect(stderr).not.toContain('virtwork-chaos-network-0 did not');
});

test('resume deletes the Service, and no other', async () => {
  const cluster = await setUp({ 'chaos-disk': () => metrics(0) });
  expect(await cluster.virtwork('chaos resume')).toMatchObject({ status: 0, stderr: expect.stringContaining('was not stopped') });
  await cluster.virtwork('chaos stop');
  expect((await cluster.virtwork('chaos status')).stdout).toContain(THERE);
  expect(await cluster.virtwork('chaos resume')).toMatchObject({ status: 0, stderr: expect.stringContaining('chaos goes on') });
  expect((await cluster.virtwork('chaos status')).stdout).toContain(NOT_THERE);
  expect(cluster.objects).toContain('VirtualMachine/virtwork-chaos-disk-0');
});

test('a namespace without chaos, and an account that may not', async () => {
  const empty = await setUp({});
  expect(await empty.virtwork('chaos status')).toMatchObject({ status: 0, stdout: `namespace ns has no VMs with chaos\n${NOT_THERE}` });
  const viewer = await setUp({ 'chaos-disk': () => metrics(1) }, { forbidden: ['services'] });
  const { status, stdout, stderr } = await viewer.virtwork('chaos stop');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^error: .*may not.*services|forbidden.*services/im);
});
