import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import type { CrdSchema } from '../../src/validation/compact-schema';
import { loadSchemas } from '../../src/validation/crd-schemas-data';
import { laterSchema } from '../../src/validation/later-schema';
import { type Schema, shapeProblems } from '../../src/validation/object-schema';
import { SHIPPED } from '../support/entries';
import { manifestsOf } from '../support/manifests';
import { ROOT } from '../support/render';

const GVK = 'kubevirt.io/v1/VirtualMachine';

/** The CRD's own schema as JSON Schema without unknown fields, for ajv. */
function strict(schema: CrdSchema, name = ''): object {
  const { properties, items, additionalProperties, nullable, format: _, ...rest } = schema as CrdSchema & { default?: unknown };
  const kept = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith('x-kubernetes') && key !== 'default'));
  if (schema['x-kubernetes-int-or-string']) return { ...kept, anyOf: [{ type: 'integer' }, { type: 'string' }] };
  if (name === 'metadata' && !properties) return {};
  const open = schema['x-kubernetes-preserve-unknown-fields'] || typeof additionalProperties === 'object' || additionalProperties === true;
  const body = {
    ...kept,
    ...(properties ? { properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, strict(each, key)])) } : {}),
    ...(items ? { items: strict(items) } : {}),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: strict(additionalProperties) }
      : schema.type === 'object' && !open
        ? { additionalProperties: false }
        : {}),
  };
  return nullable ? { anyOf: [{ type: 'null' }, body] } : body;
}

function ajvOf(kind: string): ValidateFunction {
  const crds = readdirSync(join(ROOT, 'imports/crds')).flatMap((file) =>
    loadAll(readFileSync(join(ROOT, 'imports/crds', file), 'utf8')),
  ) as {
    spec: { names: { kind: string }; versions: { schema: { openAPIV3Schema: CrdSchema } }[] };
  }[];
  const schema = crds.find((crd) => crd.spec.names.kind === kind)?.spec.versions[0]?.schema.openAPIV3Schema as CrdSchema;
  return new Ajv({ strict: false, allErrors: true }).compile(strict(schema));
}

/** Every place within a document, below `spec`. */
function places(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...places(item, [...path, key])]);
}

function damaged(document: object, path: readonly string[], how: string, value: unknown): object {
  const copy = structuredClone(document) as Record<string, unknown>;
  let parent = copy;
  for (const step of path.slice(0, -1)) parent = parent[step] as Record<string, unknown>;
  const last = path.at(-1) as string;
  if (how === 'replace') parent[last] = value;
  else if (how === 'remove' && !Array.isArray(parent)) delete parent[last];
  else if (!Array.isArray(parent)) parent[`${last}x`] = parent[last];
  return copy;
}

test('accepts and rejects the same objects as ajv', async () => {
  const schema = loadSchemas()[GVK] as Schema;
  const later = laterSchema(schema);
  const ajv = ajvOf('VirtualMachine');
  const vms = (await Promise.all(SHIPPED.map((entry) => manifestsOf(entry)))).flat().filter((object) => object.kind === 'VirtualMachine');
  for (const vm of vms) expect([ajv(vm), shapeProblems(schema, vm)]).toEqual([true, []]);
  const verdicts = new Set<boolean>();
  const mutation = fc.constantFrom(...vms).chain((vm) =>
    fc.record({
      vm: fc.constant(vm),
      path: fc.constantFrom(...places(vm).filter((path) => path[0] === 'spec' && !path.includes('metadata'))),
      how: fc.constantFrom('replace', 'replace', 'remove', 'misspell'),
      value: fc.constantFrom<unknown>('text', 7, -1, 1.5, true, null, [], {}, ['a'], { a: 1 }, '2Gi'),
    }),
  );
  fc.assert(
    fc.property(mutation, ({ vm, path, how, value }) => {
      const object = damaged(vm, path, how, value);
      const right = ajv(object);
      verdicts.add(right);
      const problems = shapeProblems(schema, object);
      expect([path, how, value, problems.length === 0]).toEqual([path, how, value, right]);
      expect(shapeProblems(later, object)).toEqual(problems);
    }),
    { numRuns: 3000 },
  );
  expect(verdicts.size).toBe(2);
});

test('large parts of a schema are strings, none within another, and contain most of it', () => {
  const schema = loadSchemas()[GVK] as Schema;
  const whole = JSON.stringify(laterSchema(schema));
  const parts: string[] = [];
  JSON.parse(whole, (key, value) => {
    if (key === 'later') parts.push(value);
    return value;
  });
  expect(parts.length).toBeGreaterThan(10);
  for (const part of parts) expect(part).not.toContain('"later"');
  expect(parts.join('').length).toBeGreaterThan(JSON.stringify(schema).length / 2);
});

test('a problem names its field through lists and maps', () => {
  const schema = loadSchemas()[GVK] as Schema;
  const spec = { template: { spec: { domain: { devices: { disks: [{ name: 'a' }, { nam: 'b' }] } } } } };
  const fields = shapeProblems(schema, { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', metadata: { name: 1 }, spec }).map(
    ({ field }) => field,
  );
  expect(fields).toEqual([
    'metadata.name',
    'spec.template.spec.domain.devices.disks[1].name',
    'spec.template.spec.domain.devices.disks[1].nam',
  ]);
});
