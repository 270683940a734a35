import { swapModules } from './swap.mjs';

/** App, Chart and ApiObject only. The rest of cdk8s is for Helm charts, includes, cron and downloads, and loads child_process and a YAML library. */
export const slimCdk8s = swapModules('slim-cdk8s', {
  'node_modules/cdk8s/lib/index.js': () => "Object.assign(exports, require('./app'), require('./chart'), require('./api-object'));",
  // App.synth() would use it. The program writes YAML itself.
  'node_modules/cdk8s/lib/yaml.js': () => 'exports.Yaml = undefined;',
});

/**
 * The program patches no object. This saves no time, but one more package in the bundle: fast-json-patch is installed inside of cdk8s, where
 * package-lock.json has no checksum of it for the bill of materials.
 */
export const noJsonPatch = swapModules('no-json-patch', {
  'node_modules/cdk8s/lib/json-patch.js': () => `
    exports.JsonPatch = {
      apply(document, ...patches) {
        if (patches.length > 0) throw new Error('the program contains no JSON patches: see build/swaps/cdk8s.mjs');
        return document;
      },
    };`,
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
