import { nearest } from '../text/suggest';
import { atMostItems, BE_QUANTITY, beAtLeast, beOneOf, must, REQUIRED, unknownField } from './messages';

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
  /** A whole number or a string. */
  readonly intOrString?: true;
  /** Fields that the schema does not list are valid. */
  readonly open?: true;
  /** The whole schema as JSON, instead of all other keys; see later-schema.ts. */
  readonly later?: string;
}

/** What is wrong with one field of an object. */
export interface FieldProblem {
  /** Path of the field, e.g. `spec.template.spec.domain.cpu.cores`. */
  readonly field: string;
  /** What is required and what was got. It follows the field in the sentence that the user reads, see {@link sentence}. */
  readonly message: string;
  /** What to do. @default none */
  readonly hint?: string;
}

/**
 * Checks a value against a structural schema of a CRD. Unknown fields are problems.
 *
 * A validator that ajv generates from the CRD takes longer to load than the whole program takes to run. A test compares this walk with ajv.
 * @see docs/decisions/object-checks.md
 */
export function shapeProblems(schema: Schema, value: unknown): FieldProblem[] {
  const problems: FieldProblem[] = [];
  walk(schema, value, [], problems);
  return problems;
}

/** Names of fields and indices of lists on the way to a value. It is formatted only for a problem. */
type Path = (string | number)[];

/** Path and problems are shared by all calls: thousands of fields are checked, and almost always there is no problem. */
function walk(given: Schema, value: unknown, path: Path, problems: FieldProblem[]): void {
  const schema = given.later === undefined ? given : read(given.later);
  if (value === null && schema.nullable) return;
  if (schema.intOrString) {
    checkScalar(schema, value, path, Number.isInteger(value) || typeof value === 'string', 'integer or string', problems);
  } else if (schema.type === 'object') {
    if (isMap(value)) walkMap(schema, value, path, problems);
    else problems.push(wrongType(path, 'object', value));
  } else if (schema.type === 'array') {
    if (Array.isArray(value)) walkList(schema, value, path, problems);
    else problems.push(wrongType(path, 'array', value));
  } else if (schema.type === 'integer') {
    checkScalar(schema, value, path, Number.isInteger(value), 'integer', problems);
  } else if (schema.type !== undefined) {
    const { type } = schema;
    checkScalar(schema, value, path, typeof value === type, type, problems);
  }
}

function walkMap(schema: Schema, value: { readonly [field: string]: unknown }, path: Path, problems: FieldProblem[]): void {
  for (const name of schema.required ?? []) {
    if (value[name] === undefined) problems.push({ field: fieldOf([...path, name]), message: REQUIRED });
  }
  for (const name of Object.keys(value)) {
    const known = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : schema.values;
    path.push(name);
    if (known) walk(known, value[name], path, problems);
    else if (!schema.open) problems.push({ field: fieldOf(path), ...unknownField(nearest(name, Object.keys(schema.properties ?? {}))) });
    path.pop();
  }
}

function walkList({ maxItems, items }: Schema, value: readonly unknown[], path: Path, problems: FieldProblem[]): void {
  if (maxItems !== undefined && value.length > maxItems) {
    problems.push({ field: fieldOf(path), message: atMostItems(maxItems, value.length) });
  }
  if (!items) return;
  for (let index = 0; index < value.length; index += 1) {
    path.push(index);
    walk(items, value[index], path, problems);
    path.pop();
  }
}

function checkScalar(schema: Schema, value: unknown, path: Path, fits: boolean, type: string, problems: FieldProblem[]): void {
  const required = fits ? limit(schema, value) : undefined;
  if (!fits) problems.push(wrongType(path, type, value));
  else if (required !== undefined) problems.push({ field: fieldOf(path), message: must(required, value) });
}

const READ = new Map<string, Schema>();

function read(text: string): Schema {
  const known = READ.get(text) ?? (JSON.parse(text) as Schema);
  READ.set(text, known);
  return known;
}

function limit(schema: Schema, value: unknown): string | undefined {
  if (schema.enum && !schema.enum.includes(value)) return beOneOf(schema.enum);
  if (schema.pattern && typeof value === 'string' && !compiled(schema.pattern).test(value))
    return schema.pattern === QUANTITY ? BE_QUANTITY : `match ${schema.pattern}`;
  if (typeof value !== 'number') return undefined;
  if (schema.minimum !== undefined && value < schema.minimum) return beAtLeast(schema.minimum);
  if (schema.maximum !== undefined && value > schema.maximum) return `be at most ${schema.maximum}`;
  return schema.int32 && Math.abs(value) > 0x7fffffff ? 'fit into 32 bits' : undefined;
}

/** The pattern of quantities in CRDs. */
const QUANTITY = String.raw`^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$`;

const PATTERNS = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  const known = PATTERNS.get(pattern) ?? new RegExp(pattern);
  PATTERNS.set(pattern, known);
  return known;
}

function wrongType(path: Path, type: string, value: unknown): FieldProblem {
  return { field: fieldOf(path), message: must(`be ${type}`, value) };
}

function fieldOf(path: Path): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}

function isMap(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
