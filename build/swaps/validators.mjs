import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { evaluate } from '../evaluate.mjs';
import { swapModules } from './swap.mjs';

const require = createRequire(import.meta.url);

/**
 * JSON Schemas as code. At run time ajv takes longer to load and to compile them than the whole program takes. Each is a file of its own, which
 * the program loads when it checks something with it.
 */
export const validators = inFiles(
  swapModules('validators', {
    ...validator('src/options/config-validator.ts', async () => (await evaluate('src/options/schema.ts')).configSchema()),
    ...validator('src/experiment/experiment-validator.ts', async () => (await evaluate('src/experiment/schema.ts')).baseSchema()),
    ...validator('src/catalog/workload-validator.ts', () => require('../../src/catalog/workload.schema.json')),
    ...validator('src/results/result-validator.ts', () => require('../../src/results/result.schema.json'), 'FIRST_ERROR'),
    ...validator('src/results/state-validator.ts', () => require('../../src/results/state.schema.json'), 'FIRST_ERROR'),
    ...validator('src/experiment/plan-validator.ts', () => require('../../src/experiment/plan.schema.json'), 'FIRST_ERROR'),
    ...validator('src/report/results-validator.ts', () => require('../../src/report/results.schema.json'), 'FIRST_ERROR'),
    ...validator('src/verify/truth-validator.ts', () => require('../../src/verify/truth.schema.json')),
  }),
);

/** The files are beside the bundles. */
function inFiles(swap) {
  return {
    ...swap,
    setup(build) {
      build.onResolve({ filter: /^\.\/validators\// }, ({ path }) => ({ path, external: true }));
      swap.setup(build);
    },
  };
}

/**
 * A module that loads its validator with the first call.
 * @param options name of the options in src/schema/validator.ts, with which the module compiles the schema
 */
function validator(path, schema, options = 'AJV_OPTIONS') {
  const file = `./validators/${basename(path, '-validator.ts')}.cjs`;
  const stub = async (outdir) => {
    mkdirSync(join(outdir, 'validators'), { recursive: true });
    writeFileSync(join(outdir, file), await validatorCode(await schema(), options));
    return `export const validate = (data) => require('${file}').validate(data);`;
  };
  return { [path]: stub };
}

async function validatorCode(schema, options) {
  const validator = await evaluate('src/schema/validator.ts');
  const ajv = new Ajv.default({ ...validator[options], inlineRefs: false, code: { source: true } });
  const code = standaloneCode(ajv, ajv.compile(withDefinitions(schema)));
  return `${code}\nconst check = module.exports; module.exports = { validate: (data) => (check(data) ? [] : check.errors) };`;
}

/**
 * The same schema with the schema of each property as a definition, equal ones once. ajv writes a function for each definition, and V8 compiles
 * only those that a run calls: those of the keys that a file has.
 */
function withDefinitions(schema) {
  const names = new Map();
  const definitions = {};
  const define = (part) => {
    const text = JSON.stringify(part);
    if (!names.has(text)) names.set(text, `part${names.size}`);
    definitions[names.get(text)] = part;
    return { $ref: `#/definitions/${names.get(text)}` };
  };
  const mapped = (map, change) => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
  const walk = (value) => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    // Descriptions check nothing, and would make equal parts different.
    const { description, default: _, ...checked } = value;
    return mapped(checked, (part, key) => {
      if (key === 'properties') return mapped(part, (each) => define(walk(each)));
      return key === 'definitions' ? mapped(part, walk) : walk(part);
    });
  };
  const root = walk(schema);
  return { ...root, definitions: { ...root.definitions, ...definitions } };
}
