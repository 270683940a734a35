import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../root.mjs';

/**
 * Replaces modules while esbuild bundles the program.
 * @param name of the swap: docs/decisions/start-up.md lists all of them with what they save
 * @param contents by path within the project, functions that return JavaScript in the place of the module; their argument is the folder of the bundle
 * @returns a plugin for esbuild. `unused()` lists the modules that no bundle contained: a module that was renamed would otherwise turn the swap
 *   off unnoticed, since the program works without it and only starts more slowly.
 */
export function swapModules(name, contents) {
  const missing = Object.keys(contents).filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`swap ${name}: ${missing.join(', ')} does not exist; correct the path in build/swaps`);
  const used = new Set();
  return {
    name,
    unused: () => Object.keys(contents).filter((path) => !used.has(path)),
    setup({ onLoad, initialOptions }) {
      for (const [path, code] of Object.entries(contents)) {
        onLoad({ filter: exactly(join(root, path)) }, async () => {
          used.add(path);
          return { contents: await code(initialOptions?.outdir), loader: 'js', resolveDir: dirname(join(root, path)) };
        });
      }
    },
  };
}

function exactly(text) {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
