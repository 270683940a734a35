import type { Schema } from './object-schema';

/** A schema as in a CRD. */
export interface CrdSchema {
  readonly type?: Schema['type'];
  readonly properties?: { readonly [field: string]: CrdSchema };
  readonly required?: readonly string[];
  readonly items?: CrdSchema;
  readonly additionalProperties?: CrdSchema | boolean;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly nullable?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

/** Metadata that virtwork may render. A CRD does not describe metadata, and accepts anything there. */
export const METADATA: Schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    namespace: { type: 'string' },
    labels: { type: 'object', values: { type: 'string' } },
    annotations: { type: 'object', values: { type: 'string' } },
  },
};

/** Metadata of a whole object, which must have a name. */
export const NAMED_METADATA: Schema = { ...METADATA, required: ['name'] };

/** The part of a CRD's schema that decides whether an object is valid, without descriptions. */
export function compactSchema(schema: CrdSchema): Schema {
  const { type, required, items, additionalProperties, pattern, minimum, maximum, maxItems } = schema;
  return {
    ...(type ? { type } : {}),
    ...(schema.properties ? { properties: compactProperties(schema.properties) } : {}),
    ...(required ? { required } : {}),
    ...(items ? { items: compactSchema(items) } : {}),
    ...(typeof additionalProperties === 'object' ? { values: compactSchema(additionalProperties) } : {}),
    ...(schema.enum ? { enum: schema.enum } : {}),
    ...(pattern ? { pattern } : {}),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(maxItems === undefined ? {} : { maxItems }),
    ...(schema.format === 'int32' ? { int32: true as const } : {}),
    ...(schema.nullable ? { nullable: true as const } : {}),
    ...(schema['x-kubernetes-int-or-string'] ? { intOrString: true as const } : {}),
    ...(schema['x-kubernetes-preserve-unknown-fields'] || additionalProperties === true ? { open: true as const } : {}),
  };
}

function compactProperties(properties: NonNullable<CrdSchema['properties']>): NonNullable<Schema['properties']> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      isMetadata(name, schema) ? { ...METADATA, ...(schema.nullable ? { nullable: true as const } : {}) } : compactSchema(schema),
    ]),
  );
}

/** The metadata of an object, or of a template in it. */
function isMetadata(name: string, { type, properties }: CrdSchema): boolean {
  return name === 'metadata' && type === 'object' && properties === undefined;
}
