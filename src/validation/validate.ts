import type { Problem } from '../errors';
import { admissionFaults } from './admission';
import { CORE_SCHEMAS } from './core-schemas';
import { loadSchemas } from './crd-schemas-data';
import { type Fault, type Schema, schemaFaults } from './object-schema';
import type { Manifest } from '../synth/render';

let schemas: { readonly [gvk: string]: Schema } | undefined;

/**
 * Everything that is wrong with an object: against the schema of its kind, and against what the admission webhooks
 * would refuse. Each fault names the file, the object and the field.
 */
export function validateObject(file: string, manifest: Manifest): Problem[] {
  const where = `${file}: ${manifest.kind}/${manifest.metadata?.name}`;
  return objectFaults(manifest).map(({ field, message, hint }) => ({ where, message: `${field} ${message}`, ...(hint ? { hint } : {}) }));
}

function objectFaults(manifest: Manifest): Fault[] {
  schemas ??= { ...loadSchemas(), ...CORE_SCHEMAS };
  const schema = schemas[`${manifest.apiVersion}/${manifest.kind}`];
  if (!schema) return [{ field: 'kind', message: `must be one that is checked, got ${manifest.apiVersion} ${manifest.kind}` }];
  const faults = schemaFaults(schema, manifest);
  // The rules take an object of the right shape for granted.
  return faults.length > 0 ? faults : admissionFaults(manifest);
}
