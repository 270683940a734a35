import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../../support/places';
import { booted } from '../guest';
import { recordsOf } from '../records';

/** Entries that are measured together, each with one short trial, and what a trial leaves at least. */
interface Measured {
  readonly params: string;
  /** The measured VM, without its prefix. */
  readonly vm: string;
  readonly figures: readonly string[];
  readonly histograms?: readonly string[];
  readonly series?: readonly string[];
}

const USUAL: { readonly [entry: string]: Measured } = {
  database: {
    params: '{ scale-factor: 1, clients: 2, duration: 5 }',
    vm: 'database-0',
    figures: ['transactions', 'latency-mean'],
    histograms: ['transaction-latency'],
    series: ['transactions'],
  },
  tps: {
    params: '{ file-size: 1M, duration: 5 }',
    vm: 'tps-client-0',
    figures: ['transactions', 'latency-p99', 'downloads', 'download-bytes'],
    histograms: ['download-time'],
  },
};
/** With `-- --all` only: each boot takes long. */
const OTHERS: readonly { readonly [entry: string]: Measured }[] = [
  {
    network: {
      params: '{ parallel-streams: 2, test-duration: 5 }',
      vm: 'network-client-0',
      figures: ['sent-bytes', 'received-bytes'],
      series: ['sent-bytes', 'received-bytes'],
    },
    'redis-bench': {
      params: '{ trial-seconds: 5 }',
      vm: 'redis-bench-client-0',
      figures: ['requests', 'set-requests', 'get-latency-p99'],
    },
  },
  {
    disk: {
      params: '{ runtime: 5, file-size: 64M, numjobs: 1 }',
      vm: 'disk-0',
      figures: ['mixed-read-iops', 'mixed-write-iops', 'sequential-write-bytes'],
    },
    cpu: { params: '{ trial-seconds: 5 }', vm: 'cpu-0', figures: ['bogo-ops'] },
    memory: { params: '{ trial-seconds: 5, memory-percent: 30 }', vm: 'memory-0', figures: ['bogo-ops', 'stressor-bytes'] },
    sysbench: {
      params: '{ threads: 1, test-duration: 5 }',
      vm: 'sysbench-0',
      figures: ['events', 'latency-mean'],
      histograms: ['latency'],
    },
  },
];

function config(entries: { readonly [entry: string]: Measured }): string {
  const file = join(tempDir(), 'virtwork.yaml');
  const workloads = Object.entries(entries).map(([name, { params }]) => `  ${name}: { params: ${params}, trials: { short: {} } }\n`);
  writeFileSync(file, `workloads:\n${workloads.join('')}`);
  return file;
}

const groups = [USUAL, ...(process.env.ALL_GUEST_TESTS === '1' ? OTHERS : [])];

describe.each(groups.map((group) => [Object.keys(group).join(', '), group] as const))('%s', (_, group) => {
  const [first = '', ...others] = Object.keys(group);
  // A measured VM is healthy when its trials are done.
  const lab = booted(first, { flags: [...others, '--config', config(group), '--cpu-cores', '1', '--disk-size', '2Gi'] });

  test.each(Object.keys(group))('%s is measured', async (entry) => {
    const { vm, figures, histograms = [], series = [] } = group[entry] as Measured;
    const { state, records } = await recordsOf(lab, vm);
    expect(state).toMatchObject({ phase: 'finished', planned: 1, done: 1 });
    const [record] = records;
    expect(record).toMatchObject({ outcome: 'done', name: 'short', workload: entry, unit: { exit: 0 } });
    for (const key of figures) expect([key, record?.metrics?.[key]]).toEqual([key, expect.any(Number)]);
    for (const key of figures) expect(record?.metrics?.[key]).toBeGreaterThan(0);
    for (const key of histograms) expect(record?.histograms?.[key]?.count).toBeGreaterThan(0);
    for (const key of series) expect(record?.series?.[key]?.values.length).toBeGreaterThan(1);
    process.stderr.write(`${entry}: ${JSON.stringify(record?.metrics)}\n`);
  });
});
