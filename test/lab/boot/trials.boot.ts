import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result, TrialsState } from '../../../src/results/result';
import { ROOT, tempDir } from '../../support/places';
import { booted, eventually, type Lab } from '../guest';
import { recordsOf } from '../records';

/** An entry that is measured with one short trial, and what the trial leaves at least. */
interface Measured {
  /** The measured VM, without its prefix. */
  readonly vm: string;
  readonly figures: readonly string[];
  readonly histograms?: readonly string[];
  readonly series?: readonly string[];
}

const SHIPPED: { readonly [entry: string]: Measured } = {
  database: {
    vm: 'database-0',
    figures: ['transactions', 'latency-mean'],
    histograms: ['transaction-latency'],
    series: ['transactions'],
  },
  tps: {
    vm: 'tps-client-0',
    figures: ['transactions', 'latency-p99', 'downloads', 'download-bytes'],
    histograms: ['download-time'],
  },
};
const VMS = ['probe-0', 'probe-1'];
const CONFIG = ['--config', join(ROOT, 'test/lab/boot/trials.yaml'), '--catalog-dir', join(ROOT, 'test/fixtures/lab')];
/** A VM of an entry that is measured is healthy only when all of its trials are done, and some of these fail. */
const SMALL = ['--no-wait', '--cpu-cores', '1', '--disk-size', '2Gi'];

const lab = booted('probe', { flags: [...Object.keys(SHIPPED), ...CONFIG, ...SMALL] });

const fetched = (vm: string, target?: string) => recordsOf(lab, vm, target);

/** Waits for a state of the trials of a VM. The first one includes the boot. */
function reaches(vm: string, expected: Partial<TrialsState>): Promise<void> {
  return eventually(async () => expect((await fetched(vm)).state).toMatchObject(expected), 1200);
}

describe('a group of which one VM is rebooted, and then the other one is killed', () => {
  /** Of VM 0, before it is killed. */
  let kept: readonly Result[] = [];

  test(
    'all trials end on both',
    async () => {
      await reaches('probe-1', { running: '001', phase: 'running' });
      expect(lab.statusLine('probe-1')).toContain('   trial 1 of 4 (slow, repeat 1), running   ');
      lab.exec('probe-1', 'systemctl reboot --no-block; true');
      await reaches('probe-0', { running: '003', phase: 'running' });
      kept = (await fetched('probe-0')).records;
      lab.kill('probe-0');
      expect(lab.statusLine('probe-0')).toContain('   stopped   ');
      lab.restart('probe-0', '--keep-root');
      for (const vm of VMS) await reaches(vm, { phase: 'finished' });
    },
    40 * 60_000,
  );

  test.each(VMS)('each trial has one valid record on %s', async (vm) => {
    const { state, records } = await fetched(vm);
    expect(state).toMatchObject({ planned: 4, done: 2, failed: 2, left: 0, records: ['001', '002', '003', '004'], why: '' });
    expect(records.map(({ name, repeat, outcome }) => `${name} ${repeat} ${outcome}`)).toEqual([
      'slow 1 done',
      'bad 1 failed',
      'slow 2 done',
      'bad 2 failed',
    ]);
  });

  test('the VM that was rebooted runs its trial again, late, and the other one waits for it at the next', async () => {
    const { records } = await fetched('probe-1');
    // It had been there, and comes again.
    expect(records[0]?.barrier).toMatchObject({ arrived: 2, outcome: 'partial' });
    expect(records[0]?.barrier.late).toBeGreaterThan(10);
    const others = [...records.slice(1), ...(await fetched('probe-0')).records.filter(({ trial }) => trial !== '003')];
    for (const { barrier } of others) expect(barrier).toMatchObject({ expected: 2, arrived: 2, ahead: 0, outcome: 'together' });
  });

  test('the VM that was killed has its former records, and runs the others, also the one that was interrupted', async () => {
    const { records } = await fetched('probe-0');
    expect(kept.map(({ trial }) => trial)).toEqual(['001', '002']);
    expect(records.slice(0, 2)).toEqual(kept);
    const boots = records.map(({ guest }) => guest?.boot);
    expect([new Set(boots.slice(0, 2)).size, new Set(boots.slice(2)).size, new Set(boots).size]).toEqual([1, 1, 2]);
    // The other one had gone on.
    expect(records[2]?.barrier).toMatchObject({ arrived: 1, ahead: 1, outcome: 'partial' });
  });

  test('a record has what the trial left, what systemd counted, and facts about the guest', async () => {
    const { records } = await fetched('probe-1');
    for (const { outcome, metrics, seconds, unit, guest, params } of records.filter(({ name }) => name !== 'bad')) {
      expect({ outcome, exit: unit?.exit, result: unit?.result }).toEqual({ outcome: 'done', exit: 0, result: 'success' });
      expect(metrics?.rounds).toBeGreaterThan(0);
      expect(seconds).toBeGreaterThanOrEqual(Number(params.seconds) - 1);
      expect(unit?.['cpu-seconds']).toBeGreaterThan(0);
      expect(unit?.['io-write-bytes']).toBeGreaterThanOrEqual(4 << 20);
      expect(guest).toMatchObject({ os: 'debian 12', vcpus: 1, bash: expect.stringMatching(/^5\./) });
    }
    for (const { why, unit, metrics } of records.filter(({ name }) => name === 'bad')) {
      expect(why).toBe('virtwork-probe-trial.service failed: exit-code, exit 3: virtwork-probe: failing as asked to');
      expect(unit).toMatchObject({ exit: 3, result: 'exit-code' });
      expect(metrics).toBeUndefined();
    }
    const starts = records.slice(1).map(({ barrier }) => barrier.late ?? Number.NaN);
    // An emulated guest takes long to start a unit.
    for (const late of starts) expect(late).toBeLessThan(30);
    process.stderr.write(`seconds from the start of the group to that of the unit, on probe-1: ${starts.join(', ')}\n`);
  });

  test.each([
    ['probe-0', ['003', '004']],
    ['probe-1', ['001', '002', '003', '004']],
  ])('each trial was prepared: %s', (vm, trials) => {
    // A restart of the VM empties the folder.
    expect(lab.exec(vm, 'cat /run/prepared').split('\n')).toEqual(trials);
  });

  test('the VM is not healthy, because a trial failed, and the metrics and the lab say so', async () => {
    const vm = lab.vms().find(({ name }) => name === 'virtwork-probe-0');
    expect(vm).toMatchObject({ state: 'measured', trials: { planned: 4, done: 2, failed: 2 } });
    expect(vm?.health).toMatchObject({ status: 503, text: expect.stringMatching(/^FAIL virtwork-trials\.service: failed/m) });
    expect(lab.statusLine('probe-0')).toContain('   measured: 4 of 4 records, 2 failed   ');
    expect(lab.logs('probe-0')).toContain('virtwork-probe: failing as asked to');
    expect(await lab.metrics('probe-0')).toMatchObject({
      virtwork_trials_planned: 4,
      virtwork_trials_done: 2,
      virtwork_trials_failed: 2,
      'virtwork_unit_active{unit="virtwork-trials.service"}': 0,
    });
  });

  test('later records can be fetched alone', async () => {
    expect((await fetched('probe-1', '/results/3')).records.map(({ trial }) => trial)).toEqual(['003', '004']);
    expect((await fetched('probe-1', '/results/5')).records).toEqual([]);
  });
});

test.each(Object.keys(SHIPPED))('%s is measured', async (entry) => {
  const { vm } = SHIPPED[entry] as Measured;
  await reaches(vm, { phase: 'finished' });
  await isMeasured(lab, entry, SHIPPED[entry] as Measured);
  await eventually(() => expect(lab.statusLine(vm)).toContain('   healthy, measured: 1 of 1 records   '));
});

async function isMeasured(booted: Lab, entry: string, { vm, figures, histograms = [], series = [] }: Measured): Promise<void> {
  const { state, records } = await recordsOf(booted, vm);
  expect(state).toMatchObject({ phase: 'finished', planned: 1, done: 1 });
  const [record] = records;
  expect(record).toMatchObject({ outcome: 'done', name: 'short', workload: entry, unit: { exit: 0 } });
  for (const key of figures) expect([key, record?.metrics?.[key]]).toEqual([key, expect.any(Number)]);
  for (const key of figures) expect(record?.metrics?.[key]).toBeGreaterThan(0);
  for (const key of histograms) expect(record?.histograms?.[key]?.count).toBeGreaterThan(0);
  for (const key of series) expect(record?.series?.[key]?.values.length).toBeGreaterThan(1);
  process.stderr.write(`${entry}: ${JSON.stringify(record?.metrics)}\n`);
}

/** With `-- --all` only: each boot takes long. */
const OTHERS: readonly { readonly [entry: string]: Measured & { readonly params: string } }[] = [
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

function configOf(entries: { readonly [entry: string]: { readonly params: string } }): string {
  const file = join(tempDir(), 'virtwork.yaml');
  const workloads = Object.entries(entries).map(([name, { params }]) => `  ${name}: { params: ${params}, trials: { short: {} } }\n`);
  writeFileSync(file, `workloads:\n${workloads.join('')}`);
  return file;
}

if (process.env.ALL_GUEST_TESTS === '1') {
  describe.each(OTHERS.map((group) => [Object.keys(group).join(', '), group] as const))('%s', (_, group) => {
    const [first = '', ...others] = Object.keys(group);
    // A measured VM is healthy when its trials are done.
    const together = booted(first, { flags: [...others, '--config', configOf(group), '--cpu-cores', '1', '--disk-size', '2Gi'] });

    test.each(Object.keys(group))('%s is measured', (entry) => isMeasured(together, entry, group[entry] as Measured));
  });
}
