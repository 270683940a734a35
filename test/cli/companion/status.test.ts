import { fakeCluster, vm } from '../../support/fake-cluster';

test('reports ready VMs and why others are not', async () => {
  const cluster = await fakeCluster({ objects: [...vm('cpu-0'), ...vm('cpu-1', { ready: false })] });
  const { status, stdout } = await cluster.virtwork('status');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /^namespace ns\n[\s\S]*cpu-0 +ready +worker-1 +-\ncpu-1 +Running +worker-1 +the guest is running[\s\S]*1 of 2 VMs ready\n$/,
    ),
  });
});

test('prints one JSON object, also without VMs', async () => {
  const { status, stdout } = await (await fakeCluster()).virtwork('status -o json');
  expect({ status, report: JSON.parse(stdout) }).toEqual({
    status: 0,
    report: { command: 'status', namespace: 'ns', total_vm_count: 0, vms_ready: 0, vms: [], refused: [] },
  });
});

test('needs no permission for pods, events and Secrets', async () => {
  const cluster = await fakeCluster({ objects: vm('cpu-0'), forbidden: ['pods', 'events', 'secrets', 'datavolumes'] });
  expect(await cluster.virtwork('status')).toMatchObject({ status: 0, stdout: expect.stringContaining('1 of 1 VMs ready') });
});

test('exits with 2 when it may not list VMs', async () => {
  const { status, stderr } = await (await fakeCluster({ forbidden: ['virtualmachines'] })).virtwork('status');
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: `error: kubectl: Error from server (Forbidden): virtualmachines.kubevirt.io is forbidden: User "nobody" cannot list resource "virtualmachines" in API group "kubevirt.io" in the namespace "ns"
  hint: ask for the permission, or use another account; run: kubectl auth can-i --list
`,
  });
});
