/** ESM-only packages that are loaded lazily; everything else in node_modules is taken as it is. */
const ESM = [
  'is-network-error',
  'p-retry',
  'unixcrypt',
  'yargs',
  'yargs-parser',
  'y18n',
  'cliui',
  'string-width',
  'strip-ansi',
  'ansi-regex',
  'ansi-styles',
  'wrap-ansi',
  'get-east-asian-width',
  'emoji-regex',
];

module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/make-temp-root.cjs',
  globalTeardown: '<rootDir>/test/support/remove-temp-root.cjs',
  transform: {
    '\\.(ts|js|mjs)$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM.join('|')})/)`, '/lib/'],
  moduleNameMapper: { '^unixcrypt$': '<rootDir>/node_modules/unixcrypt/dist/index.js' },
  modulePathIgnorePatterns: ['<rootDir>/lib/'],
};
