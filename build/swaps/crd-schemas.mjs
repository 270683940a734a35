import { evaluate } from '../evaluate.mjs';
import { swapModules } from './swap.mjs';

const FILE = 'src/validation/crd-schemas-data.ts';

/** The part of the CRDs that checks objects, as JSON. At run time the program would read 9,000 lines of YAML. */
export const crdSchemas = swapModules('crd-schemas', {
  [FILE]: async () => {
    const { loadSchemas } = await evaluate(FILE);
    const { laterSchema } = await evaluate('src/validation/later-schema.ts');
    // Its large parts are read when an object has them.
    const schemas = Object.entries(loadSchemas()).map(([gvk, schema]) => [gvk, laterSchema(schema)]);
    // A text for JSON.parse is faster than the same as an object literal.
    return `export const loadSchemas = () => JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(schemas)))});`;
  },
});
