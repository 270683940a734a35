import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { root } from './root.mjs';

const require = createRequire(import.meta.url);

/**
 * Runs a module of the sources while the program is built.
 * @param file path within the project, e.g. `src/options/schema.ts`
 * @returns what the module exports
 */
export async function evaluate(file) {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  });
  const module = { exports: {} };
  const run = new Function('module', 'exports', 'require', '__dirname', outputFiles[0].text);
  run(module, module.exports, require, join(root, dirname(file)));
  return module.exports;
}
