const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** The temporary folders of all tests lie in one, which goes with them. Its name is short: paths of sockets have to fit in it. */
module.exports = () => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'vw-'));
};
