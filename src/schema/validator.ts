import type { ErrorObject } from 'ajv';

/** A compiled JSON Schema: returns all errors of the data, none if it is valid. */
export type Validator = (data: unknown) => readonly ErrorObject[];

/** Options of ajv, here and where the build compiles the schemas ahead of time. */
export const AJV_OPTIONS = { allErrors: true, verbose: true, allowUnionTypes: true } as const;

/** For data that may be hostile: only the first error, because a list may have a million. */
export const FIRST_ERROR = { ...AJV_OPTIONS, allErrors: false } as const;

/**
 * Compiles a schema at run time, as the tests and the library do. The build replaces every `*-validator.ts` by compiled code, so that the
 * program loads neither ajv nor the schema.
 */
export function compile(schema: object, options: typeof AJV_OPTIONS | typeof FIRST_ERROR = AJV_OPTIONS): Validator {
  const Ajv = require('ajv') as typeof import('ajv').default;
  const validate = new Ajv(options).compile(schema);
  return (data) => (validate(data) ? [] : (validate.errors ?? []));
}
