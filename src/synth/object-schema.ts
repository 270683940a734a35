import { nearest } from '../suggest';

/** The part of a structural schema that decides whether an object fits; see compact-schema.ts. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: { readonly [field: string]: Schema };
  readonly required?: readonly string[];
  readonly items?: Schema;
  /** Schema of the values of a map. */
  readonly values?: Schema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly int32?: true;
  readonly nullable?: true;
  /** A whole number or a text. */
  readonly intOrString?: true;
  /** Fields that the schema does not name are none of its business. */
  readonly open?: true;
}

/** What is wrong with one field of an object. */
export interface Fault {
  /** Path of the field, e.g. `spec.template.spec.domain.cpu.cores`. */
  readonly field: string;
  /** What it must be and what it is. */
  readonly message: string;
  readonly hint?: string;
}

/**
 * Holds a value against a structural schema of a CRD, unknown fields refused.
 *
 * ajv would need longer to load its code for these schemas than the whole program takes; a test holds this walk
 * against ajv's verdict.
 */
export function schemaFaults(schema: Schema, value: unknown, field = ''): Fault[] {
  if (value === null && schema.nullable) return [];
  if (schema.intOrString)
    return scalarFaults(schema, value, field, Number.isInteger(value) || typeof value === 'string', 'integer or string');
  switch (schema.type) {
    case 'object':
      return isMap(value) ? mapFaults(schema, value, field) : [wrongType(field, 'object', value)];
    case 'array':
      return Array.isArray(value) ? listFaults(schema, value, field) : [wrongType(field, 'array', value)];
    case 'integer':
      return scalarFaults(schema, value, field, Number.isInteger(value), 'integer');
    case undefined:
      return [];
    default:
      return scalarFaults(schema, value, field, typeof value === schema.type, schema.type);
  }
}

function mapFaults(schema: Schema, value: { readonly [field: string]: unknown }, field: string): Fault[] {
  const missing = (schema.required ?? [])
    .filter((name) => value[name] === undefined)
    .map((name) => ({ field: below(field, name), message: 'is required' }));
  const faults = Object.entries(value).flatMap(([name, item]): Fault[] => {
    const known = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : schema.values;
    if (known) return schemaFaults(known, item, below(field, name));
    return schema.open ? [] : [unknownField(schema, below(field, name), name)];
  });
  return [...missing, ...faults];
}

function listFaults(schema: Schema, value: readonly unknown[], field: string): Fault[] {
  const many =
    schema.maxItems !== undefined && value.length > schema.maxItems
      ? [{ field, message: `must have at most ${schema.maxItems} items, got ${value.length}` }]
      : [];
  const { items } = schema;
  return items ? [...many, ...value.flatMap((item, index) => schemaFaults(items, item, `${field}[${index}]`))] : many;
}

function scalarFaults(schema: Schema, value: unknown, field: string, fits: boolean, type: string): Fault[] {
  if (!fits) return [wrongType(field, type, value)];
  const must = limit(schema, value);
  return must === undefined ? [] : [{ field, message: `must ${must}, got ${JSON.stringify(value)}` }];
}

function limit(schema: Schema, value: unknown): string | undefined {
  if (schema.enum && !schema.enum.includes(value)) return `be one of ${schema.enum.join(', ')}`;
  if (schema.pattern && typeof value === 'string' && !compiled(schema.pattern).test(value)) return `match ${schema.pattern}`;
  if (typeof value !== 'number') return undefined;
  if (schema.minimum !== undefined && value < schema.minimum) return `be at least ${schema.minimum}`;
  if (schema.maximum !== undefined && value > schema.maximum) return `be at most ${schema.maximum}`;
  return schema.int32 && Math.abs(value) > 0x7fffffff ? 'fit into 32 bits' : undefined;
}

const PATTERNS = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  const known = PATTERNS.get(pattern) ?? new RegExp(pattern);
  PATTERNS.set(pattern, known);
  return known;
}

function wrongType(field: string, type: string, value: unknown): Fault {
  return { field, message: `must be ${type}, got ${JSON.stringify(value)}` };
}

function unknownField({ properties = {} }: Schema, field: string, name: string): Fault {
  const near = nearest(name, Object.keys(properties));
  return { field, message: 'is no field that is known', ...(near ? { hint: near } : {}) };
}

function below(field: string, name: string): string {
  return field ? `${field}.${name}` : name;
}

function isMap(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
