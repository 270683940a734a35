import type { Problem } from '../errors';
import { admissionProblems } from './admission';
import { CORE_SCHEMAS } from './core-schemas';
import { loadSchemas } from './crd-schemas-data';
import type { Manifest } from './manifest';
import { type FieldProblem, type Schema, shapeProblems } from './object-schema';

let schemas: { readonly [gvk: string]: Schema } | undefined;

/**
 * Everything that is wrong with an object: against the schema of its kind, and against what the admission webhooks
 * would refuse. Each problem names the file, the object and the field.
 */
export function validateObject(file: string, manifest: Manifest): Problem[] {
  const where = `${file}: ${manifest.kind}/${manifest.metadata?.name}`;
  return objectProblems(manifest).map(({ field, message, hint }) => ({ where, message: `${field} ${message}`, ...(hint ? { hint } : {}) }));
}

function objectProblems(manifest: Manifest): FieldProblem[] {
  schemas ??= { ...loadSchemas(), ...CORE_SCHEMAS };
  const schema = schemas[`${manifest.apiVersion}/${manifest.kind}`];
  if (!schema) return [{ field: 'kind', message: `must be one that is checked, got ${manifest.apiVersion} ${manifest.kind}` }];
  const problems = shapeProblems(schema, manifest);
  // The rules take an object of the right shape for granted.
  return problems.length > 0 ? problems : admissionProblems(manifest);
}
