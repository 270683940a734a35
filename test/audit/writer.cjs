// Another process that writes a record: for ever, or a number of events.
const { join } = require('node:path');
const { Audit } = require(join(__dirname, '../../lib/src/audit/audit.js'));

const [file, count] = process.argv.slice(2);
const audit = new Audit({ file, secrets: [], warn: () => process.exit(1) });
audit.begin({ log: { command: 'run', namespace: 'ns' }, workloads: [] });
for (let written = 0; written < Number(count ?? Number.POSITIVE_INFINITY); written += 1) {
  audit.event('vm_ready', String(written));
  if (written === 10) process.send?.('ten');
}
audit.end({ status: 'success' });
process.disconnect?.();
