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
export function schemaFaults(schema: Schema, value: unknown): Fault[] {
  const faults: Fault[] = [];
  walk(schema, value, '', faults);
  return faults;
}

/** One list for all faults: almost always it stays empty, and thousands of fields are looked at. */
function walk(schema: Schema, value: unknown, field: string, faults: Fault[]): void {
  if (value === null && schema.nullable) return;
  if (schema.intOrString) {
    checkScalar(schema, value, field, Number.isInteger(value) || typeof value === 'string', 'integer or string', faults);
  } else if (schema.type === 'object') {
    if (isMap(value)) walkMap(schema, value, field, faults);
    else faults.push(wrongType(field, 'object', value));
  } else if (schema.type === 'array') {
    if (Array.isArray(value)) walkList(schema, value, field, faults);
    else faults.push(wrongType(field, 'array', value));
  } else if (schema.type === 'integer') {
    checkScalar(schema, value, field, Number.isInteger(value), 'integer', faults);
  } else if (schema.type !== undefined) {
    const { type } = schema;
    checkScalar(schema, value, field, typeof value === type, type, faults);
  }
}

function walkMap(schema: Schema, value: { readonly [field: string]: unknown }, field: string, faults: Fault[]): void {
  for (const name of schema.required ?? []) {
    if (value[name] === undefined) faults.push({ field: below(field, name), message: 'is required' });
  }
  for (const name of Object.keys(value)) {
    const known = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : schema.values;
    if (known) walk(known, value[name], below(field, name), faults);
    else if (!schema.open) faults.push(unknownField(schema, below(field, name), name));
  }
}

function walkList({ maxItems, items }: Schema, value: readonly unknown[], field: string, faults: Fault[]): void {
  if (maxItems !== undefined && value.length > maxItems) {
    faults.push({ field, message: `must have at most ${maxItems} items, got ${value.length}` });
  }
  if (items) value.forEach((item, index) => void walk(items, item, `${field}[${index}]`, faults));
}

function checkScalar(schema: Schema, value: unknown, field: string, fits: boolean, type: string, faults: Fault[]): void {
  const must = fits ? limit(schema, value) : undefined;
  if (!fits) faults.push(wrongType(field, type, value));
  else if (must !== undefined) faults.push({ field, message: `must ${must}, got ${JSON.stringify(value)}` });
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
