// The table of what was seen of each entry in `npm run test:guest -- --all`: docs/lab-report.md.
import { basename } from 'node:path';

/** Columns, and the beginning of the titles of the tests that stand in them; what begins otherwise is an effect of the workload. */
const COLUMNS = {
  effect: '',
  killed: 'killed',
  'broken twin': 'broken twin',
  reboot: 'reboot',
  'fresh root': 'fresh root',
  'bad clients': 'the health endpoint',
  'ground truth': 'ground truth',
};

/**
 * The report with the rows of the entries that ran; those of others stay as they are.
 * @param before text of the report so far
 * @param results what jest wrote as JSON
 * @param tested what stands in the last columns: date and version
 */
export function report(before, { testResults }, tested) {
  const rows = new Map(
    before
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => [/`(.+?)`/.exec(line)[1], line]),
  );
  for (const { name, assertionResults } of testResults) {
    const entry = basename(name, '.boot.ts');
    rows.set(entry, `| ${[`\`${entry}\``, ...cells(assertionResults), ...tested].join(' | ')} |`);
  }
  const head = ['entry', ...Object.keys(COLUMNS), 'date', 'QEMU'];
  return `# What the shipped entries survive

Written by \`npm run test:guest -- --all\`, whole or for some entries: how many checks of each kind were made in real VMs, and whether they all passed.
The guests are Debian 12, emulated on two CPUs. Fedora's branches of the entries are «not booted here» ([workloads.md](workloads.md)).

| ${head.join(' | ')} |
| ${head.map(() => '---').join(' | ')} |
${[...rows.values()].sort().join('\n')}

- **effect**: CPUs busy, memory held, bytes on the data disk, committed transactions, bytes between pairs, whole transfers, qdiscs, kills.
- **killed**: \`kill -9\` of each main process; back within \`RestartSec\`.
- **broken twin**: without its tool the workload does nothing; health says 503 and names the unit.
- **reboot**, **fresh root**: the same state again; the second with the old data disk under a new root disk.
- **bad clients**: the health endpoint under garbage, slow and parallel clients.
- **ground truth**: what \`/metrics\` counts agrees within 10 % over a minute with what QEMU saw.
- \`lab\` is the lab itself: a broken entry is told and why, and nothing is left after an interrupt or a kill.
`;
}

function cells(results) {
  const special = Object.values(COLUMNS).filter(Boolean);
  return Object.values(COLUMNS).map((start) =>
    cell(results.filter(({ title }) => (start ? title.startsWith(start) : !special.some((other) => title.startsWith(other))))),
  );
}

function cell(results) {
  const failed = results.filter(({ status }) => status === 'failed').length;
  if (failed > 0) return `**${failed} of ${results.length} failed**`;
  return results.length > 0 ? `${results.length} ok` : '–';
}
