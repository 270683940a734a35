const base = require('./jest.config.cjs');

/** Tests against a cluster, one file at a time: what they measure and what they break is the whole of it. */
module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/cluster/**/*.cluster.ts'],
  testTimeout: 10 * 60_000,
  maxWorkers: 1,
};
