import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../src/cli/context';
import { progress, verdict } from '../../src/cli/lab/show';
import type { LabVm } from '../../src/lab/folder';
import { NO_ANSWER } from '../../src/lab/health';
import { type Standing, waitHealthy } from '../../src/lab/standing';
import type { TrialsState } from '../../src/results/result';
import { type Guest, labOf } from '../support/fake-lab';
import { member, state } from '../support/trial-records';

// Each test starts several processes.
jest.setTimeout(60_000);

const NAMES = ['random-4k', 'log', 'random-4k', 'log'];
const WORKS = 'ok   virtwork-a.service: active (running)';
const trialsUnit = (said: string) => `virtwork-trials.service: ${said}`;
const RUNS = `FAIL ${trialsUnit('activating (start), result success')}`;
const FAILED = `FAIL ${trialsUnit('failed (failed), result exit-code')}`;
const DONE = `ok   ${trialsUnit('finished')}`;

/** A measured guest: what its health endpoint says, and its state; undefined: it has none yet. */
function guest(lines: readonly string[], trials?: Partial<TrialsState>): Guest {
  return (path) => {
    const isHealthy = lines.every((line) => line.startsWith('ok '));
    if (path === '/healthz') return { status: isHealthy ? 200 : 503, type: 'text/plain', body: `${lines.join('\n')}\n` };
    // The records are not asked for.
    if (path !== '/results/1000') return { status: 404, type: 'text/plain', body: 'Not Found\n' };
    return trials ? { body: member(state({ vm: 'a-0', planned: 4, ...trials })) } : { status: 503, type: 'text/plain', body: 'no\n' };
  };
}

const TWO = ['001', '002'];
const ALL = ['001', '002', '003', '004'];

test.each<[string, Guest, string, string]>([
  ['runs a trial', guest([WORKS, RUNS], { records: TWO }), 'measuring', 'trial 3 of 4 (random-4k, repeat 2), running'],
  [
    'waits at the barrier, after a failure',
    guest([RUNS], { records: TWO, failed: 1, phase: 'barrier' }),
    'measuring',
    'trial 3 of 4 (random-4k, repeat 2), at the barrier, 1 failed',
  ],
  ['is between two trials', guest([RUNS], { records: TWO, running: null, phase: 'settling' }), 'measuring', '2 of 4 records, settling'],
  [
    'waits for its packages',
    guest([RUNS], { records: [], running: null, phase: 'waiting', why: 'waiting for the package with jq' }),
    'measuring',
    '0 of 4 records, waiting: waiting for the package with jq',
  ],
  [
    'is asked while systemd is slow',
    guest([`FAIL ${trialsUnit('no answer from systemd')}`, 'FAIL virtwork-a.service: no answer from systemd'], { records: TWO }),
    'measuring',
    'trial 3 of 4 (random-4k, repeat 2), running',
  ],
  ['has failed in a trial', guest([WORKS, FAILED], { records: ALL, failed: 1 }), 'measured', 'measured: 4 of 4 records, 1 failed'],
  [
    'cannot write a record',
    guest([FAILED], { records: TWO, running: null, phase: 'finished', why: 'cannot write the record of trial 003' }),
    'measured',
    'measured: 2 of 4 records: cannot write the record of trial 003',
  ],
  ['is done', guest([DONE], { records: ALL }), 'healthy', 'healthy, measured: 4 of 4 records'],
  ['has recorded all, and ends', guest([RUNS], { records: ALL }), 'measuring', 'measured: 4 of 4 records'],
  [
    'has another unit that fails',
    guest(['FAIL virtwork-a.service: failed (failed)', RUNS], { records: TWO }),
    'unhealthy',
    'unhealthy, trial 3 of 4 (random-4k, repeat 2), running',
  ],
  [
    'no longer runs its trials',
    guest([WORKS, FAILED], { records: TWO }),
    'unhealthy',
    'unhealthy, trial 3 of 4 (random-4k, repeat 2), running',
  ],
  ['has no state yet', guest([RUNS]), 'unhealthy', 'unhealthy'],
  ['has the state of another VM', guest([RUNS], { vm: 'a-1' }), 'unhealthy', 'unhealthy'],
  ['is not measured', guest([WORKS]), 'healthy', 'healthy'],
])('lab status of a VM that %s', async (_, answers, expected, shown) => {
  const { virtwork } = await labOf({ 'a-0': answers }, { trialNames: NAMES });
  const { stdout } = await virtwork('lab status');
  expect(stdout.split('\n')[1]?.split(/ {3,}/)[1]).toBe(shown);
  const { vms } = JSON.parse((await virtwork('lab status -o json')).stdout) as { vms: { state: string; trials?: object }[] };
  expect(vms[0]?.state).toBe(expected);
  expect(vms[0]?.trials !== undefined).toBe(shown.includes(' of '));
});

describe('the wait of lab up', () => {
  const patience = { settle: 0, report: () => undefined, signal: new AbortController().signal };
  const said = async (guests: Parameters<typeof labOf>[0], timeout: number) => {
    const { folder } = await labOf(guests, { trialNames: NAMES });
    const standings = await waitHealthy(folder.list(), { ...patience, timeout });
    const errors: string[] = [];
    const log = { error: (text: string) => errors.push(text) } as unknown as Log;
    return { code: verdict(standings, log, () => 'do this'), errors };
  };

  test('ends when all trials have ended, and some have failed', async () => {
    expect(await said({ 'a-0': guest([WORKS, FAILED], { records: ALL, failed: 1 }), 'b-0': guest([WORKS]) }, 600_000)).toEqual({
      code: 1,
      errors: ['a-0 is measured: 4 of 4 records, 1 failed\n  hint: do this'],
    });
  });

  test('does not end while another VM may become healthy', async () => {
    let isReady = false;
    setTimeout(() => {
      isReady = true;
    }, 1500);
    const late: Guest = (path) => guest([isReady ? WORKS : 'FAIL virtwork-a.service: activating'])(path);
    await said({ 'a-0': guest([FAILED], { records: ALL, failed: 1 }), 'b-0': late }, 600_000);
    expect(isReady).toBe(true);
  });

  test('ends at its time limit while trials run', async () => {
    expect(await said({ 'a-0': guest([RUNS], { records: TWO }) }, 1)).toEqual({
      code: 3,
      errors: ['a-0 is at trial 3 of 4 (random-4k, repeat 2), running\n  hint: do this'],
    });
  });
});

test('progress has one line for each trial, and says how it ends', () => {
  const lines: string[] = [];
  const report = progress({ info: (text: string) => lines.push(text.replace(/^ *\d+ s +/, '')) } as unknown as Log);
  const at = (more: Partial<TrialsState>, vmState: Standing['state'] = 'measuring') =>
    report([
      {
        vm: { name: 'a-0', trialNames: NAMES } as unknown as LabVm,
        state: vmState,
        health: NO_ANSWER,
        trials: state({ planned: 4, ...more }),
      },
    ]);
  at({ records: [], running: null, phase: 'waiting' });
  for (const records of [[], ['001']]) {
    for (const phase of ['preparing', 'barrier', 'running'] as const) at({ records, phase });
    at({ records: [...records, '002'], running: null, phase: 'settling' });
  }
  at({ records: ALL, failed: 1 }, 'measured');
  expect(lines).toEqual([
    'a-0 is at 0 of 4 records, waiting',
    'a-0 is at trial 1 of 4 (random-4k, repeat 1), preparing',
    'a-0 is at trial 2 of 4 (log, repeat 1), preparing',
    'a-0 is measured: 4 of 4 records, 1 failed',
  ]);
});

test('the names of trials may be unknown', async () => {
  const { virtwork } = await labOf({ 'a-0': guest([RUNS], { records: TWO }) });
  expect((await virtwork('lab status')).stdout).toContain('   trial 3 of 4, running   ');
});

test('lab restart starts a VM again with the same root disk', async () => {
  const { virtwork, home } = await labOf({ 'a-0': guest([DONE]) });
  const root = join(home, 'lab/vms/a-0/root.qcow2');
  writeFileSync(root, 'kept');
  const before = pidOf(home);
  expect(await virtwork('lab restart --keep-root')).toMatchObject({ status: 0, stdout: expect.stringContaining('booting') });
  expect(readFileSync(root, 'utf8')).toBe('kept');
  expect(pidOf(home)).not.toBe(before);
  process.kill(pidOf(home), 'SIGKILL');
});

function pidOf(home: string): number {
  return (JSON.parse(readFileSync(join(home, 'lab/vms/a-0/vm.json'), 'utf8')) as { pid: number }).pid;
}
