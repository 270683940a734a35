import { CEPH_SCHEMAS } from '../../src/validation/ceph-schemas';
import { validateObject } from '../../src/validation/validate';

type Spec = { readonly [field: string]: unknown };

function messages(kind: string, fields: Spec, apiVersion = 'ceph.rook.io/v1'): string[] {
  return validateObject('f', { apiVersion, kind, metadata: { name: 'a' }, ...fields }, CEPH_SCHEMAS).map(({ message }) => message);
}

const pool = (spec: Spec) => messages('CephBlockPool', { spec });
const filesystem = (spec: Spec) => messages('CephFilesystem', { spec });
const storageClass = (fields: Spec) => messages('StorageClass', fields, 'storage.k8s.io/v1');
const GOOD = {
  metadataPool: { replicated: { size: 3 } },
  dataPools: [{ name: 'd', replicated: { size: 3 } }],
  metadataServer: { activeCount: 1 },
};

const without = (field: string) => Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== field));

test('accepts what virtwork renders', () => {
  expect(
    pool({
      failureDomain: 'host',
      deviceClass: 'ssd',
      crushRoot: 'r',
      enableCrushUpdates: true,
      enableRBDStats: true,
      replicated: { size: 4, requireSafeReplicaSize: true, replicasPerFailureDomain: 2, subFailureDomain: 'host', targetSizeRatio: 0.5 },
      parameters: { pg_num: '8' },
      quotas: { maxSize: '10Gi', maxObjects: 5 },
    }),
  ).toEqual([]);
  expect(pool({ erasureCoded: { dataChunks: 2, codingChunks: 1, algorithm: 'isa', stripeUnit: '4Ki' } })).toEqual([]);
  expect(
    filesystem({ ...GOOD, metadataServer: { activeCount: 2, activeStandby: true, resources: { limits: {} }, placement: {} } }),
  ).toEqual([]);
  expect(storageClass({ provisioner: 'a', parameters: { x: 'y' }, reclaimPolicy: 'Retain', mountOptions: ['discard'] })).toEqual([]);
});

/** Fields of Rook's CRDs and of StorageClass, each with a value that an API server rejects. */
test.each<[string, string[], string]>([
  ['a size', pool({ replicated: { size: 'two' } }), 'spec.replicated.size must be integer'],
  ['no size', pool({ replicated: {} }), 'spec.replicated.size is required'],
  ['a negative size', pool({ replicated: { size: -1 } }), 'spec.replicated.size must be at least 0'],
  ['copies in a domain', pool({ replicated: { size: 2, replicasPerFailureDomain: 0 } }), 'replicasPerFailureDomain must be at least 1'],
  ['a ratio', pool({ replicated: { size: 2, targetSizeRatio: '0.1' } }), 'targetSizeRatio must be number'],
  ['a negative ratio', pool({ replicated: { size: 2, targetSizeRatio: -1 } }), 'targetSizeRatio must be at least 0'],
  ['a half tier', pool({ replicated: { size: 2, hybridStorage: { primaryDeviceClass: 'ssd' } } }), 'secondaryDeviceClass is required'],
  ['no coding chunks', pool({ erasureCoded: { dataChunks: 2 } }), 'spec.erasureCoded.codingChunks is required'],
  ['an algorithm', pool({ erasureCoded: { dataChunks: 2, codingChunks: 1, algorithm: 'lrc' } }), 'algorithm must be one of isa, jerasure'],
  ['a stripe unit', pool({ erasureCoded: { dataChunks: 2, codingChunks: 1, stripeUnit: '8Ki' } }), 'stripeUnit must be one of 4Ki'],
  ['a parameter that is no string', pool({ parameters: { pg_num: 8 } }), 'spec.parameters.pg_num must be string'],
  ['a quota', pool({ quotas: { maxSize: '10GB' } }), 'spec.quotas.maxSize must match'],
  ['an unknown field', pool({ failureDomian: 'host' }), 'unknown field "spec.failureDomian"'],
  ['no spec', messages('CephBlockPool', {}), 'spec is required'],
  ['no data pools', filesystem(without('dataPools')), 'spec.dataPools is required'],
  ['no metadata pool', filesystem(without('metadataPool')), 'spec.metadataPool is required'],
  ['no metadata server', filesystem(without('metadataServer')), 'spec.metadataServer is required'],
  ['no active server', filesystem({ ...GOOD, metadataServer: { activeCount: 0 } }), 'activeCount must be at least 1'],
  ['many servers', filesystem({ ...GOOD, metadataServer: { activeCount: 51 } }), 'activeCount must be at most 50'],
  ['no provisioner', storageClass({}), 'provisioner is required'],
  ['a policy', storageClass({ provisioner: 'a', reclaimPolicy: 'Recycle' }), 'reclaimPolicy must be one of Delete, Retain'],
  ['a binding mode', storageClass({ provisioner: 'a', volumeBindingMode: 'Later' }), 'volumeBindingMode must be one of'],
  ['a parameter of a class', storageClass({ provisioner: 'a', parameters: { encrypted: true } }), 'parameters.encrypted must be string'],
])('rejects %s', (_, found, said) => {
  expect(found).toEqual([expect.stringContaining(said)]);
});

test('other runs do not know these kinds', () => {
  const object = { apiVersion: 'ceph.rook.io/v1', kind: 'CephBlockPool', metadata: { name: 'a' }, spec: {} };
  expect(validateObject('f', object).map(({ message }) => message)).toEqual([
    expect.stringContaining('must be a kind that virtwork checks'),
  ]);
});
