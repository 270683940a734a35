import type { Problem } from '../errors';
import { admissionProblems } from './admission';
import { CORE_SCHEMAS } from './core-schemas';
import { loadSchemas } from './crd-schemas-data';
import type { Manifest } from './manifest';
import { sentence, unknownKind } from './messages';
import { type FieldProblem, type Schema, shapeProblems } from './object-schema';

/** By `apiVersion/kind`. */
type Schemas = { readonly [gvk: string]: Schema };

let schemas: Schemas | undefined;

/**
 * Checks an object against the schema of its kind and the rules of the admission webhooks.
 * @param file name of the file that the object is written to
 * @param rare schemas of kinds that few runs render. @default none
 * @returns all problems; each names the file, the object and the field
 */
export function validateObject(file: string, manifest: Manifest, rare: Schemas = {}): Problem[] {
  const where = `${file}: ${manifest.kind}/${manifest.metadata?.name}`;
  return objectProblems(manifest, rare).map(({ field, message, hint }) => ({
    where,
    message: sentence(field, message),
    ...(hint ? { hint } : {}),
  }));
}

function objectProblems(manifest: Manifest, rare: Schemas): FieldProblem[] {
  schemas ??= { ...loadSchemas(), ...CORE_SCHEMAS };
  const gvk = `${manifest.apiVersion}/${manifest.kind}`;
  const schema = rare[gvk] ?? schemas[gvk];
  if (!schema) return [{ field: 'kind', message: unknownKind(manifest.apiVersion, manifest.kind) }];
  const problems = shapeProblems(schema, manifest);
  // The rules rely on the shape of the object.
  return problems.length > 0 ? problems : admissionProblems(manifest);
}
