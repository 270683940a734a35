import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.mjs';
import { swapModules } from './swap.mjs';

const JSON_PATCH = 'node_modules/cdk8s/lib/json-patch.js';

/** App, Chart, ApiObject and JsonPatch only. The rest of cdk8s is for Helm charts, includes, cron and downloads, and loads child_process and a YAML library. */
export const slimCdk8s = swapModules('slim-cdk8s', {
  'node_modules/cdk8s/lib/index.js': () =>
    "Object.assign(exports, require('./app'), require('./chart'), require('./api-object'), require('./json-patch'));",
  // App.synth() would use it. The program writes YAML itself.
  'node_modules/cdk8s/lib/yaml.js': () => 'exports.Yaml = undefined;',
});

const LIBRARY = 'require("fast-json-patch")';

/** The library for JSON patches is loaded by the first patch, which few runs have. */
export const lazyJsonPatch = swapModules('lazy-json-patch', {
  [JSON_PATCH]: () => {
    const code = readFileSync(join(root, JSON_PATCH), 'utf8');
    if (code.split(LIBRARY).length !== 2) throw new Error(`${JSON_PATCH} does not contain ${LIBRARY} once; correct build/swaps/cdk8s.mjs`);
    const lazy = ['applyPatch', 'deepClone'].map((name) => `${name}: (...args) => ${LIBRARY}.${name}(...args)`);
    // Without patches, cdk8s calls the library for nothing.
    return `${code.replace(LIBRARY, `{ ${lazy.join(', ')} }`)}
      const { apply } = exports.JsonPatch;
      exports.JsonPatch.apply = (document, ...patches) => (patches.length === 0 ? document : apply(document, ...patches));`;
  },
});

/** cdk8s asks three resolvers about each value, and collects the path to it. The program has one kind of value to resolve: quantities and ports. */
export const ownResolve = swapModules('own-resolve', {
  'node_modules/cdk8s/lib/resolve.js': () => `
    exports.resolve = function resolve(key, value) {
      if (value === null || typeof value !== 'object') return value;
      if (Array.isArray(value)) return value.map((item) => resolve(key, item));
      if (value.constructor !== Object) return { value: value.value };
      const resolved = {};
      for (const name in value) resolved[name] = resolve(key, value[name]);
      return resolved;
    };
    exports.LazyResolver = exports.ImplicitTokenResolver = exports.NumberStringUnionResolver = class {};`,
});
