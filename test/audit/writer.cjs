// A process that writes a record: a number of events, or events until it is killed.
const { join } = require('node:path');
const { buildSync } = require('esbuild');

// Use the sources, because the last build may be older.
const { outputFiles } = buildSync({
  entryPoints: [join(__dirname, '../../src/audit/audit.ts')],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  write: false,
  external: ['libsql'],
});
const built = { exports: {} };
new Function('module', 'exports', 'require', outputFiles[0].text)(built, built.exports, require);
const { Audit } = built.exports;

const [file, count] = process.argv.slice(2);
const audit = new Audit({ file, warn: () => process.exit(1) });
audit.begin({ log: { command: 'run', namespace: 'ns' }, workloads: [] });
for (let written = 0; written < Number(count ?? Number.POSITIVE_INFINITY); written += 1) {
  audit.event('vm_ready', String(written));
  if (written === 10) process.send?.('ten');
}
audit.end({ status: 'success' });
process.disconnect?.();
