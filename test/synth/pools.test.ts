import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { UserError } from '../../src/errors';
import { HEADER } from '../../src/synth/header';
import { type PoolsPlan, poolFiles } from '../../src/synth/pools';
import { ROOT } from '../support/places';

const PLAN: PoolsPlan = {
  experiment: 'copies',
  runId: 'run-1',
  namespace: 'rook-ceph',
  block: [{ name: 'rep2', spec: { failureDomain: 'host', replicated: { size: 2, targetSizeRatio: 0.1 } } }],
  filesystems: [
    {
      name: 'fs',
      spec: {
        metadataPool: { failureDomain: 'host', replicated: { size: 3 } },
        dataPools: [{ name: 'data', failureDomain: 'host', replicated: { size: 3 } }],
        metadataServer: { activeCount: 1, activeStandby: true, resources: { limits: { memory: '4Gi' } } },
      },
    },
  ],
  classes: [
    {
      name: 'rep2',
      provisioner: 'rook-ceph.rbd.csi.ceph.com',
      parameters: { clusterID: 'rook-ceph', pool: 'rep2', encrypted: 'true' },
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
      allowVolumeExpansion: true,
    },
  ],
};

function texts(plan: PoolsPlan): { [name: string]: string } {
  return Object.fromEntries(poolFiles(plan).map(({ name, text }) => [name, [...text()].join('')]));
}

const LABELS = {
  'app.kubernetes.io/component': 'pools',
  'app.kubernetes.io/managed-by': 'virtwork',
  'app.kubernetes.io/name': 'virtwork',
  'app.kubernetes.io/part-of': 'virtwork',
  'managed-by': 'virtwork',
  'virtwork/experiment': 'copies',
  'virtwork/run-id': 'run-1',
};

test('pools are in the namespace of the cluster, classes in none, and all have the label of the experiment', () => {
  const files = texts(PLAN);
  expect(Object.keys(files)).toEqual(['pools.yaml', 'storage-classes.yaml', 'kustomization.yaml']);
  expect(loadAll(files['pools.yaml'] ?? '')).toEqual([
    {
      apiVersion: 'ceph.rook.io/v1',
      kind: 'CephBlockPool',
      metadata: { name: 'rep2', namespace: 'rook-ceph', labels: LABELS },
      spec: PLAN.block[0]?.spec,
    },
    {
      apiVersion: 'ceph.rook.io/v1',
      kind: 'CephFilesystem',
      metadata: { name: 'fs', namespace: 'rook-ceph', labels: LABELS },
      spec: PLAN.filesystems[0]?.spec,
    },
  ]);
  const [{ name: _, ...fields }] = PLAN.classes as [PoolsPlan['classes'][number]];
  expect(loadAll(files['storage-classes.yaml'] ?? '')).toEqual([
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'rep2', labels: LABELS }, ...fields },
  ]);
});

test('the folder is a base with a header, and rendering it again gives the same bytes', () => {
  const files = texts(PLAN);
  for (const text of Object.values(files)) expect(text.startsWith(HEADER)).toBe(true);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(files['kustomization.yaml']).toBe(`${HEADER}# Version: ${version}
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - pools.yaml
  - storage-classes.yaml
`);
  expect(texts(PLAN)).toEqual(files);
});

test('strings that look like other values are quoted', () => {
  expect(texts(PLAN)['storage-classes.yaml']).toContain(`encrypted: 'true'\n`);
});

test('pools without classes have no file of classes', () => {
  expect(Object.keys(texts({ ...PLAN, classes: [] }))).toEqual(['pools.yaml', 'kustomization.yaml']);
});

test('what does not fit the schema of its kind is an error', () => {
  const wrong = { ...PLAN, block: [{ name: 'rep2', spec: { replicated: { size: 'two' } } }] };
  expect(() => poolFiles(wrong)).toThrow(UserError);
  expect(() => poolFiles(wrong)).toThrow('pools.yaml: CephBlockPool/rep2: spec.replicated.size must be integer, got "two"');
});
