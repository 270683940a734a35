import { CONTROL } from '../text/control';
import { show } from '../text/show';
import { choice, type Kind, type Parsed, type Rejection, together } from './kinds';
import { fromText, items, record } from './structured';
import { GOT, PATCH } from './value-messages';

/** An operation of RFC 6902 on a VirtualMachine. */
export interface Patch {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  /** JSON Pointer of the field, such as `/spec/template/spec/terminationGracePeriodSeconds`. */
  readonly path: string;
  /** JSON Pointer of the source of `move` and `copy`. @default none */
  readonly from?: string;
  /** For `add`, `replace` and `test`. @default none */
  readonly value?: unknown;
}

/** Maximum number of patches of one source. */
const MOST_PATCHES = 500;

/** The key that an operation needs in addition to its path. */
const NEEDS: { readonly [op in Patch['op']]: 'value' | 'from' | undefined } = {
  add: 'value',
  remove: undefined,
  replace: 'value',
  move: 'from',
  copy: 'from',
  test: 'value',
};

const pointer: Kind<string> = { parse: parsePointer, schema: { type: 'string' } };
const anyValue: Kind<unknown> = { parse: parseValue, schema: {} };
const operation = record<{ [K in keyof Patch]: Patch[K] }>(
  { op: choice('add', 'remove', 'replace', 'move', 'copy', 'test'), path: pointer, from: pointer, value: anyValue },
  ['op', 'path'],
);
const operations = items<Patch>({ ...operation, parse: parseOperation });

/** A list of operations. Paths are checked for their syntax; whether they exist is known when the VM is rendered. */
export const patches = fromText<readonly Patch[]>(
  { ...operations, parse: parseList },
  '[{op: replace, path: /spec/runStrategy, value: Manual}]',
);

function parseList(raw: unknown): Parsed<readonly Patch[]> {
  if (!Array.isArray(raw)) return { hint: PATCH.example, ...(operations.parse(raw) as Rejection) };
  if (raw.length > MOST_PATCHES) return { must: PATCH.atMost(MOST_PATCHES), got: String(raw.length) };
  return operations.parse(raw);
}

function parseOperation(raw: unknown): Parsed<Patch> {
  const parsed = operation.parse(raw);
  return 'value' in parsed ? (together(wrongKeys(parsed.value)) ?? parsed) : parsed;
}

function wrongKeys(patch: Patch): Rejection[] {
  const { op } = patch;
  const needed = NEEDS[op];
  const missing = needed === undefined || Object.hasOwn(patch, needed) ? [] : [{ must: PATCH.needs(needed, op), got: GOT.none }];
  const idle = (['value', 'from'] as const).filter((key) => key !== needed && Object.hasOwn(patch, key));
  return [...missing, ...idle.map((key) => ({ must: PATCH.needsNo(key, op), got: show(key), at: [key] }))];
}

/** The characters by which virtwork marks what differs between VMs. */
const MARKS = /[\ue000\ue001]/;

function parseValue(raw: unknown): Parsed<unknown> {
  if (raw === null) return { must: PATCH.value, got: 'null', hint: PATCH.removeInstead };
  return MARKS.test(JSON.stringify(raw)) ? { must: PATCH.noMarks, got: GOT.marks } : { value: raw };
}

function parsePointer(raw: unknown): Parsed<string> {
  if (typeof raw !== 'string' || CONTROL.test(raw) || MARKS.test(raw)) return { must: PATCH.pointer };
  if (raw === '' || raw === '/') return { must: PATCH.field };
  if (!raw.startsWith('/')) return { must: PATCH.pointer, hint: PATCH.write(slashed(raw)) };
  if (/\[[^\]/]*\]/.test(raw) && !raw.includes('~')) return { must: PATCH.pointer, hint: PATCH.write(slashed(raw)) };
  if (/~(?![01])/.test(raw)) return { must: PATCH.escapes, hint: PATCH.write(raw.replace(/~(?![01])/g, '~0')) };
  const steps = raw.split('/').slice(1);
  if (steps.includes('*')) return { must: PATCH.noWildcard, hint: PATCH.indices };
  const isUnsafe = steps.some((step, at) => step === '__proto__' || (step === 'prototype' && steps[at - 1] === 'constructor'));
  return isUnsafe ? { must: PATCH.field } : { value: raw };
}

/** `spec.template.spec.volumes[0]`, `$.spec` and `#/spec` as JSON Pointers. */
function slashed(text: string): string {
  const plain = text.replace(/^[$#]?[./]?/, '').replace(/\[['"]?([^\]'"]*)['"]?\]/g, text.includes('/') ? '/$1' : '.$1');
  return `/${text.includes('/') ? plain : plain.replaceAll('.', '/')}`;
}
