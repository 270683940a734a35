import { NAMED_METADATA } from './compact-schema';
import type { Schema } from './object-schema';

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const texts: Schema = { type: 'object', values: text };
const open: Schema = { type: 'object', open: true };

function integer(minimum: number, maximum?: number): Schema {
  return { type: 'integer', minimum, ...(maximum === undefined ? {} : { maximum }) };
}

function oneOf(...words: readonly string[]): Schema {
  return { type: 'string', enum: words };
}

function map(properties: { readonly [field: string]: Schema }, required: readonly string[] = []): Schema {
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

/** PoolSpec of Rook: the settings of every kind of pool. */
const pool = {
  failureDomain: text,
  deviceClass: text,
  crushRoot: text,
  enableCrushUpdates: flag,
  enableRBDStats: flag,
  replicated: map(
    {
      size: integer(0),
      requireSafeReplicaSize: flag,
      replicasPerFailureDomain: integer(1),
      subFailureDomain: text,
      targetSizeRatio: { type: 'number', minimum: 0 },
      hybridStorage: map({ primaryDeviceClass: text, secondaryDeviceClass: text }, ['primaryDeviceClass', 'secondaryDeviceClass']),
    },
    ['size'],
  ),
  erasureCoded: map(
    {
      dataChunks: integer(0),
      codingChunks: integer(0),
      algorithm: oneOf('isa', 'jerasure'),
      stripeUnit: oneOf('4Ki', '16Ki', '64Ki', '256Ki', '1Mi'),
    },
    ['dataChunks', 'codingChunks'],
  ),
  parameters: texts,
  quotas: map({ maxSize: { type: 'string', pattern: String.raw`^[0-9]+[\.]?[0-9]*([KMGTPE]i|[kMGTPE])?$` }, maxObjects: integer(0) }),
} satisfies { readonly [field: string]: Schema };

/**
 * Schemas of the kinds that an experiment renders for an administrator of Rook, by `apiVersion/kind`, with the fields that virtwork renders.
 * Types, limits and required fields are those of Rook's CRDs (`ceph.rook.io/v1`) and of `storage.k8s.io/v1`.
 * @see https://github.com/rook/rook/blob/master/deploy/examples/crds.yaml
 */
export const CEPH_SCHEMAS: { readonly [gvk: string]: Schema } = {
  'ceph.rook.io/v1/CephBlockPool': object({ spec: map(pool) }, ['spec']),
  'ceph.rook.io/v1/CephFilesystem': object(
    {
      spec: map(
        {
          metadataPool: map(pool),
          dataPools: { type: 'array', items: map({ name: text, ...pool }) },
          metadataServer: map(
            { activeCount: integer(1, 50), activeStandby: flag, resources: open, placement: open, priorityClassName: text },
            ['activeCount'],
          ),
        },
        ['metadataPool', 'dataPools', 'metadataServer'],
      ),
    },
    ['spec'],
  ),
  'storage.k8s.io/v1/StorageClass': object(
    {
      provisioner: text,
      parameters: texts,
      reclaimPolicy: oneOf('Delete', 'Retain'),
      volumeBindingMode: oneOf('Immediate', 'WaitForFirstConsumer'),
      allowVolumeExpansion: flag,
      mountOptions: { type: 'array', items: text },
    },
    ['provisioner'],
  ),
};

function object(properties: { readonly [field: string]: Schema }, required: readonly string[]): Schema {
  return map({ apiVersion: text, kind: text, metadata: NAMED_METADATA, ...properties }, ['apiVersion', 'kind', 'metadata', ...required]);
}
