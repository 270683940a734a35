// Builds lib/: the program as one file, which starts several times faster than its modules one by one, and the library.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const root = import.meta.dirname;
const require = createRequire(import.meta.url);

// Loaded by few runs only, so they stay out of the file that every run reads.
const LAZY = ['ajv', 'handlebars', 'unixcrypt', 'yaml', 'yargs'];

/** Runs a module of the sources here and now. */
async function evaluate(file) {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', '__dirname', outputFiles[0].text)(
    module,
    module.exports,
    require,
    join(root, dirname(file)),
  );
  return module.exports;
}

/** A schema as code: at run time ajv would take longer to compile it than the whole program takes. */
function validatorCode(schema, options) {
  const code = standaloneCode(
    new Ajv.default({ ...options, code: { source: true } }),
    new Ajv.default({ ...options, code: { source: true } }).compile(schema),
  );
  return `${code}\nconst check = module.exports; module.exports = { validate: (data) => (check(data) ? [] : check.errors) };`;
}

/** Puts what can be known now in the place of modules that would find it out at every start. */
const ahead = {
  name: 'ahead',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /-validator\.ts$/ }, async ({ path }) => {
      const { AJV_OPTIONS } = await evaluate('src/validator.ts');
      const schema = await SCHEMAS[relative(root, path)]();
      return { contents: validatorCode(schema, AJV_OPTIONS), loader: 'js', resolveDir: root };
    });
    onLoad({ filter: /crd-schemas-data\.ts$/ }, async ({ path }) => {
      const { loadSchemas } = await evaluate(relative(root, path));
      const text = JSON.stringify(JSON.stringify(loadSchemas()));
      return { contents: `export const loadSchemas = () => JSON.parse(${text});`, loader: 'js' };
    });
    // cdk8s loads its YAML writer at once, which virtwork does not use.
    onResolve({ filter: /^yaml$/ }, ({ importer }) =>
      importer.includes('/node_modules/cdk8s/') ? { path: 'yaml', namespace: 'lazy' } : undefined,
    );
    onLoad({ filter: /^yaml$/, namespace: 'lazy' }, () => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require('yaml')[name] });`,
      loader: 'js',
      resolveDir: root,
    }));
  },
};

const SCHEMAS = {
  'src/options/config-validator.ts': configSchema,
  'src/catalog/workload-validator.ts': async () => require('./src/catalog/workload.schema.json'),
};

async function configSchema() {
  return (await evaluate('src/options/schema.ts')).configSchema();
}

rmSync(join(root, 'lib'), { recursive: true, force: true });
mkdirSync(join(root, 'lib'));
await build({
  entryPoints: { virtwork: join(root, 'src/main.ts'), app: join(root, 'src/app.ts') },
  outdir: join(root, 'lib'),
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: LAZY,
  plugins: [ahead],
  logLevel: 'warning',
});
chmodSync(join(root, 'lib/virtwork.cjs'), 0o755);
writeFileSync(join(root, 'lib/virtwork.schema.json'), `${JSON.stringify(await configSchema(), null, 2)}\n`);
if (!process.argv.includes('--program-only')) {
  execFileSync(process.execPath, [resolve(dirname(require.resolve('typescript/package.json')), 'bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
}
