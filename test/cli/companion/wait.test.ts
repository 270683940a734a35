import { fakeCluster, vm } from '../../support/fake-cluster';

test('reports the VMs when all are ready', async () => {
  const cluster = await fakeCluster({ objects: [...vm('cpu-0'), ...vm('cpu-1')] });
  const { status, stdout, stderr } = await cluster.virtwork('wait');
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/cpu-0 +ready[\s\S]*2 of 2 VMs ready, \d+ s\n$/) });
  expect(stderr).toContain('2 of 2 VMs ready\n');
});

test('exits with 3 when a VM is not ready in time', async () => {
  const cluster = await fakeCluster({ objects: [...vm('cpu-0'), ...vm('cpu-1', { ready: false })] });
  const { status, stdout } = await cluster.virtwork('wait --timeout 0s -o json');
  expect({ status, ...JSON.parse(stdout) }).toMatchObject({
    status: 3,
    command: 'wait',
    vms_ready: 1,
    vms: [{ why: null }, { status: 'not ready', why: expect.stringContaining('health endpoint') }],
  });
});

test('exits with 1 when there are no VMs', async () => {
  const { status, stdout, stderr } = await (await fakeCluster()).virtwork('wait');
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: '',
    stderr:
      '0 of 0 VMs ready\nerror: namespace ns: contains no VMs of virtwork\n  hint: run: kubectl apply --server-side -k dist; or use --namespace\n',
  });
});

test('SIGINT ends it with 130', async () => {
  const cluster = await fakeCluster({ objects: vm('cpu-0', { ready: false }) });
  expect(await cluster.interrupted('wait', 'get', 'SIGINT')).toMatchObject({ status: 130, stdout: '' });
});
