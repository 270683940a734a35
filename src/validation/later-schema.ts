import type { Schema } from './object-schema';

/** Characters of JSON from which a part is worth parsing separately. */
const LARGE = 700;

/**
 * The same schema with its large parts as JSON strings, which are parsed when an object has such a field. Most objects have few of them, and
 * parsing the whole schema takes longer than checking an object. No part contains another one.
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
