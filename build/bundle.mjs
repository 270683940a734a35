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
 * Bundles a program for start.cjs, and other entry points as modules.
 * @param entryPoints by name of the output without its extension; `main` is the program
 * @param swaps see swaps/index.mjs
 * @returns esbuild's descriptions of what the bundles contain
 */
export async function bundle({ main, ...modules }, outdir, { swaps = SWAPS, external = LAZY } = {}) {
  // esbuild accepts plugins with these two keys only.
  const options = { outdir, plugins: swaps.map(({ name, setup }) => ({ name, setup })), external };
  const program = await bundleAs(
    { main },
    {
      ...options,
      // start.cjs compiles the file as a script: a function with the variables of a module.
      banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
      footer: { js: '})' },
    },
  );
  return [program, await bundleAs(modules, options)];
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
