const base = require('./jest.config.cjs');

/** Tests that boot VMs: minutes each, two at a time. */
module.exports = { ...base, testMatch: ['<rootDir>/test/lab/boot/*.boot.ts'], testTimeout: 15 * 60_000, maxWorkers: 2 };
