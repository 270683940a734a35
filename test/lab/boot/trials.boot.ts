import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrialsState } from '../../../src/results/result';
import { ROOT, tempDir } from '../../support/places';
import { booted, eventually } from '../guest';
import { recordsOf } from '../records';

const CONFIG = `workloads:
  probe:
    vm_count: 2
    trials:
      short: { seconds: 3 }
      bad: { mode: fail }
      slow: { mode: slow, seconds: 40 }
    repeats: 2
`;
/** A VM of an entry that is measured is healthy only when all of its trials are done, and one of these fails. */
const FLAGS = ['--no-wait', '--cpu-cores', '1', '--catalog-dir', join(ROOT, 'test/fixtures/lab')];
const VMS = ['probe-0', 'probe-1'];

function config(): string {
  const file = join(tempDir(), 'virtwork.yaml');
  writeFileSync(file, CONFIG);
  return file;
}

const lab = booted('probe', { memory: '512Mi', flags: [...FLAGS, '--config', config()] });

const fetched = (vm: string, target?: string) => recordsOf(lab, vm, target);

/** Waits for a state of the trials of a VM. The first one includes the boot. */
function reaches(vm: string, expected: Partial<TrialsState>): Promise<void> {
  return eventually(async () => expect((await fetched(vm)).state).toMatchObject(expected), 1200);
}

test(
  'a VM that restarts in the middle of a trial resumes, and the others wait for it',
  async () => {
    await reaches('probe-1', { running: '003', phase: 'running' });
    lab.exec('probe-1', 'systemctl reboot --no-block; true');
    for (const vm of VMS) await reaches(vm, { phase: 'finished' });
    const [first, second] = await Promise.all([fetched('probe-0'), fetched('probe-1')]);
    for (const { state, records } of [first, second]) {
      expect(state).toMatchObject({
        planned: 6,
        done: 4,
        failed: 2,
        left: 0,
        records: ['001', '002', '003', '004', '005', '006'],
        why: '',
      });
      expect(records.map(({ name, repeat, outcome }) => `${name} ${repeat} ${outcome}`)).toEqual([
        'short 1 done',
        'bad 1 failed',
        'slow 1 done',
        'short 2 done',
        'bad 2 failed',
        'slow 2 done',
      ]);
    }
    const boots = second.records.map(({ guest }) => guest?.boot);
    expect([new Set(boots.slice(0, 2)).size, new Set(boots.slice(2)).size, new Set(boots).size]).toEqual([1, 1, 2]);
    const starts = second.records.map(({ barrier }) => barrier);
    // It had been there, and comes again late.
    expect(starts[2]).toMatchObject({ arrived: 2, outcome: 'partial' });
    expect(starts[2]?.late).toBeGreaterThan(10);
    for (const { barrier } of [...first.records, ...second.records.filter(({ trial }) => trial !== '003')]) {
      expect(barrier).toMatchObject({ expected: 2, arrived: 2, ahead: 0, outcome: 'together' });
    }
  },
  40 * 60_000,
);

test('a record has what the trial left, what systemd counted, and facts about the guest', async () => {
  const { records } = await fetched('probe-0');
  for (const { outcome, metrics, seconds, unit, guest, barrier, params } of records.filter(({ name }) => name !== 'bad')) {
    expect({ outcome, exit: unit?.exit, result: unit?.result }).toEqual({ outcome: 'done', exit: 0, result: 'success' });
    expect(metrics?.rounds).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThanOrEqual(Number(params.seconds) - 1);
    expect(unit?.['cpu-seconds']).toBeGreaterThan(0);
    expect(unit?.['io-write-bytes']).toBeGreaterThanOrEqual(4 << 20);
    expect(guest).toMatchObject({ os: 'debian 12', vcpus: 1, bash: expect.stringMatching(/^5\./) });
    // An emulated guest takes long to start a unit.
    expect(barrier.late).toBeLessThan(30);
  }
  for (const { why, unit, metrics } of records.filter(({ name }) => name === 'bad')) {
    expect(why).toBe('virtwork-probe-trial.service failed: exit-code, exit 3: virtwork-probe: failing as asked to');
    expect(unit).toMatchObject({ exit: 3, result: 'exit-code' });
    expect(metrics).toBeUndefined();
  }
  const starts = records.map(({ barrier }) => `${barrier.late} s`).join(', ');
  process.stderr.write(`seconds from the start of the group to that of the unit, on probe-0: ${starts}\n`);
});

test('each trial was prepared', () => {
  // The folder is emptied by the restart of the VM.
  expect(lab.exec('probe-0', 'cat /run/prepared').split('\n')).toEqual(['001', '002', '003', '004', '005', '006']);
});

test('the VM is not healthy, because a trial failed, and the metrics say so', async () => {
  const [vm] = lab.vms();
  expect(vm?.health).toMatchObject({ status: 503, text: expect.stringMatching(/^FAIL virtwork-trials\.service: failed/m) });
  expect(await lab.metrics('probe-0')).toMatchObject({
    virtwork_trials_planned: 6,
    virtwork_trials_done: 4,
    virtwork_trials_failed: 2,
    'virtwork_unit_active{unit="virtwork-trials.service"}': 0,
  });
});

test('later records can be fetched alone', async () => {
  expect((await fetched('probe-1', '/results/5')).records.map(({ trial }) => trial)).toEqual(['005', '006']);
  expect((await fetched('probe-1', '/results/7')).records).toEqual([]);
});
