const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/**
 * All tests have their temporary folders in this folder, which is removed at the end. Its path is short, because the length of socket
 * paths is limited.
 */
module.exports = () => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'vw-'));
};
