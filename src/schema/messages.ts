// What a JSON Schema requires, as in `must be a list, got 5`.

const TYPES: { readonly [type: string]: string } = {
  object: 'a map',
  array: 'a list',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
};

export const MUST = {
  type: (types: readonly string[]) => `be ${types.map((type) => TYPES[type] ?? type).join(' or ')}`,
  enum: (values: readonly unknown[]) => `be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}`,
  pattern: (pattern: string) => `match ${pattern}`,
  minItems: (limit: number) => `have at least ${limit === 1 ? 'one item' : `${limit} items`}`,
  maxItems: (limit: number) => `have at most ${limit} items`,
  minimum: (limit: number) => `be at least ${limit}`,
  exclusiveMinimum: (limit: number) => `be above ${limit}`,
  maximum: (limit: number) => `be at most ${limit}`,
  /** @param message of ajv, for keywords that are not in this list */
  other: (message: string | undefined) => (message ?? 'be valid').replace(/^must /, ''),
} as const;

/** @param path of the value in the file; empty for the whole file */
export function wrongValue(path: string, must: string, got: string): string {
  return `${path ? `${path} ` : ''}must ${must}, got ${got}`;
}

/** @param key as JSON */
export function missingKey(path: string, key: string): string {
  return `${path ? `${path} ` : ''}needs the key ${key}`;
}

// Unknown keys.

/** YAML 1.2 has no merge keys, so a list of known keys does not help. */
export const NO_MERGE_KEYS = {
  message: 'YAML merge keys (<<) are not supported',
  hint: 'write the keys here, or refer to the whole map: key: *anchor',
};

export const KEY_NOT_SHOWN = '(not shown: not a name)';

/** @param key as JSON */
export function unknownKey(key: string, path: string, known: readonly string[]): string {
  return `unknown key ${key}${path ? ` in ${path}` : ''}; known: ${known.join(', ')}`;
}
