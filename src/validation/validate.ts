import type { Problem } from '../errors';
import { admissionProblems } from './admission';
import { CORE_SCHEMAS } from './core-schemas';
import { loadSchemas } from './crd-schemas-data';
import type { Manifest } from './manifest';
import { sentence, unknownKind } from './messages';
import { type FieldProblem, type Schema, shapeProblems } from './object-schema';

let schemas: { readonly [gvk: string]: Schema } | undefined;

/**
 * Checks an object against the schema of its kind and the rules of the admission webhooks.
 * @param file name of the file that the object is written to
 * @returns all problems; each names the file, the object and the field
 */
export function validateObject(file: string, manifest: Manifest): Problem[] {
  const where = `${file}: ${manifest.kind}/${manifest.metadata?.name}`;
  return objectProblems(manifest).map(({ field, message, hint }) => ({
    where,
    message: sentence(field, message),
    ...(hint ? { hint } : {}),
  }));
}

function objectProblems(manifest: Manifest): FieldProblem[] {
  schemas ??= { ...loadSchemas(), ...CORE_SCHEMAS };
  const schema = schemas[`${manifest.apiVersion}/${manifest.kind}`];
  if (!schema) return [{ field: 'kind', message: unknownKind(manifest.apiVersion, manifest.kind) }];
  const problems = shapeProblems(schema, manifest);
  // The rules rely on the shape of the object.
  return problems.length > 0 ? problems : admissionProblems(manifest);
}
