// Preloaded into a program that must not load the packages that only few runs need.
const Module = require('node:module');
const load = Module._load;
Module._load = function (name, ...rest) {
  if (
    [
      '@observablehq/plot',
      'ajv',
      'csv-stringify/sync',
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
      'write-excel-file/node',
      'yaml',
      'yargs',
    ].includes(name)
  )
    throw new Error(`${name} was loaded`);
  return load.call(this, name, ...rest);
};
