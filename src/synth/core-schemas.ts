import { NAMED_METADATA } from './compact-schema';
import type { Schema } from './object-schema';

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const texts: Schema = { type: 'object', values: text };

/** Kubernetes' own kinds: exactly the fields that virtwork renders, so that a slip of the pen is an unknown field. */
export const CORE_SCHEMAS: { readonly [gvk: string]: Schema } = {
  'v1/Namespace': object({}),
  'v1/Secret': object({ type: text, stringData: texts }),
  'v1/Service': object(
    {
      spec: {
        type: 'object',
        required: ['ports', 'selector'],
        properties: {
          type: { type: 'string', enum: ['ClusterIP'] },
          clusterIP: { type: 'string', enum: ['None'] },
          publishNotReadyAddresses: flag,
          selector: texts,
          ports: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name', 'port', 'protocol'],
              properties: {
                name: text,
                port: { type: 'integer', minimum: 1, maximum: 65_535 },
                protocol: { type: 'string', enum: ['TCP', 'UDP'] },
              },
            },
          },
        },
      },
    },
    ['spec'],
  ),
};

function object(properties: { readonly [field: string]: Schema }, required: readonly string[] = []): Schema {
  return {
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', ...required],
    properties: { apiVersion: text, kind: text, metadata: NAMED_METADATA, ...properties },
  };
}
