import { fakeCluster, own, vm } from '../../support/fake-cluster';
import { recordOf } from '../../support/record';

const ARGS = '--workloads disk --pool --vm-count 3';

/** A pool of three VMs that has created one. */
function half() {
  const labels = { 'virtwork/workload': 'disk' };
  const pool = own('VirtualMachinePool', 'p', { labels }, { replicas: 3, virtualMachineTemplate: { metadata: { labels }, spec: {} } });
  const condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedScaleOut', message: 'exceeded quota: few' };
  const [machine, instance] = vm('p-1') as [ReturnType<typeof own>, ReturnType<typeof own>];
  const ownerReferences = [{ kind: 'VirtualMachinePool', name: 'p', uid: pool.metadata.uid as string }];
  return [{ ...pool, status: { conditions: [condition] } }, { ...machine, metadata: { ...machine.metadata, ownerReferences } }, instance];
}

test('run applies one object, and waits for each of its VMs', async () => {
  const cluster = await fakeCluster();
  const { status, stdout, stderr } = await cluster.virtwork(`run ${ARGS}`);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /virtwork-disk-0 +ready .*\nvirtwork-disk-1 +ready .*\nvirtwork-disk-2 +ready .*\n3 of 3 VMs ready, \d+ s\n$/,
    ),
  });
  expect(stderr).toContain('4 of 4 objects applied\n');
  expect(recordOf(cluster.cwd)).toMatchObject([
    {
      total_vm_count: 3,
      workloads: [{ workload_type: 'disk', vm_count: 3, status: 'created' }],
      vms: [
        { vm_name: 'virtwork-disk-0', status: 'ready' },
        { vm_name: 'virtwork-disk-1' },
        { vm_name: 'virtwork-disk-2', has_data_disk: 1 },
      ],
      resources: expect.arrayContaining([expect.objectContaining({ resource_type: 'VirtualMachinePool', resource_name: 'virtwork-disk' })]),
    },
  ]);
});

test('status and wait report the VMs that a pool has not created, and why', async () => {
  const cluster = await fakeCluster({ objects: half() });
  const lines =
    /p-0 +\S+ +- +its pool p cannot create it: exceeded quota: few\np-1 +ready .*\np-2 +\S+ +- +its pool p cannot .*\n1 of 3 VMs ready/;
  expect(await cluster.virtwork('status')).toMatchObject({ status: 0, stdout: expect.stringMatching(lines) });
  expect(await cluster.virtwork('wait --timeout 1s')).toMatchObject({
    status: 3,
    stdout: expect.stringMatching(lines),
    stderr: expect.stringContaining('error: 2 of 3 VMs were not ready in 1 s\n'),
  });
});

test('wait waits for a pool that has created no VM yet', async () => {
  const [pool] = half();
  const cluster = await fakeCluster({ objects: pool ? [pool] : [] });
  expect(await cluster.virtwork('wait --timeout 1s')).toMatchObject({ status: 3, stdout: expect.stringContaining('0 of 3 VMs ready') });
});

test('an account that may not list pools sees the VMs that exist', async () => {
  const cluster = await fakeCluster({ objects: half(), forbidden: ['virtualmachinepools'] });
  expect(await cluster.virtwork('status')).toMatchObject({ status: 0, stdout: expect.stringContaining('1 of 1 VMs ready') });
});

test('apply records the VMs of a pool', async () => {
  const cluster = await fakeCluster();
  expect(await cluster.virtwork(`synth ${ARGS}`)).toMatchObject({ status: 0 });
  expect(await cluster.virtwork('apply')).toMatchObject({ status: 0, stdout: '4 of 4 objects of dist applied\n' });
  expect(recordOf(cluster.cwd)).toMatchObject([
    {
      total_vm_count: 3,
      vms: [0, 1, 2].map((index) => ({
        vm_name: `virtwork-disk-${index}`,
        status: 'planned',
        component: 'disk',
        cpu_cores: 2,
        has_data_disk: 1,
      })),
    },
  ]);
});

test('cleanup deletes the pool before its VMs', async () => {
  const cluster = await fakeCluster({ objects: half() });
  const { status, stdout } = await cluster.virtwork('cleanup --yes');
  expect({ status, stdout, objects: cluster.objects }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/\nVirtualMachinePool +1 +0\nVirtualMachine +1 +0\ncleanup complete\n$/),
    objects: [],
  });
  const deleted = cluster.calls.flatMap((call) => /^delete (\S+)/.exec(call)?.[1] ?? []);
  expect(deleted).toEqual(['virtualmachinepools.pool.kubevirt.io', 'virtualmachines.kubevirt.io']);
});

test('cleanup warns when it may not list pools', async () => {
  const cluster = await fakeCluster({ objects: vm('a'), forbidden: ['virtualmachinepools'] });
  expect(await cluster.virtwork('cleanup --yes')).toMatchObject({ status: 0, stderr: expect.stringContaining('VirtualMachinePool') });
});
