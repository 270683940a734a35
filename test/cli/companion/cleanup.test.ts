import type { KubeObject } from '../../../src/companion/objects';
import { fakeCluster, own, vm } from '../../support/fake-cluster';
import type { Scenario } from '../../support/fake-kubectl';
import { recordOf } from '../../support/record';
import { ended, start } from '../../support/run';
import { needs } from '../../support/tools';

const OTHER = '22222222-2222-4222-8222-222222222222';
const STRANGER: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'precious', namespace: 'ns', uid: 'p' } };
const FOUND = [...vm('cpu-0'), own('Secret', 'cpu'), own('Service', 'cpu')];

test('deletes everything of virtwork, and nothing else', async () => {
  const cluster = await fakeCluster({ objects: [...FOUND, STRANGER] });
  const { status, stdout } = await cluster.virtwork('cleanup --yes');
  expect({ status, stdout, objects: cluster.objects }).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /^namespace ns\nKIND +DELETED +LEFT\nVirtualMachine +1 +0\nService +1 +0\nSecret +1 +0\ncleanup complete\n$/,
    ),
    objects: ['ConfigMap/precious'],
  });
  expect(recordOf(cluster.cwd)).toMatchObject([
    {
      command: 'cleanup',
      status: 'success',
      cleanup_mode: 'all',
      vms_deleted: 1,
      secrets_deleted: 1,
      vms: [{ vm_name: 'cpu-0', status: 'deleted' }],
      resources: [{ resource_type: 'Service' }, { resource_type: 'Secret' }],
    },
  ]);
});

/** As docs/how-to/windows.md labels VMs that virtwork did not render. */
function foreign(name: string, labels: { readonly [key: string]: string }): KubeObject {
  return { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', metadata: { name, namespace: 'ns', uid: name, labels }, spec: {} };
}

test.each([
  ['cleanup --yes', ['VirtualMachine/b', 'VirtualMachine/c']],
  ['cleanup --yes --run-id windows', ['VirtualMachine/b', 'VirtualMachine/c', 'VirtualMachine/d']],
])('%s deletes VMs that virtwork did not render, if they have the label of the run', async (command, left) => {
  const objects = [
    foreign('a', { 'virtwork/run-id': 'windows' }),
    foreign('b', { 'managed-by': 'virtwork' }),
    foreign('c', { 'virtwork/workload': 'windows' }),
    foreign('d', { 'virtwork/run-id': OTHER }),
  ];
  const cluster = await fakeCluster({ objects });
  expect(await cluster.virtwork(command)).toMatchObject({ status: 0 });
  expect(cluster.objects).toEqual(left);
});

test('deletes one run, and reports it as JSON', async () => {
  const cluster = await fakeCluster({ objects: [own('Secret', 'a'), own('Secret', 'b', { labels: { 'virtwork/run-id': OTHER } })] });
  const { status, stdout } = await cluster.virtwork(`cleanup --yes --run-id ${OTHER} -o json`);
  expect({ status, report: JSON.parse(stdout), objects: cluster.objects }).toEqual({
    status: 0,
    report: {
      command: 'cleanup',
      namespace: 'ns',
      dry_run: false,
      vms_deleted: 0,
      services_deleted: 0,
      secrets_deleted: 1,
      dvs_deleted: 0,
      pvcs_deleted: 0,
      namespace_deleted: 0,
      linked_run_ids: [OTHER],
      left: [],
      errors: [],
    },
    objects: ['Secret/a'],
  });
});

test('deletes nothing without confirmation', async () => {
  const cluster = await fakeCluster({ objects: FOUND });
  const { status, stdout, stderr } = await cluster.virtwork('cleanup');
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining(
      'error: virtwork cleanup: refusing to delete without confirmation: no terminal (use --yes)\n  hint: use --dry-run to see what would be deleted\n',
    ),
  });
  expect(cluster.objects).toHaveLength(FOUND.length);
});

needs('script').each([
  ['y', 0, /delete all of this\? \[y\/N\][\s\S]*cleanup complete/, 0],
  ['n', 1, /cpu-0[\s\S]*cluster: context "lab"[\s\S]*cleanup aborted/, FOUND.length],
] as const)('asks for confirmation on a terminal, and follows the answer %s', async (answer, code, says, left) => {
  const cluster = await fakeCluster({ objects: FOUND });
  const child = start('script', ['-qec', cluster.command('cleanup --no-audit').join(' '), '/dev/null'], cluster.options);
  child.stdout?.on('data', (text: Buffer) => {
    if (text.includes('[y/N]')) child.stdin?.write(`${answer}\r`);
  });
  const { status, stdout } = await ended(child, 60);
  expect({ status, stdout, left: cluster.objects.length }).toEqual({ status: code, stdout: expect.stringMatching(says), left });
});

test('shows with --dry-run what would be deleted', async () => {
  const cluster = await fakeCluster({ objects: FOUND });
  expect(await cluster.virtwork('cleanup --dry-run')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(
      /^namespace ns, dry-run mode: nothing is deleted\nKIND +NAME\nVirtualMachine +cpu-0\nService +cpu\nSecret +cpu\n$/,
    ),
  });
  expect(cluster.calls.filter((call) => call.startsWith('delete'))).toEqual([]);
});

test('reports when there is nothing to delete', async () => {
  expect(await (await fakeCluster()).virtwork('cleanup --yes')).toMatchObject({
    status: 0,
    stdout: 'nothing to clean up in namespace ns\n',
  });
});

test('exits with 1 and reports remaining objects, and their finalizers', async () => {
  const cluster = await fakeCluster({ objects: [own('Secret', 'held', { finalizers: ['example.com/f'] })] });
  expect(await cluster.virtwork('cleanup --yes --timeout 1s')).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('left: Secret held waits for example.com/f\ncleanup incomplete\n'),
  });
  // Without a wait, objects that are being deleted count as gone.
  expect(await cluster.virtwork('cleanup --yes --no-wait')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('cleanup complete'),
  });
});

test('a kind that cannot be deleted does not affect other kinds', async () => {
  const error =
    'Error from server (Forbidden): services "cpu" is forbidden: User "nobody" cannot delete resource "services" in API group "" in the namespace "ns"';
  const cluster = await fakeCluster({ objects: FOUND, faults: [{ call: '^delete services', error }] });
  const { status, stdout, stderr } = await cluster.virtwork('cleanup --yes');
  expect({ status, stdout, stderr, objects: cluster.objects }).toEqual({
    status: 1,
    stdout: expect.stringContaining('left: Service cpu was not deleted\ncleanup incomplete\n'),
    stderr: expect.stringContaining(`error: kubectl: ${error}\n  hint: ask for the permission`),
    objects: ['Service/cpu'],
  });
  expect(recordOf(cluster.cwd)).toMatchObject([{ status: 'failed', error_summary: `${error}; 1 object is left` }]);
});

test('warns of kinds that it may not list, even without objects', async () => {
  const cluster = await fakeCluster({ forbidden: ['clusterroles', 'roles'] });
  expect(await cluster.virtwork('cleanup --yes')).toMatchObject({
    status: 0,
    stderr: expect.stringContaining(
      'warning: this account may not list Role, ClusterRole: objects of these kinds are not deleted; run virtwork cleanup with an account that may\n',
    ),
  });
});

describe('with --delete-namespace', () => {
  const created = own('Namespace', 'ns');
  const users: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns', labels: {} } };

  test("the namespace is deleted if it is virtwork's", async () => {
    const cluster = await fakeCluster({ objects: [created, ...FOUND] });
    const { status, stdout } = await cluster.virtwork('cleanup --yes --delete-namespace');
    expect({ status, stdout, objects: cluster.objects }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/Namespace +1 +0\ncleanup complete/),
      objects: [],
    });
  });

  test.each<[string, Scenario, RegExp]>([
    [
      "is not virtwork's",
      { objects: [users, ...FOUND] },
      /namespace ns: is not virtwork's: it does not have the label managed-by=virtwork\n {2}hint: omit --delete-namespace, then run: kubectl delete namespace ns\n/,
    ],
    [
      'contains other objects',
      { objects: [created, ...FOUND, STRANGER] },
      /namespace ns: contains objects that this cleanup does not delete: ConfigMap precious\n {2}hint: omit --delete-namespace; or/,
    ],
    [
      'may contain other objects',
      { objects: [created, ...FOUND], forbidden: ['configmaps'] },
      /namespace ns: may contain objects that this cleanup does not delete: this account may not list configmaps\n {2}hint: omit --delete-namespace, or .*run: kubectl auth can-i list configmaps -n ns\n/,
    ],
  ])('nothing is deleted if the namespace %s', async (_, scenario, says) => {
    const cluster = await fakeCluster(scenario);
    const { status, stdout, stderr } = await cluster.virtwork('cleanup --yes --delete-namespace');
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(says) });
    expect(cluster.objects).toHaveLength(scenario.objects?.length ?? 0);
  });
});

test('SIGINT ends it with 130', async () => {
  const cluster = await fakeCluster({ objects: FOUND, faults: [{ call: '^delete services', hang: true }] });
  const { status, stderr } = await cluster.interrupted('cleanup --yes', 'delete services', 'SIGINT');
  expect({ status, stderr }).toEqual({ status: 130, stderr: expect.stringContaining('interrupted; changes so far are kept\n') });
  expect(recordOf(cluster.cwd)).toMatchObject([{ command: 'cleanup', status: 'failed', error_summary: 'interrupted' }]);
});
