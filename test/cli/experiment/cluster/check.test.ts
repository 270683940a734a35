import type { KubeObject } from '../../../../src/companion/objects';
import { CEPHFS, group, planOf, RBD, setUp, writeExperiment } from '../../../support/experiment-runs';
import { own } from '../../../support/fake-cluster';
import { ALL_KINDS, type Scenario } from '../../../support/fake-kubectl';

const GIB = 2 ** 30;

/** A pod of another namespace on a node. */
function pod(name: string, nodeName: string, requests: object, more: object = {}): KubeObject {
  const { metadata, ...object } = own('Pod', name, {}, { nodeName, containers: [{ name, resources: { requests } }], ...more });
  return { ...object, metadata: { ...metadata, namespace: 'other', labels: {} }, status: { phase: 'Running' } };
}

function quota(hard: object, used: object = {}): KubeObject {
  return { ...own('ResourceQuota', 'few'), status: { hard, used } };
}

test('everything is there: exit 0, and nothing is changed', async () => {
  const { cluster, dist } = await setUp();
  const before = cluster.objects;
  expect(await cluster.virtwork(`experiment check ${dist}`)).toMatchObject({
    status: 0,
    stdout: `GROUP           STATE     WHY
rbd-3f9a1c      can run   -
cephfs-77b0e2   can run   -
2 of 2 groups can run
`,
  });
  expect(cluster.objects).toEqual(before);
});

describe('a group is skipped, with the reason', () => {
  const rows: readonly [string, Parameters<typeof setUp>, RegExp][] = [
    [
      'a missing class',
      [[RBD, group('none-000000', { storage: 'none' })]],
      /none-000000 +skipped +no storage class none; the cluster has rbd, cephfs\n/,
    ],
    [
      'more memory than all nodes have',
      [[RBD, { ...CEPHFS, memoryBytes: 65 * GIB }]],
      /cephfs-77b0e2 +skipped +needs 65Gi of memory; the 2 nodes for VMs can allocate 64Gi\n/,
    ],
    ['more CPUs', [[RBD, { ...CEPHFS, vcpus: 161 }]], /cephfs-77b0e2 +skipped +needs 16.1 of CPU; the 2 nodes for VMs can allocate 16\n/],
    [
      'memory that other pods use',
      [[RBD, CEPHFS], { objects: [pod('db', 'worker-1', { memory: '30Gi' }), pod('web', 'worker-2', { memory: '31Gi' })] }],
      /rbd-3f9a1c +skipped +needs 4Gi of memory; the 2 nodes for VMs can allocate 64Gi, of which 3Gi are free\n/,
    ],
    [
      'CPUs that other pods use',
      [[{ ...RBD, vcpus: 11 }, CEPHFS], { objects: [pod('db', 'worker-1', { cpu: '8' }), pod('web', 'worker-2', { cpu: '7' })] }],
      /rbd-3f9a1c +skipped +needs 1.1 of CPU; the 2 nodes for VMs can allocate 16, of which 1 are free\n/,
    ],
    [
      'a quota of pods',
      [[RBD, CEPHFS], { objects: [quota({ pods: '10' }, { pods: '8' })] }],
      /rbd-3f9a1c +skipped +quota few allows 10 of pods, 8 are used, and the group needs 3\n/,
    ],
    [
      'a quota of a class',
      [[RBD, CEPHFS], { objects: [quota({ 'rbd.storageclass.storage.k8s.io/requests.storage': '1Gi' })] }],
      /rbd-3f9a1c +skipped +quota few allows 1Gi of rbd\.storage.*requests.storage, 0 are used, and the group needs 2Gi\n/,
    ],
    [
      'what a webhook rejects',
      [
        [RBD, CEPHFS],
        {
          objects: [own('Namespace', 'ns')],
          faults: [
            { object: '^VirtualMachine/rbd', error: 'Error from server: admission webhook denied the request: feature gate is off' },
          ],
        },
      ],
      /rbd-3f9a1c +skipped +the cluster rejects VirtualMachine rbd-3f9a1c-0: .*feature gate is off/,
    ],
  ];

  test.each(rows)('%s', async (_, props, says) => {
    const { cluster, dist } = await setUp(...props);
    const { status, stdout } = await cluster.virtwork(`experiment check ${dist}`);
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(says) });
    expect(stdout).toMatch(/ can run +-\n[\s\S]*1 of 2 groups can run, 1 skipped\n$/);
  });

  test('run skips it, measures the others, and exits with 1', async () => {
    const { cluster, dist, stored } = await setUp([group('none-000000', { storage: 'none' }), CEPHFS]);
    const { status, stdout, stderr } = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining('group none-000000 is skipped: no storage class none'),
    });
    expect(stdout).toMatch(/none-000000 +skipped .*\ncephfs-77b0e2 +complete/);
    expect(stored('runs/first')).toHaveLength(2);
  });
});

describe('what keeps every group from running', () => {
  test.each<[Scenario, RegExp]>([
    [
      { forbidden: ['pods/proxy', 'pods/portforward'] },
      /this account may not get results: it needs get on pods\/proxy or create on pods\/portforward\n/,
    ],
    [{ forbidden: ['services'] }, /this account may not create services\n {2}hint: .*kubectl auth can-i create services -n ns/],
    [
      { kinds: ALL_KINDS.filter(({ apiVersion }) => !/kubevirt/.test(apiVersion)) },
      /the cluster does not have the API kubevirt.io, cdi.kubevirt.io/,
    ],
  ])('%j', async (scenario, says) => {
    const { cluster, dist } = await setUp([CEPHFS], scenario);
    const { status, stdout, stderr } = await cluster.virtwork(`experiment check ${dist}`);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(says) });
    expect(stdout).toMatch(/cephfs-77b0e2 +cannot run +something that every group needs is missing\n[\s\S]*0 of 1 groups can run\n$/);
    if (scenario.kinds || scenario.forbidden?.includes('services')) return;
    expect(await cluster.virtwork(`experiment run ${dist}`)).toMatchObject({ status: 2, stderr: expect.stringMatching(says) });
    expect(cluster.objects.filter((object) => object.startsWith('VirtualMachine'))).toEqual([]);
  });

  test('port forwards suffice', async () => {
    const { cluster, dist } = await setUp([CEPHFS], { forbidden: ['pods/proxy'] });
    expect(await cluster.virtwork(`experiment run ${dist}`)).toMatchObject({ status: 0 });
  });
});

test.each<[string, object, RegExp]>([
  ['init containers that run before it', { initContainers: [{ resources: { requests: { memory: '62Gi' } } }] }, /of which 2Gi are free/],
  ['a sidecar', { initContainers: [{ restartPolicy: 'Always', resources: { requests: { memory: '1Gi' } } }] }, /of which 2Gi are free/],
  ['overhead', { overhead: { memory: '1Gi' } }, /of which 2Gi are free/],
])('what a pod uses: %s', async (_, more, says) => {
  const objects = [pod('db', 'worker-1', { memory: '30Gi' }), pod('web', 'worker-2', { memory: '31Gi' }, more)];
  const { cluster, dist } = await setUp([RBD], { objects });
  expect(await cluster.virtwork(`experiment check ${dist}`)).toMatchObject({ status: 1, stdout: expect.stringMatching(says) });
});

test('VMs of the experiment that run are not counted twice', async () => {
  const { metadata, ...launcher } = pod('virt-launcher-rbd', 'worker-1', { memory: '31Gi' });
  const own = { ...launcher, metadata: { ...metadata, namespace: 'ns', labels: { 'virtwork/group': RBD.id } } };
  const { cluster, dist } = await setUp([{ ...RBD, memoryBytes: 63 * GIB }], { objects: [own] });
  expect(await cluster.virtwork(`experiment check ${dist}`)).toMatchObject({ status: 0 });
});

test('what the account may not list is not checked, and said', async () => {
  const { cluster, dist } = await setUp([CEPHFS], { forbidden: ['nodes', 'storageclasses'] });
  const { status, stderr } = await cluster.virtwork(`experiment check ${dist}`);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringMatching(
      /warning: not checked: storage classes could not be listed\nwarning: not checked: nodes could not be listed\n/,
    ),
  });
});

test('-o json has the reasons', async () => {
  const { cluster, dist } = await setUp([group('none-000000', { storage: 'none' })]);
  const { status, stdout } = await cluster.virtwork(`experiment check ${dist} -o json`);
  expect({ status, ...JSON.parse(stdout) }).toEqual({
    status: 1,
    command: 'experiment check',
    problems: [],
    groups: [{ id: 'none-000000', settings: { storage: 'none' }, skipped: [expect.stringContaining('no storage class none')] }],
  });
});

test('a class of pools that does not exist yet is reported with the command that creates it', async () => {
  const planned = group('fast-000000', { storage: 'fast' });
  const { cluster } = await setUp([planned, RBD]);
  const pools = { classes: ['fast', 'other'], digest: `sha256:${'0'.repeat(64)}` };
  const dist = writeExperiment(cluster, planOf([planned, RBD], { pools }));
  const { status, stdout } = await cluster.virtwork(`experiment check ${dist}`);
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: expect.stringMatching(
      /fast-000000 +skipped +storage class fast of pools does not exist yet; an administrator creates it with: kubectl apply --server-side -k dist\/rank\/pools\nrbd-3f9a1c +can run/,
    ),
  });
  expect(cluster.calls.join('\n')).not.toContain('dist/rank/pools');
});

test('a class of pools that exists must be of the same experiment', async () => {
  const groups = ['mine', 'foreign'].map((name) => group(`${name}-000000`, { storage: name }));
  const { cluster } = await setUp([...groups, RBD], {
    objects: [
      own('StorageClass', 'mine', { labels: { 'virtwork/experiment': 'rank' } }),
      own('StorageClass', 'foreign', { labels: { 'virtwork/experiment': 'other' } }),
    ],
  });
  const pools = { classes: ['mine', 'foreign', 'rbd'], digest: `sha256:${'0'.repeat(64)}` };
  const { status, stdout } = await cluster.virtwork(`experiment check ${writeExperiment(cluster, planOf([...groups, RBD], { pools }))}`);
  expect(status).toBe(1);
  expect(stdout).toMatch(/mine-000000 +can run/);
  for (const name of ['foreign', 'rbd'])
    expect(stdout).toContain(
      `storage class ${name} exists, and is not of the pools of rank: it has no label virtwork/experiment=rank; rename`,
    );
});
