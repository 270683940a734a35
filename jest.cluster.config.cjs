const base = require('./jest.config.cjs');

/** Tests against a cluster, one file at a time: what they measure and what they break is the whole of it. Thousands of VMs only when all is asked for. */
module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/cluster/**/*.cluster.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.ALL_CLUSTER_TESTS === '1' ? [] : ['/scale[.]cluster[.]ts$'])],
  testTimeout: 10 * 60_000,
  maxWorkers: 1,
};
