import { specs } from './table';
import { SETTINGS } from './workload-settings';

/** JSON Schema of `virtwork.yaml`, built from the option table. Editors complete and check keys with it. */
export function configSchema(): object {
  const options = specs().filter(([, spec]) => !spec.notInFile);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'virtwork.yaml',
    type: 'object',
    additionalProperties: false,
    properties: {
      ...Object.fromEntries(options.map(([key, spec]) => [key, described(spec.kind.schema, spec.describe, spec.fallback)])),
      extends: {
        description: 'files that this file overrides: maps are merged by key, everything else is replaced, null removes',
        type: ['string', 'array'],
        items: { type: 'string' },
      },
      workloads: {
        description: 'workloads to render, each with its own settings',
        type: ['object', 'null'],
        additionalProperties: {
          type: ['object', 'null'],
          additionalProperties: false,
          properties: {
            ...Object.fromEntries(Object.entries(SETTINGS).map(([key, { kind, describe }]) => [key, described(kind.schema, describe)])),
            params: { type: ['object', 'null'] },
            trials: {
              description: 'measurements by name, each with the params that differ; they run in this order',
              type: 'object',
              additionalProperties: { type: ['object', 'null'] },
            },
          },
        },
      },
    },
  };
}

function described(schema: object, description: string, fallback?: unknown): object {
  return { description, ...schema, ...(fallback === undefined ? {} : { default: fallback }) };
}
