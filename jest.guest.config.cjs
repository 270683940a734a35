const base = require('./jest.config.cjs');

/** Tests that boot VMs: minutes each, two at a time; alone where what they measure must be true. */
module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/lab/boot/*.boot.ts'],
  testTimeout: 15 * 60_000,
  maxWorkers: process.env.ALL_GUEST_TESTS === '1' ? 1 : 2,
};
