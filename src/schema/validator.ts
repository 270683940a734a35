import type { ErrorObject } from 'ajv';

/** A compiled JSON Schema: all problems of the data, none when it fits. */
export type Validator = (data: unknown) => readonly ErrorObject[];

/** How ajv is set up, here and where the build compiles the schemas ahead of time. */
export const AJV_OPTIONS = { allErrors: true, verbose: true, allowUnionTypes: true } as const;

/**
 * Compiles a schema at run time, as the tests and the library do. The build puts compiled code in the place of
 * every `*-validator.ts`, so that the program loads neither ajv nor the schema.
 */
export function compile(schema: object): Validator {
  const Ajv = require('ajv') as typeof import('ajv').default;
  const validate = new Ajv(AJV_OPTIONS).compile(schema);
  return (data) => (validate(data) ? [] : (validate.errors ?? []));
}
