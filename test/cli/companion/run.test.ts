import { fakeCluster } from '../../support/fake-cluster';
import { QUOTA, type Scenario, UNAUTHORIZED } from '../../support/fake-kubectl';
import { recordOf } from '../../support/record';

test('applies, waits until the VMs are ready, and reports them', async () => {
  const cluster = await fakeCluster();
  const { status, stdout, stderr } = await cluster.virtwork('run --workloads cpu --vm-count 2');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /^namespace ns, run [0-9a-f-]{36}\nVM +STATE +NODE +ATTENTION\nvirtwork-cpu-0 +ready +worker-1 +-\nvirtwork-cpu-1 +ready +worker-1 +-\n2 of 2 VMs ready, \d+ s\n$/,
    ),
  });
  expect(stderr).toMatch(/^cluster: context "lab", server "https:\/\/127\.0\.0\.1:6443"\n/);
  expect(stderr).toContain('5 of 5 objects applied\n');
  expect(cluster.objects).toEqual(
    expect.arrayContaining(['Namespace/ns', 'Secret/virtwork-cpu-cloudinit', 'VirtualMachine/virtwork-cpu-1']),
  );
  expect(recordOf(cluster.cwd)).toMatchObject([
    {
      command: 'run',
      status: 'success',
      cluster_context: 'lab',
      workloads_csv: 'cpu',
      total_vm_count: 2,
      wait_for_ready: 1,
      workloads: [{ workload_type: 'cpu', status: 'created' }],
      vms: [{ vm_name: 'virtwork-cpu-0', status: 'ready', cpu_cores: 2 }, { vm_name: 'virtwork-cpu-1' }],
    },
  ]);
});

test('prints one JSON object with -o json, and does not wait with --no-wait', async () => {
  const cluster = await fakeCluster({ ready: false });
  const { status, stdout } = await cluster.virtwork('run --workloads cpu --no-wait -o json');
  expect({ status, ...JSON.parse(stdout) }).toMatchObject({
    status: 0,
    command: 'run',
    namespace: 'ns',
    total_vm_count: 1,
    vms_ready: 0,
    vms: [{ vm_name: 'virtwork-cpu-0', component: 'cpu', status: 'not ready', phase: 'Running', why: expect.any(String) }],
    refused: [],
  });
});

test('exits with 3 when VMs are not ready in time, and reports why', async () => {
  const { status, stdout, stderr } = await (await fakeCluster({ ready: false })).virtwork('run --workloads cpu --timeout 1s');
  expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringContaining('error: 1 of 1 VMs were not ready in 1 s\n') });
  expect(stdout).toContain('the guest is running, but its health endpoint does not report a healthy workload');
});

test('reports the objects that are rejected, does not wait, and exits with 1', async () => {
  const cluster = await fakeCluster({ faults: [{ object: '^Secret/virtwork-cpu', error: QUOTA }] });
  const { status, stdout } = await cluster.virtwork('run --workloads cpu');
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: expect.stringContaining(
      'refused Secret virtwork-cpu-cloudinit: kubectl: Error from server (Forbidden): secrets "virtwork-cpu-cloudinit" is forbidden: exceeded quota: few',
    ),
  });
  expect(stdout).toContain('  hint: use fewer or smaller VMs, or raise the ResourceQuota; run: kubectl describe quota\n');
  expect(recordOf(cluster.cwd)).toMatchObject([
    { status: 'failed', error_summary: '1 object was rejected', workloads: [{ status: 'failed' }] },
  ]);
});

test('does not apply a namespace that the account may not get', async () => {
  const { status, stdout } = await (await fakeCluster({ forbidden: ['namespaces'] })).virtwork('run --workloads cpu');
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: expect.stringMatching(
      /refused Namespace ns: .*namespaces "ns" is forbidden: User "nobody" cannot get[\s\S]*hint: use --no-create-namespace/,
    ),
  });
});

test.each<[string, Scenario, string, RegExp]>([
  [
    'KubeVirt is missing',
    { kinds: [{ kind: 'Secret', apiVersion: 'v1', plural: 'secrets' }] },
    'status',
    /the server doesn't have a resource type "virtualmachine\w*"\n {2}hint: check that OpenShift Virtualization/,
  ],
  [
    'every object is rejected for the same reason',
    { faults: [{ object: '.', error: 'Error from server (NotFound): namespaces "ns" not found' }] },
    'run --workloads cpu --no-create-namespace',
    /namespaces "ns" not found\n {2}hint: create it, or set create_namespace: true\n/,
  ],
  [
    'the credentials have expired',
    { faults: [{ call: '^get', error: UNAUTHORIZED }] },
    'run --workloads cpu',
    /Unauthorized\)\n {2}hint: log in again/,
  ],
])('exits with 2 and prints nothing on stdout when %s', async (_, scenario, args, says) => {
  const { status, stdout, stderr } = await (await fakeCluster(scenario)).virtwork(args);
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(says) });
});

test('retries transient errors, and reports this once', async () => {
  const error = 'Error from server (TooManyRequests): the server has received too many requests';
  const cluster = await fakeCluster({ faults: [{ call: '^apply', error, times: 1 }] });
  const { status, stderr } = await cluster.virtwork('run --workloads cpu --no-wait');
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining(`trying again: ${error}\n`) });
});

test('uses an existing namespace of the user unchanged, and reports this', async () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns', labels: { 'kubernetes.io/metadata.name': 'ns' } } };
  const cluster = await fakeCluster({ objects: [namespace] });
  const { status, stderr } = await cluster.virtwork('run --workloads cpu --no-wait');
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringContaining('namespace ns already exists: it is used as it is, and not labeled\n'),
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends it with %d, keeps the changes, and closes the record', async (signal, code) => {
  const cluster = await fakeCluster({ faults: [{ call: '^apply', hang: true }] });
  const { status, stderr } = await cluster.interrupted('run --workloads cpu', 'apply', signal);
  expect({ status, stderr }).toEqual({ status: code, stderr: expect.stringContaining('interrupted; changes so far are kept\n') });
  expect(recordOf(cluster.cwd)).toMatchObject([{ status: 'failed', error_summary: 'interrupted' }]);
});
