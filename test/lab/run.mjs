// Boots the shipped workloads in the lab. With --all everything that they have to survive, one after the other, and a report of it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const given = process.argv.slice(2);
const all = given.includes('--all');
const results = join(mkdtempSync(join(tmpdir(), 'virtwork-guests-')), 'results.json');
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/jest/bin/jest.js'),
    ...['-c', 'jest.guest.config.cjs'],
    ...(all ? ['--json', `--outputFile=${results}`] : []),
    ...given.filter((word) => word !== '--all'),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...(all ? { ALL_GUEST_TESTS: '1' } : {}) } },
);
if (all) writeFileSync(join(root, 'docs/lab-report.md'), report(JSON.parse(readFileSync(results, 'utf8'))));
process.exitCode = status ?? 1;

function report({ testResults, startTime }) {
  const version = (command, ...args) => spawnSync(command, args, { encoding: 'utf8' }).stdout.split('\n')[0].trim();
  const rows = testResults
    .flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ title, status, duration }) => [
        basename(name, '.boot.ts'),
        title.replaceAll('|', '\\|'),
        status,
        duration ? Math.round(duration / 1000) : '',
      ]),
    )
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `# The last run of \`npm run test:guest -- --all\`

${new Date(startTime).toISOString().slice(0, 10)}, ${version('qemu-system-x86_64', '--version')}, software emulation unless the host has KVM, Debian 12 guests.
Written by the run itself. Fedora's branches of the entries are linted and tested with a stub root, and not booted here.

| entry | what | result | seconds |
| --- | --- | --- | --- |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`;
}
