const base = require('./jest.config.cjs');

/**
 * Tests against a cluster, two files at a time, each in namespaces of its own. One at a time where load would falsify a measurement:
 * with real guests, and with all the long tests.
 */
module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/cluster/**/*.cluster.ts'],
  testTimeout: 10 * 60_000,
  maxWorkers: process.env.TEST_GUESTS === '1' || process.env.ALL_CLUSTER_TESTS === '1' ? 1 : 2,
};
