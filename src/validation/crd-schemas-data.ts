import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { packageRoot } from '../package';
import { type CrdSchema, compactSchema, NAMED_METADATA } from './compact-schema';
import type { Schema } from './object-schema';

/** Kinds that virtwork renders. */
const KINDS = ['VirtualMachine', 'VirtualMachinePool'];

interface Crd {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: CrdSchema } }[];
  };
}

/**
 * The schemas of the CRDs in imports/crds, by `apiVersion/kind`. Reading them takes longer than everything else, so the build replaces this
 * file with its result (build/swaps/crd-schemas.mjs).
 */
export function loadSchemas(): { readonly [gvk: string]: Schema } {
  const dir = join(packageRoot(), 'imports/crds');
  const crds = readdirSync(dir)
    .sort()
    .flatMap((file) => loadAll(readFileSync(join(dir, file), 'utf8')) as Crd[]);
  return Object.fromEntries(
    crds
      .filter(({ spec }) => KINDS.includes(spec.names.kind))
      .flatMap(({ spec }) =>
        spec.versions.map(({ name, schema }) => {
          const { status: _, ...properties } = schema.openAPIV3Schema.properties ?? {};
          const compact = compactSchema({ ...schema.openAPIV3Schema, properties });
          return [`${spec.group}/${name}/${spec.names.kind}`, named(compact)];
        }),
      ),
  );
}

/** The API server requires metadata, which a CRD does not describe. */
function named(schema: Schema): Schema {
  return { ...schema, required: [...(schema.required ?? []), 'metadata'], properties: { ...schema.properties, metadata: NAMED_METADATA } };
}
