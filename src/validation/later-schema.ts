import type { Schema } from './object-schema';

/** Characters of JSON from which a part is worth to be read on its own. */
const LARGE = 700;

/**
 * The same schema, with its large parts as texts that are read when an object goes there: most objects use few of
 * them, and reading the whole schema takes longer than holding an object against it. No part holds another one.
 */
export function laterSchema(schema: Schema): Schema {
  const parts = {
    ...(schema.properties ? { properties: mapped(schema.properties) } : {}),
    ...(schema.items ? { items: laterSchema(schema.items) } : {}),
    ...(schema.values ? { values: laterSchema(schema.values) } : {}),
  };
  const whole = { ...schema, ...parts };
  const text = JSON.stringify(whole);
  return text.length < LARGE || text.includes('"later":') ? whole : { later: text };
}

function mapped(properties: NonNullable<Schema['properties']>): NonNullable<Schema['properties']> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, laterSchema(schema)]));
}
