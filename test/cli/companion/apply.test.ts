import { fakeCluster, own, vm } from '../../support/fake-cluster';
import { QUOTA } from '../../support/fake-kubectl';
import { recordOf } from '../../support/record';

const SECRET = own('Secret', 'cpu');
const [VM] = vm('cpu-0') as [ReturnType<typeof own>];

test('applies a folder, and reports how many objects', async () => {
  const cluster = await fakeCluster();
  cluster.folderOf('dist', [SECRET, VM]);
  expect(await cluster.virtwork('apply')).toMatchObject({ status: 0, stdout: '2 of 2 objects of dist applied\n' });
  expect(cluster.objects).toEqual(['Secret/cpu', 'VirtualMachine/cpu-0', 'VirtualMachineInstance/cpu-0']);
  expect(recordOf(cluster.cwd)).toMatchObject([
    { command: 'apply', status: 'success', total_vm_count: 1, vms: [{ vm_name: 'cpu-0', status: 'created', component: 'cpu' }] },
  ]);
});

test('reports what is rejected, and exits with 1', async () => {
  const cluster = await fakeCluster({ faults: [{ object: '^Secret', error: QUOTA }] });
  cluster.folderOf('base', [SECRET, VM]);
  const { status, stdout } = await cluster.virtwork('apply base -o json');
  expect({ status, ...JSON.parse(stdout) }).toEqual({
    status: 1,
    command: 'apply',
    applied: 1,
    refused: [{ kind: 'Secret', name: 'cpu', why: expect.stringContaining('exceeded quota') }],
  });
});

test.each([
  ['apply nosuch', /must be given an existing folder, got nosuch\n {2}hint: run: virtwork synth/],
  ['apply one two', /takes one folder, got one two/],
  ['apply base', /base: renders for namespace other, but --namespace is ns\n {2}hint: use --namespace other/],
])('virtwork %s changes nothing, and exits with 2', async (args, says) => {
  const cluster = await fakeCluster();
  cluster.folderOf('base', [own('Secret', 'cpu', { namespace: 'other' })]);
  const { status, stdout, stderr } = await cluster.virtwork(args);
  expect({ status, stdout, stderr, objects: cluster.objects }).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(says),
    objects: [],
  });
});
