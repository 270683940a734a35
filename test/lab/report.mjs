// Writes docs/lab-report.md: the results of `npm run test:guest -- --all` for each entry.
import { basename } from 'node:path';

/** Columns, and how the titles of their tests begin. All other tests check an effect of the workload. */
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
 * The report with new rows for the entries that ran. Rows of other entries do not change.
 * @param before text of the current report
 * @param results JSON output of Jest
 * @param tested values of the last columns: date and version
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

This report shows which checks the shipped entries passed in real VMs.
\`npm run test:guest -- --all\` writes it, for all entries or for some.

Each cell has the number of checks of that kind, and whether all of them passed.
The guests run Debian 12, emulated on two CPUs.
The Fedora branches of the entries were not booted ([workloads](workloads.md#what-was-tested)).

| ${head.join(' | ')} |
| ${head.map(() => '---').join(' | ')} |
${[...rows.values()].sort().join('\n')}

- **effect**: the workload does its work. CPUs are busy, memory is used, bytes reach the data disk, transactions are committed, bytes flow
  between pairs, transfers are complete, qdiscs are set, processes are killed.
- **killed**: each main process gets \`kill -9\` and is back within \`RestartSec\`.
- **broken twin**: without its tool the workload does nothing, and the health endpoint returns 503 and names the unit.
- **reboot**: the VM has the same state after a reboot.
- **fresh root**: the VM has the same state with its old data disk and a new root disk.
- **bad clients**: the health endpoint withstands garbage and slow and parallel clients.
- **ground truth**: the counters in \`/metrics\` agree within 10 % over a minute with what QEMU measured.
- The row \`lab\` is the lab itself: it reports a broken entry and why, and leaves nothing after an interrupt or a kill.
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
