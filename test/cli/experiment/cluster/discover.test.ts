import { load } from 'js-yaml';
import { OUTSIDE } from '../../../support/experiment-runs';
import { fakeCluster, own } from '../../../support/fake-cluster';
import { ALL_KINDS, type Scenario } from '../../../support/fake-kubectl';

function storageClass(name: string, provisioner: string, isDefault = false): ReturnType<typeof own> {
  const annotations: { [key: string]: string } = isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {};
  return { ...own('StorageClass', name, { annotations }), provisioner } as ReturnType<typeof own>;
}

const PREFIX = 'ocs-storagecluster';
const OBJECTS = [
  storageClass(`${PREFIX}-cephfs`, 'openshift-storage.cephfs.csi.ceph.com'),
  storageClass(`${PREFIX}-ceph-rbd`, 'openshift-storage.rbd.csi.ceph.com', true),
  {
    ...own('StorageProfile', `${PREFIX}-ceph-rbd`),
    status: {
      claimPropertySets: [
        { accessModes: ['ReadWriteMany'], volumeMode: 'Block' },
        { accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem' },
      ],
    },
  },
];

const clusterOf = (scenario: Scenario) => fakeCluster({ kinds: [...ALL_KINDS, ...OUTSIDE], ...scenario });

test('prints the axis, with the default class first, and what the profiles say', async () => {
  const cluster = await clusterOf({ objects: OBJECTS });
  const { status, stdout } = await cluster.virtwork('experiment discover');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `matrix:
  storage:
    # default class; openshift-storage.rbd.csi.ceph.com; Block ReadWriteMany; Filesystem ReadWriteOnce
    ceph-rbd: { storage_class: ocs-storagecluster-ceph-rbd }
    # openshift-storage.cephfs.csi.ceph.com
    cephfs: { storage_class: ocs-storagecluster-cephfs }
`,
  });
});

test.each([
  ['true', '12', 'a.b', '1e3'],
  ['on', 'no', 'null'],
])('names that YAML reads as another type: %s …', async (...names) => {
  const cluster = await clusterOf({ objects: names.map((name) => storageClass(name, 'x')) });
  const { stdout } = await cluster.virtwork('experiment discover');
  const { matrix } = load(stdout) as { matrix: { storage: { [name: string]: { storage_class: unknown } } } };
  expect(Object.values(matrix.storage).map((value) => value.storage_class)).toEqual([...names].sort((a, b) => a.localeCompare(b)));
});

test('without classes: exit 1', async () => {
  const cluster = await clusterOf({});
  expect(await cluster.virtwork('experiment discover')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/has no storage classes\n {2}hint:/),
  });
});

test('without storage profiles, it says so', async () => {
  const cluster = await clusterOf({ objects: OBJECTS, forbidden: ['storageprofiles'] });
  const { status, stdout, stderr } = await cluster.virtwork('experiment discover');
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('storage profiles could not be listed') });
  expect(stdout).not.toContain('Block');
});
