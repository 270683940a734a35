// Builds lib/: the program as one file, which starts several times faster than its modules one by one, and the library.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { billOfMaterials, bundledPackages, notices } from './third-party.mjs';

const root = dirname(import.meta.dirname);
const require = createRequire(import.meta.url);
/** Milliseconds that no step of a build takes. */
const PATIENCE = 10 * 60_000;

// Loaded by few runs only, so they stay out of the file that every run reads.
const LAZY = ['ajv', 'execa', 'handlebars', 'libsql', 're2js', 'which', 'yaml', 'yargs'];

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
      const { AJV_OPTIONS } = await evaluate('src/schema/validator.ts');
      const schema = await SCHEMAS[relative(root, path)]();
      return { contents: validatorCode(schema, AJV_OPTIONS), loader: 'js', resolveDir: root };
    });
    onLoad({ filter: /crd-schemas-data\.ts$/ }, async ({ path }) => {
      const { loadSchemas } = await evaluate(relative(root, path));
      const { laterSchema } = await evaluate('src/validation/later-schema.ts');
      const schemas = Object.entries(loadSchemas()).map(([gvk, schema]) => [gvk, laterSchema(schema)]);
      const text = JSON.stringify(JSON.stringify(Object.fromEntries(schemas)));
      return { contents: `export const loadSchemas = () => JSON.parse(${text});`, loader: 'js' };
    });
    onLoad({ filter: /known-yaml\.ts$/ }, async () => ({
      contents: `export const KNOWN_YAML = new Map(JSON.parse(${JSON.stringify(JSON.stringify(await catalogYaml()))}));`,
      loader: 'js',
    }));
    // As literals: one JSON text of all would have to be read at every start.
    onLoad({ filter: /known-entries\.ts$/ }, async () => ({
      contents: `export const KNOWN_ENTRIES = new Map(${JSON.stringify(await catalogEntries())});
        export const KNOWN_PIECES = new Map(${JSON.stringify(await sharedPieces())});`,
      loader: 'js',
    }));
    // What the constructs want hashes for is not asked of them, and node's crypto is slow to load.
    onResolve({ filter: /^crypto$/ }, ({ importer }) =>
      /\/node_modules\/(cdk8s|constructs)\//.test(importer) ? { path: 'crypto', namespace: 'lazy' } : undefined,
    );
    onLoad({ filter: /^crypto$/, namespace: 'lazy' }, () => ({
      contents: "exports.createHash = (...args) => require('node:crypto').createHash(...args);",
      loader: 'js',
    }));
    // The program patches no object, and the library of JSON patches is slow to load.
    onResolve({ filter: /^fast-json-patch$/ }, () => ({ path: 'fast-json-patch', namespace: 'none' }));
    onLoad({ filter: /^fast-json-patch$/, namespace: 'none' }, () => ({
      contents: 'exports.deepClone = (value) => value; exports.applyPatch = (document) => ({ newDocument: document });',
      loader: 'js',
    }));
    // Of its two makes of SHA-1 the one for browsers, which needs no crypto of node's.
    onResolve({ filter: /^uuid$/ }, () => ({ path: join(root, 'node_modules/uuid/dist/esm-browser/index.js') }));
    // All of cdk8s but these three is about what virtwork does not do: Helm, downloads, cron, its own YAML writer.
    onResolve({ filter: /^cdk8s$/ }, () => ({ path: 'cdk8s', namespace: 'slim' }));
    onLoad({ filter: /^cdk8s$/, namespace: 'slim' }, () => ({
      contents: ['app', 'chart', 'api-object'].map((part) => `Object.assign(exports, require('cdk8s/lib/${part}'));`).join('\n'),
      loader: 'js',
      resolveDir: root,
    }));
    // cdk8s looks at each value with three resolvers, and notes the path to it. Of what they find, the program has only numbers or strings in a class.
    onLoad({ filter: /\/cdk8s\/lib\/resolve\.js$/ }, () => ({ contents: RESOLVE, loader: 'js' }));
    onResolve({ filter: /^\.\/yaml$/ }, ({ importer }) =>
      importer.includes('/cdk8s/lib/') ? { path: 'yaml', namespace: 'none' } : undefined,
    );
    onLoad({ filter: /^yaml$/, namespace: 'none' }, () => ({ contents: 'exports.Yaml = undefined;', loader: 'js' }));
  },
};

const RESOLVE = `
  exports.resolve = function resolve(key, value) {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((item) => resolve(key, item));
    if (value.constructor !== Object) return { value: value.value };
    const resolved = {};
    for (const name in value) resolved[name] = resolve(key, value[name]);
    return resolved;
  };
  exports.LazyResolver = exports.ImplicitTokenResolver = exports.NumberStringUnionResolver = class {};`;

const SCHEMAS = {
  'src/options/config-validator.ts': configSchema,
  'src/catalog/workload-validator.ts': async () => require('../src/catalog/workload.schema.json'),
};

/** The texts of the shipped catalog's YAML files, each with what it says, but for those whose scalars say it in another notation. */
async function catalogYaml() {
  const { loadYaml, followsFromValues } = await evaluate('src/yaml/yaml-file.ts');
  const catalog = join(root, 'catalog');
  const manifests = readdirSync(catalog).map((name) => join(catalog, name, 'workload.yaml'));
  return [join(catalog, 'index.yaml'), ...manifests]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .map((text) => [text, loadYaml(text)])
    .filter(([, data]) => followsFromValues(data));
}

/** The built-in entries in which nothing is wrong or odd. */
async function catalogEntries() {
  const { readEntry } = await evaluate('src/catalog/read.ts');
  const { textsOf, withoutTexts } = await evaluate('src/catalog/shipped/known-entry.ts');
  const { findCatalog } = await evaluate('src/catalog/find.ts');
  const { builtIns, shippedDir } = findCatalog(join(root, 'none'));
  return builtIns.flatMap((name) => {
    const findings = { problems: [], warnings: [] };
    const entry = readEntry(join(shippedDir, name), name, true, findings);
    if (!entry || findings.problems.length + findings.warnings.length > 0) return [];
    return [[name, JSON.stringify({ texts: textsOf(join(shippedDir, name)), entry: withoutTexts(entry) })]];
  });
}

/** What virtwork adds to the guests of entries. */
async function sharedPieces() {
  const { readFiles } = await evaluate('src/catalog/files/guest-files.ts');
  const { filesWithoutTexts, textsOf } = await evaluate('src/catalog/shipped/known-entry.ts');
  const shared = join(root, 'catalog/_shared');
  return readdirSync(shared).flatMap((piece) => {
    const findings = { problems: [], warnings: [] };
    const files = readFiles(join(shared, piece), 'files', piece, findings);
    if (findings.problems.length + findings.warnings.length > 0) return [];
    return [[piece, JSON.stringify({ texts: textsOf(join(shared, piece)), files: filesWithoutTexts(files, piece) })]];
  });
}

async function configSchema() {
  return (await evaluate('src/options/schema.ts')).configSchema();
}

/**
 * Bundles a program for start.cjs, and other entry points as modules.
 * @returns what is in them, as esbuild tells it
 */
export async function bundle({ main, ...modules }, outdir) {
  const program = await bundleAs({ main }, outdir, {
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
  });
  return [program, await bundleAs(modules, outdir, {})];
}

async function bundleAs(entryPoints, outdir, options) {
  const { metafile } = await build({
    ...options,
    entryPoints,
    metafile: true,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // A script of node:vm has no import().
    supported: { 'dynamic-import': false },
    external: LAZY,
    plugins: [ahead],
    logLevel: 'warning',
  });
  return metafile;
}

/** What is run most often: each keeps what the ones before it compiled. */
const FREQUENT = ['synth', 'synth --check', 'run --dry-run'];

/** Runs the program, so that what it compiles on its way is kept too. Without it the program only starts more slowly. */
function keepMachineCode(program) {
  const cwd = mkdtempSync(join(tmpdir(), 'virtwork-build-'));
  const env = { HOME: cwd, KEEP_MACHINE_CODE: '1' };
  for (const command of FREQUENT)
    spawnSync(process.execPath, [program, ...command.split(' ')], { cwd, env, timeout: PATIENCE, killSignal: 'SIGKILL' });
  rmSync(cwd, { recursive: true });
}

async function main() {
  const lib = join(root, 'lib');
  rmSync(lib, { recursive: true, force: true });
  mkdirSync(lib);
  const contents = await bundle({ main: join(root, 'src/main.ts'), app: join(root, 'src/app.ts') }, lib);
  cpSync(join(root, 'build/start.cjs'), join(lib, 'virtwork.cjs'));
  chmodSync(join(lib, 'virtwork.cjs'), 0o755);
  keepMachineCode(join(lib, 'virtwork.cjs'));
  writeFileSync(join(lib, 'virtwork.schema.json'), `${JSON.stringify(await configSchema(), null, 2)}\n`);
  const bundled = bundledPackages(contents);
  writeFileSync(join(lib, 'THIRD-PARTY-NOTICES.txt'), notices(root, bundled));
  writeFileSync(join(lib, 'sbom.cdx.json'), billOfMaterials(root, bundled));
  if (process.argv.includes('--program-only')) return;
  execFileSync(process.execPath, [resolve(dirname(require.resolve('typescript/package.json')), 'bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  });
}

if (process.argv[1] === import.meta.filename) await main();
