import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';
import { SWAPS } from './swaps/index.mjs';

/** Packages that few runs need. They stay out of the file that every run reads, and are required from node_modules. */
export const LAZY = [
  '@observablehq/plot',
  'ajv',
  'csv-stringify',
  'execa',
  'fast-json-patch',
  'get-port',
  'handlebars',
  'libsql',
  'linkedom',
  're2js',
  'simple-statistics',
  'ttest',
  'which',
  'write-excel-file',
  'yaml',
  'yargs',
];

/**
 * Bundles programs for start.cjs, and other entry points as modules.
 * @param programs by name of the output without its extension
 * @param modules likewise
 * @param swaps see swaps/index.mjs
 * @returns esbuild's descriptions of what the bundles contain
 */
export async function bundle(programs, modules, outdir, { swaps = SWAPS, external = LAZY, indents = false } = {}) {
  // esbuild accepts plugins with these two keys only.
  const options = { outdir, plugins: swaps.map(({ name, setup }) => ({ name, setup })), external, minifyWhitespace: !indents };
  const scripts = {
    ...options,
    // start.cjs compiles the file as a script: a function with the variables of a module.
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
  };
  return [await bundleAs(programs, scripts), await bundleAs(modules, options)];
}

async function bundleAs(entryPoints, options) {
  const { metafile, outputFiles } = await build({
    ...options,
    write: false,
    entryPoints,
    metafile: true,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // So that the line in a stack still says where.
    lineLimit: 120,
    // A script of node:vm has no import().
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, inAscii(text), 'latin1');
  }
  return metafile;
}

/** esbuild escapes the characters of strings, but not those of regular expressions and comments. start.cjs reads ASCII. */
function inAscii(text) {
  return text.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** @throws Error when a swap found no module to replace */
export function checkSwaps(swaps = SWAPS) {
  const unused = swaps.flatMap((swap) => swap.unused().map((path) => `${swap.name}: ${path}`));
  if (unused.length > 0)
    throw new Error(`no bundle contains these modules, which build/swaps replaces; correct the swaps: ${unused.join(', ')}`);
}
