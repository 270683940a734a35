import { createRequire } from 'node:module';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { evaluate } from '../evaluate.mjs';
import { swapModules } from './swap.mjs';

const require = createRequire(import.meta.url);

/** JSON Schemas as code. At run time ajv takes longer to load and to compile them than the whole program takes. */
export const validators = swapModules('validators', {
  'src/options/config-validator.ts': async () => validatorCode((await evaluate('src/options/schema.ts')).configSchema()),
  'src/catalog/workload-validator.ts': () => validatorCode(require('../../src/catalog/workload.schema.json')),
  'src/results/result-validator.ts': () => validatorCode(require('../../src/results/result.schema.json'), 'FIRST_ERROR'),
  'src/results/state-validator.ts': () => validatorCode(require('../../src/results/state.schema.json'), 'FIRST_ERROR'),
});

/** @param options name of the options in src/schema/validator.ts, with which the module compiles the schema */
async function validatorCode(schema, options = 'AJV_OPTIONS') {
  const validator = await evaluate('src/schema/validator.ts');
  const ajv = new Ajv.default({ ...validator[options], code: { source: true } });
  const code = standaloneCode(ajv, ajv.compile(schema));
  return `${code}\nconst check = module.exports; module.exports = { validate: (data) => (check(data) ? [] : check.errors) };`;
}
