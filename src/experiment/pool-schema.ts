import { isMap } from './source';

type Schema = { readonly [key: string]: unknown };

const TEXT = { type: 'string' };
/** Of a CRUSH bucket or device class. */
const CRUSH_NAME = { ...TEXT, pattern: '^[A-Za-z0-9_.-]+$' };
const FLAG = { type: 'boolean' };
const MAP = { type: 'object' };
const OPTIONAL_MAP = { type: ['object', 'null'] };

function oneOf(...words: readonly string[]): Schema {
  return { ...TEXT, enum: words };
}

function described(description: string, schema: Schema): Schema {
  return { ...schema, description };
}

function atLeast(minimum: number, description: string): Schema {
  return { type: 'integer', minimum, description };
}

function map(properties: Schema, required: readonly string[] = [], description?: string): Schema {
  return {
    ...MAP,
    ...(description === undefined ? {} : { description }),
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties,
  };
}

const FAILURE_DOMAIN = described('CRUSH bucket over which copies or chunks are spread, such as host, rack or zone', CRUSH_NAME);
const DEVICE_CLASS = described('only OSDs of this device class, such as ssd', CRUSH_NAME);

/** Fields of a pool in Rook's PoolSpec. */
export const POOL_FIELDS = {
  failureDomain: FAILURE_DOMAIN,
  deviceClass: DEVICE_CLASS,
  crushRoot: CRUSH_NAME,
  enableCrushUpdates: FLAG,
  enableRBDStats: FLAG,
  replicated: map(
    {
      size: atLeast(1, 'number of copies'),
      requireSafeReplicaSize: described('must be false for size 1', FLAG),
      replicasPerFailureDomain: atLeast(1, 'copies in one failure domain'),
      subFailureDomain: CRUSH_NAME,
      targetSizeRatio: { type: 'number', minimum: 0, description: 'share of the cluster that the pool is expected to use' },
      hybridStorage: map({ primaryDeviceClass: CRUSH_NAME, secondaryDeviceClass: CRUSH_NAME }, [
        'primaryDeviceClass',
        'secondaryDeviceClass',
      ]),
    },
    ['size'],
  ),
  erasureCoded: map(
    {
      dataChunks: atLeast(2, 'k: chunks of data'),
      codingChunks: atLeast(1, 'm: chunks that can be lost'),
      algorithm: oneOf('isa', 'jerasure'),
      stripeUnit: oneOf('4Ki', '16Ki', '64Ki', '256Ki', '1Mi'),
    },
    ['dataChunks', 'codingChunks'],
  ),
  parameters: {
    ...MAP,
    description: 'properties of the pool in Ceph, such as pg_num, target_size_ratio and compression_mode',
    properties: { compression_mode: oneOf('none', 'passive', 'aggressive', 'force') },
    additionalProperties: TEXT,
  },
  quotas: map({
    maxSize: { ...TEXT, pattern: String.raw`^[0-9]+\.?[0-9]*([KMGTPE]i|[kMGTPE])?$` },
    maxObjects: atLeast(0, 'maximum number of objects'),
  }),
};

/** Parameters of a class that ceph-csi reads, without those that follow from the pool. */
const ENCRYPTION = { encrypted: oneOf('true', 'false'), encryptionKMSID: TEXT };
const RBD_PARAMETERS = {
  imageFormat: oneOf('2'),
  imageFeatures: described('such as layering,exclusive-lock,object-map,fast-diff,deep-flatten', TEXT),
  mounter: oneOf('rbd', 'rbd-nbd'),
  tryOtherMounters: oneOf('true', 'false'),
  mapOptions: described('such as krbd:rxbounce', TEXT),
  unmapOptions: TEXT,
  mkfsOptions: TEXT,
  ...ENCRYPTION,
  encryptionType: oneOf('block', 'file'),
  stripeUnit: TEXT,
  stripeCount: TEXT,
  objectSize: TEXT,
  volumeNamePrefix: TEXT,
  snapshotNamePrefix: TEXT,
  cephLogDir: TEXT,
  cephLogStrategy: oneOf('remove', 'compress', 'preserve'),
};
const CEPHFS_PARAMETERS = {
  mounter: oneOf('kernel', 'fuse'),
  kernelMountOptions: TEXT,
  fuseMountOptions: TEXT,
  ...ENCRYPTION,
  backingSnapshot: oneOf('true', 'false'),
  volumeNamePrefix: TEXT,
  snapshotNamePrefix: TEXT,
};

/** The classes of a pool by name. */
function classes(parameters: Schema, more: Schema = {}): Schema {
  return {
    ...MAP,
    description: 'storage classes of the pool, by name (default: one with the name of the pool)',
    additionalProperties: {
      ...OPTIONAL_MAP,
      additionalProperties: false,
      properties: {
        ...more,
        reclaimPolicy: { ...oneOf('Delete', 'Retain'), default: 'Delete' },
        volumeBindingMode: { ...oneOf('Immediate', 'WaitForFirstConsumer'), default: 'Immediate' },
        allowVolumeExpansion: { ...FLAG, default: true },
        mountOptions: { type: 'array', items: TEXT },
        parameters: {
          ...MAP,
          description: 'parameters of ceph-csi; those of the pool and of the Secrets are set by virtwork',
          additionalProperties: false,
          properties: parameters,
          patternProperties: { '^csi\\.storage\\.k8s\\.io/': TEXT },
        },
      },
    },
  };
}

/** The key `pools` of an experiment. Its fields have the names that they have in Rook and Kubernetes. */
export function poolsSchema(): Schema {
  const { erasureCoded: _, enableRBDStats: __, ...ofMetadata } = POOL_FIELDS;
  const { enableRBDStats: ___, ...ofData } = POOL_FIELDS;
  return {
    ...map(
      {
        clusterID: described('ID of the Ceph cluster for the CSI drivers; with Rook, the namespace of the CephCluster', TEXT),
        namespace: described('namespace of the CephCluster (default: the cluster ID)', TEXT),
        provisionerPrefix: described('what the names of the CSI drivers begin with (default: the namespace)', TEXT),
        failureDomain: FAILURE_DOMAIN,
        deviceClass: DEVICE_CLASS,
        block: {
          ...MAP,
          description: 'CephBlockPools by name',
          additionalProperties: map({
            ...POOL_FIELDS,
            metadataPool: {
              description: 'for an erasure-coded pool: the replicated pool of the image metadata, of this file or of the cluster',
              type: ['string', 'object'],
              additionalProperties: false,
              required: ['existing'],
              properties: { existing: TEXT },
            },
            classes: classes(RBD_PARAMETERS),
          }),
        },
        filesystem: {
          ...MAP,
          description: 'CephFilesystems by name',
          additionalProperties: map(
            {
              metadataPool: map(ofMetadata),
              dataPools: { type: 'array', minItems: 1, items: map({ name: TEXT, ...ofData }, ['name']) },
              metadataServer: map({
                activeCount: { type: 'integer', minimum: 1, maximum: 50, default: 1 },
                activeStandby: { ...FLAG, default: true },
                resources: MAP,
                placement: MAP,
                priorityClassName: TEXT,
              }),
              classes: classes(CEPHFS_PARAMETERS, { dataPool: described('name of the data pool (default: the only one)', TEXT) }),
            },
            ['metadataPool', 'dataPools'],
          ),
        },
      },
      ['clusterID'],
    ),
    description: 'Ceph pools and their storage classes, for an administrator of Rook or ODF',
  };
}

/** The same for editors, which do not know that a parameter may be written as a number or a boolean. */
export function poolsSchemaForEditors(): Schema {
  return lenient(poolsSchema(), false) as Schema;
}

function lenient(value: unknown, isParameter: boolean): unknown {
  if (!isMap(value)) return value;
  if (!isParameter || value.type !== 'string')
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, lenient(each, isParameter || key === 'parameters')]));
  const words = (value.enum ?? []) as readonly string[];
  const others = words.filter((word) => /^(true|false|[0-9]+)$/.test(word)).map((word) => JSON.parse(word) as boolean | number);
  return { ...value, type: ['string', 'number', 'boolean'], ...(words.length > 0 ? { enum: [...words, ...others] } : {}) };
}
