import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadPlan } from '../../src/load-plan';
import type { RolePlan } from '../../src/plan/plan';
import type { Result } from '../../src/results/result';
import { validate as validateResult } from '../../src/results/result-validator';
import { validate as validateState } from '../../src/results/state-validator';
import { readMetrics } from '../lab/guest';
import { eventually } from '../support/eventually';
import { ROOT, tempDir } from '../support/places';
import { ended, run, start } from '../support/run';
import { scratchRoot } from '../support/scratch-root';
import { shellcheckFindings } from '../support/shellcheck';
import { needs } from '../support/tools';
import { TrialGuest } from '../support/trial-guest';
import { PLAN } from '../support/trial-records';

// Each boot starts many processes.
jest.setTimeout(180_000);

// The scripts write JSON with jq.
const check = needs('jq');

/** A script of a trial that leaves these bytes. */
function leaves(text: string): string {
  return `cat >"$VIRTWORK_RESULT" <<'END'\n${text}\nEND`;
}

const GOOD = leaves('{"metrics": {"ops": 5}}');

/** Every record and the state must be valid, whatever happens. */
function expectValid(guest: TrialGuest): void {
  expect(guest.records().flatMap(validateResult)).toEqual([]);
  expect(validateState(guest.state())).toEqual([]);
}

check('trials run in order, and each leaves a record', () => {
  const guest = new TrialGuest({ trials: ['b', 'a'] });
  guest.trial(
    leaves(
      '{"metrics": {"ops": 5}, "guest": {"tool": "1.2", "os": "forged"}, "job": "do it", "raw": [null], "series": {"ops": {"every": 1, "values": [1, 2]}}}',
    ),
  );
  expect(guest.run()).toMatchObject({ status: 0, stderr: '' });
  expectValid(guest);
  expect(readdirSync(join(guest.dir, 'results'))).toEqual(['001-b-r1.json.gz', '002-a-r1.json.gz']);
  const [first, second] = guest.records();
  expect(first).toMatchObject({
    plan: PLAN,
    group: 'x',
    trial: '001',
    name: 'b',
    repeat: 1,
    vm: 'virtwork-x-0',
    index: 0,
    workload: 'x',
    role: 'workload',
    run: '11111111-1111-4111-8111-111111111111',
    params: { 'block-size': '4k', profile: 'b' },
    outcome: 'done',
    why: '',
    barrier: { expected: 1, outcome: 'none' },
    metrics: { ops: 5 },
    job: 'do it',
    raw: [null],
    series: { ops: { every: 1, values: [1, 2] } },
    unit: { 'cpu-seconds': 1.23456789, exit: 0, result: 'success' },
    guest: { tool: '1.2' },
  });
  expect(first?.guest).toMatchObject({ vcpus: expect.any(Number), 'memory-bytes': expect.any(Number), kernel: expect.any(String) });
  expect(first?.guest?.os).not.toBe('forged');
  expect(first?.seconds).toBeGreaterThan(0);
  expect(second).toMatchObject({ trial: '002', name: 'a', params: { 'block-size': '4k', profile: 'a' } });
  expect(guest.state()).toMatchObject({
    planned: 2,
    done: 2,
    failed: 0,
    left: 0,
    running: null,
    phase: 'finished',
    records: ['001', '002'],
  });
});

check('each record is one line of JSON, in one gzip member', () => {
  const guest = new TrialGuest();
  guest.run();
  const bytes = gunzipSync(readFileSync(join(guest.dir, 'results/001-only-r1.json.gz'))).toString();
  expect(bytes.split('\n')).toEqual([expect.stringMatching(/^\{.*\}$/), '']);
});

describe('the window of a trial', () => {
  const script = `read -r from _ </proc/uptime; sleep 0.25; read -r to _ </proc/uptime
    printf '{"metrics": {"n": 1}, "window": {"from": %s, "to": %s}, "job": "%s %s"}' "$from" "$to" "$from" "$to" >"$VIRTWORK_RESULT"`;

  check('is kept as seconds since the start of the group', () => {
    const guest = new TrialGuest({ prepare: 'sleep 0.3' }).trial(script);
    expect(guest.run()).toMatchObject({ status: 0 });
    expectValid(guest);
    const [record] = guest.records();
    const [from = Number.NaN, to = Number.NaN] = record?.job?.split(' ').map(Number) ?? [];
    const { window, barrier } = record as Required<Pick<Result, 'window' | 'barrier'>>;
    expect(window.seconds).toBeCloseTo(to - from, 3);
    // After the start of the unit.
    expect(window.from).toBeGreaterThan((barrier.late as number) - 0.02);
    expect(window.from + window.seconds).toBeLessThan((barrier.late as number) + (record?.seconds as number) + 0.02);
  });

  check('counts from the start of the unit where that of the group is not known', () => {
    const guest = new TrialGuest({ expected: 2, index: 1, leader: 'localhost', port: 1, barrierTimeout: 1 }).trial(script);
    expect(guest.run()).toMatchObject({ status: 0 });
    expectValid(guest);
    const [record] = guest.records();
    expect(record?.barrier).toMatchObject({ outcome: 'alone' });
    expect(record?.window?.from).toBeGreaterThan(-0.02);
    expect(record?.window?.from).toBeLessThan((record?.seconds as number) - 0.2);
  });

  check('of a trial that failed is kept too', () => {
    const guest = new TrialGuest().trial(`${script}; exit 3`);
    guest.run();
    expectValid(guest);
    expect(guest.records()).toMatchObject([{ outcome: 'failed', window: { seconds: expect.any(Number) } }]);
  });
});

check('a trial gets its variables', () => {
  const guest = new TrialGuest({ trials: ['a-b'] });
  const names = [
    'PARAM_PROFILE',
    'PARAM_BLOCK_SIZE',
    'VIRTWORK_TRIAL',
    'VIRTWORK_TRIAL_NAME',
    'VIRTWORK_REPEAT',
    'VIRTWORK_GROUP',
    'VIRTWORK_RUN_ID',
  ];
  guest.trial(`printf '{"metrics": {"n": 1}, "job": "%s"}' "${names.map((name) => `$${name}`).join(' ')}" >"$VIRTWORK_RESULT"`);
  guest.run();
  expect(guest.records()[0]?.job).toBe('a-b 4k 001 a-b 1 x 11111111-1111-4111-8111-111111111111');
});

describe('a trial', () => {
  check.each<[string, string, object, RegExp]>([
    ['that fails', 'exit 3', { outcome: 'failed', unit: { exit: 3, result: 'exit-code' } }, /failed: exit-code, exit 3: its last line$/],
    [
      'that fails with a result',
      `${GOOD}\nexit 4`,
      { outcome: 'failed', metrics: { ops: 5 }, unit: { exit: 4 } },
      /exit 4: its last line$/,
    ],
    ['that fails with a result without metrics', `${leaves('{"job": "x"}')}\nexit 4`, { outcome: 'failed', job: 'x' }, /exit 4/],
    ['that fails with garbage', `${leaves('{')}\nexit 4`, { outcome: 'failed' }, /exit 4: its last line; result\.json: must be JSON/],
    ['that reaches its time limit', `${GOOD}\nsleep 30`, { outcome: 'timeout', metrics: { ops: 5 } }, /reached its time limit of 2 s$/],
    ['that leaves nothing', 'true', { outcome: 'no-result' }, /^the trial left no result\.json$/],
    ['that leaves an empty file', leaves(''), { outcome: 'no-result' }, /must be one JSON object, got 0 JSON values$/],
    ['that leaves garbage', leaves('garbage'), { outcome: 'no-result' }, /must be JSON: /],
    ['that leaves half a result', leaves('{"metrics": {"ops": 5}'), { outcome: 'no-result' }, /must be JSON: /],
    [
      'that leaves bytes',
      'head -c 3000 /dev/urandom >"$VIRTWORK_RESULT"',
      { outcome: 'no-result' },
      /^result\.json: must be JSON: [ -~]*$/,
    ],
    ['that leaves two results', leaves('{"metrics": {"a": 1}} {"metrics": {"a": 1}}'), { outcome: 'no-result' }, /got 2 JSON values$/],
    ['that leaves a list', leaves('[1]'), { outcome: 'no-result' }, /must be a JSON object, got array$/],
    [
      'that leaves 2 MiB',
      'printf \'{"metrics": {"ops": 1}, "job": "%s"}\' "$(head -c 2097152 /dev/zero | tr "\\0" x)" >"$VIRTWORK_RESULT"',
      { outcome: 'no-result' },
      /must have at most 1048576 bytes$/,
    ],
    ['that leaves a link', 'ln -s /etc/passwd "$VIRTWORK_RESULT"', { outcome: 'no-result' }, /is a symbolic link$/],
    ['that leaves a folder', 'mkdir "$VIRTWORK_RESULT"', { outcome: 'no-result' }, /is not a regular file$/],
    ['that leaves a pipe', 'mkfifo "$VIRTWORK_RESULT"', { outcome: 'no-result' }, /is not a regular file$/],
    ['without metrics', leaves('{}'), { outcome: 'no-result' }, /metrics: must have at least one number$/],
    ['with empty metrics', leaves('{"metrics": {}}'), { outcome: 'no-result' }, /metrics: must have at least one number$/],
    ['with NaN', leaves('{"metrics": {"ops": NaN}}'), { outcome: 'no-result' }, /result\.json: /],
    ['with nan', leaves('{"metrics": {"ops": nan}}'), { outcome: 'no-result' }, /result\.json: /],
    [
      'with a string as a metric',
      leaves('{"metrics": {"ops": "5"}}'),
      { outcome: 'no-result' },
      /metrics\.ops: must be a finite number, got "5"$/,
    ],
    [
      'with a null metric',
      leaves('{"metrics": {"ops": null}}'),
      { outcome: 'no-result' },
      /metrics\.ops: must be a finite number, got null$/,
    ],
    ['with a bad key', leaves('{"metrics": {"Ops/s": 5}}'), { outcome: 'no-result' }, /the key "Ops\/s" must match/],
    ['with a line break after a key', leaves('{"metrics": {"ops\\n": 5}}'), { outcome: 'no-result' }, /the key "ops\\n" must match/],
    ['with an unknown field', leaves('{"metrics": {"a": 5}, "histogram": {}}'), { outcome: 'no-result' }, /unknown field "histogram"$/],
    [
      'with a bad histogram',
      leaves('{"metrics": {"a": 5}, "histograms": {"l": {"unit": "s", "count": 1}}}'),
      { outcome: 'no-result' },
      /histograms\.l: must be a histogram/,
    ],
    [
      'with a bad bin',
      leaves('{"metrics": {"a": 5}, "histograms": {"l": {"unit": "s", "count": 1, "bins": [[1, 0.5]]}}}'),
      { outcome: 'no-result' },
      /histograms\.l: must be a histogram/,
    ],
    [
      'with a null minimum of a histogram',
      leaves('{"metrics": {"a": 5}, "histograms": {"l": {"unit": "s", "count": 0, "min": null, "bins": []}}}'),
      { outcome: 'no-result' },
      /histograms\.l: must be a histogram/,
    ],
    [
      'with a null unit of a series',
      leaves('{"metrics": {"a": 5}, "series": {"l": {"unit": null, "every": 1, "values": []}}}'),
      { outcome: 'no-result' },
      /series\.l: must be a series/,
    ],
    [
      'with a bad series',
      leaves('{"metrics": {"a": 5}, "series": {"l": {"every": 0, "values": []}}}'),
      { outcome: 'no-result' },
      /series\.l: must be a series/,
    ],
    ['with a bad fact', leaves('{"metrics": {"a": 5}, "guest": {"disk": [1]}}'), { outcome: 'no-result' }, /guest\.disk: must be a fact/],
    ['with a job that is no string', leaves('{"metrics": {"a": 5}, "job": 1}'), { outcome: 'no-result' }, /job: must be a string$/],
    ...[
      'null',
      '[1, 2]',
      '{"from": 1}',
      '{"from": "1", "to": 2}',
      '{"from": 1, "to": null}',
      '{"from": 1, "to": NaN}',
      '{"from": 2, "to": 1}',
      '{"from": 1, "to": 1}',
      '{"from": 1, "to": 2, "seconds": 1}',
    ].map((window): [string, string, object, RegExp] => [
      `with the window ${window}`,
      leaves(`{"metrics": {"a": 5}, "window": ${window}}`),
      { outcome: 'no-result' },
      /result\.json: window: must (not be null|be \{from, to\}: two uptimes in seconds, to after from)$/,
    ]),
    ...['{"from": 0.5, "to": 2}', '{"from": 1764061200.1, "to": 1764061205.2}'].map((window): [string, string, object, RegExp] => [
      `with the window ${window}, outside of its run`,
      leaves(`{"metrics": {"a": 5}, "window": ${window}}`),
      { outcome: 'no-result' },
      /window: must be within the run of the unit, from uptime [0-9.]+ to [0-9.]+ s, got [0-9.]+ to [0-9.]+$/,
    ]),
  ])('%s', (_, script, expected, why) => {
    const guest = new TrialGuest({ limit: 2 }).trial(script);
    expect(guest.run()).toMatchObject({ status: 1 });
    expectValid(guest);
    expect(guest.records()).toMatchObject([{ ...expected, why: expect.stringMatching(why) }]);
    expect(guest.state()).toMatchObject({ planned: 1, done: 0, failed: 1, left: 0, phase: 'finished', why: '' });
  });

  check.each([
    ['a histogram', '{"metrics": {"a": 5}, "histograms": {"l": {"unit": "ns", "count": 3, "sum": 7.5, "bins": [[1, 1], [2.5, 2]]}}}'],
    ['numbers of any size', '{"metrics": {"a": -1e-9, "b": 0, "c": 1e18}}'],
    ['the name of a disk', '{"metrics": {"a": 5}, "guest": {"disk": "sda"}}'],
    ['facts about a disk', '{"metrics": {"a": 5}, "guest": {"disk": {"bytes": 1, "cache": "write back"}, "ssl": false}}'],
  ])('may leave %s', (_, text) => {
    const guest = new TrialGuest().trial(leaves(text));
    expect(guest.run()).toMatchObject({ status: 0 });
    expectValid(guest);
    expect(guest.records()).toMatchObject([{ outcome: 'done', ...(JSON.parse(text) as object) }]);
  });

  check('that fails does not stop the others, and the run fails', () => {
    const guest = new TrialGuest({ trials: ['a', 'bad', 'c'] }).trial(`[[ $VIRTWORK_TRIAL_NAME != bad ]] || exit 1\n${GOOD}`);
    const { status, stderr } = guest.run();
    expect(status).toBe(1);
    expect(stderr).toMatch(/not all trials are done: 002 failed$/m);
    expect(guest.records().map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'done']);
    expect(guest.state()).toMatchObject({ planned: 3, done: 2, failed: 1, left: 0, phase: 'finished' });
    const metrics = readMetrics(readFileSync(join(guest.dir, 'run/metrics/trials.prom'), 'utf8'));
    expect(metrics).toEqual({ virtwork_trials_planned: 3, virtwork_trials_done: 2, virtwork_trials_failed: 1 });
  });

  check('that systemd cannot start has the reason of systemd', () => {
    const guest = new TrialGuest().trial('exit 1');
    const systemctl = readFileSync(join(guest.dir, 'bin/systemctl'), 'utf8');
    guest.write('bin/systemctl', systemctl.replace('result=exit-code', 'result=resources'), 0o755);
    const said = ["x.service: Failed to run 'start' task: No space left on device", "x.service: Failed with result 'resources'."];
    guest.write(
      'bin/journalctl',
      `#!/bin/bash\n[[ \${*: -1} != INVOCATION_ID=* ]] || printf '%s\\n' ${said.map((line) => `"${line}"`).join(' ')}\n`,
      0o755,
    );
    guest.run();
    const why = "virtwork-x-trial.service failed: resources, exit 1: Failed to run 'start' task: No space left on device";
    expect(guest.records()).toMatchObject([{ outcome: 'failed', why }]);
  });

  check('finds nothing of an earlier one', () => {
    const guest = new TrialGuest({ trials: ['a', 'b'] }).trial(
      `[[ $VIRTWORK_TRIAL_NAME == a ]] || exit 0\n${GOOD}\necho >"\${VIRTWORK_RESULT%/*}/more"`,
    );
    guest.run();
    expect(guest.records().map(({ outcome }) => outcome)).toEqual(['done', 'no-result']);
    expect(readdirSync(join(guest.dir, 'run/trial'))).toEqual(['env']);
  });

  check('whose unit cannot be started is not mistaken for the one before', () => {
    const guest = new TrialGuest({ trials: ['a', 'b'] }).trial(`${GOOD}\nrm "$FAKE_UNITS/virtwork-x-trial.service"`);
    guest.run();
    expect(guest.records().map(({ outcome }) => outcome)).toEqual(['done', 'failed']);
    const failed = guest.records()[1];
    expect(failed?.why).toBe(
      'virtwork-x-trial.service was not started: Failed to start virtwork-x-trial.service: Unit virtwork-x-trial.service not found.',
    );
    expect(failed?.unit).toEqual({});
    expect(failed).not.toHaveProperty('seconds');
  });
});

describe('preparation', () => {
  check('runs before each trial, with its variables', () => {
    const guest = new TrialGuest({ trials: ['a', 'b'], prepare: 'echo "$VIRTWORK_TRIAL_NAME" >>"$FAKE_UNITS/prepared"' });
    expect(guest.run()).toMatchObject({ status: 0 });
    expect(readFileSync(join(guest.dir, 'units/prepared'), 'utf8')).toBe('a\nb\n');
  });

  check('that fails is a failed trial, which does not run', () => {
    const guest = new TrialGuest({ prepare: 'exit 5' });
    expect(guest.run()).toMatchObject({ status: 1 });
    expectValid(guest);
    expect(guest.records()).toMatchObject([
      { outcome: 'failed', why: 'preparation: virtwork-x-prepare.service failed: exit-code, exit 5: its last line', unit: {} },
    ]);
    expect(guest.records()[0]).not.toHaveProperty('started');
    expect(guest.starts).toBe(0);
  });
});

describe('a second run', () => {
  check('starts no trial that has a record', () => {
    const guest = new TrialGuest({ trials: ['a', 'b'] });
    guest.run();
    rmSync(join(guest.dir, 'results/002-b-r1.json.gz'));
    expect(guest.run()).toMatchObject({ status: 0 });
    expect(guest.starts).toBe(3);
    expect(guest.state()).toMatchObject({ done: 2, left: 0 });
  });

  check('fails if a trial had failed in the first one', () => {
    const guest = new TrialGuest({ trials: ['a'] }).trial('exit 1');
    guest.run();
    guest.trial(GOOD);
    expect(guest.run()).toMatchObject({ status: 1 });
    expect(guest.starts).toBe(1);
    expect(guest.state()).toMatchObject({ done: 0, failed: 1, left: 0 });
  });

  check.each<[string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['truncated', (bytes) => bytes.subarray(0, bytes.length - 12)],
    ['corrupt', (bytes) => Buffer.concat([bytes.subarray(0, 40), Buffer.from('xxxx'), bytes.subarray(44)])],
    ['no JSON', () => gzipSync('garbage\n')],
    ['of another plan', (bytes) => changed(bytes, { plan: `sha256:${'0'.repeat(64)}` })],
    ['of another VM', (bytes) => changed(bytes, { vm: 'virtwork-x-7' })],
    ['of another trial', (bytes) => changed(bytes, { trial: '002' })],
    ['of another format', (bytes) => changed(bytes, { schema: 'virtwork.result/2' })],
    ['without an outcome', (bytes) => changed(bytes, { outcome: undefined })],
    ['twice', (bytes) => Buffer.concat([bytes, bytes])],
    ['endless', (bytes) => gzipSync(Buffer.concat([gunzipSync(bytes), Buffer.alloc(64 << 20, ' ')]))],
  ])('runs a trial again whose record is %s', (_, change) => {
    const guest = new TrialGuest();
    guest.run();
    const file = join(guest.dir, 'results/001-only-r1.json.gz');
    const broken = change(readFileSync(file));
    guest.write('results/001-only-r1.json.gz', broken);
    const { status, stderr } = guest.run();
    expect({ status, starts: guest.starts }).toEqual({ status: 0, starts: 2 });
    expect(stderr).toMatch(/001-only-r1\.json\.gz is not a record of this plan; running trial 001 again$/m);
    expectValid(guest);
    // The health endpoint does not send it, but it is still there.
    expect(readFileSync(join(guest.dir, 'results/old/001-only-r1.json.gz')).equals(broken)).toBe(true);
  });

  check('sets records aside that are not in the plan', () => {
    const guest = new TrialGuest();
    guest.run();
    guest.write('results/001-former-r1.json.gz', gzipSync('{}\n'));
    guest.write('results/007-only-r1.json.gz', gzipSync('{}\n'));
    guest.run();
    expect(readdirSync(join(guest.dir, 'results'))).toEqual(['001-only-r1.json.gz', 'old']);
    expect(guest.starts).toBe(1);
  });

  check('runs the trial again during which the first one was killed', async () => {
    const guest = new TrialGuest({ trials: ['a', 'b'] });
    guest.trial(`[[ $VIRTWORK_TRIAL_NAME == a ]] || kill -9 "$(cat "$FAKE_UNITS/runner")"\n${GOOD}`);
    const child = start('bash', ['-c', 'echo $$ >"$FAKE_UNITS/runner"; exec bash "$1"', 'sh', guest.program('virtwork-trials')], {
      env: guest.env,
    });
    await ended(child, 60);
    expect(guest.records().map(({ trial }) => trial)).toEqual(['001']);
    // The runner says that it runs the trial when it has started it.
    expect(guest.state()).toMatchObject({ done: 1, left: 1, running: '002', phase: expect.stringMatching(/^(barrier|running)$/) });
    guest.trial(GOOD);
    expect(guest.run()).toMatchObject({ status: 0 });
    expect(guest.records().map(({ trial }) => trial)).toEqual(['001', '002']);
  });

  function changed(bytes: Buffer, more: object): Buffer {
    return gzipSync(`${JSON.stringify({ ...(JSON.parse(gunzipSync(bytes).toString()) as object), ...more })}\n`);
  }
});

describe('a VM that restarts during a trial', () => {
  /** A VM in which the second of three trials does this, then the VM ends. Runs all trials in one boot after the other. */
  async function boots(guest: TrialGuest, count: number): Promise<void> {
    for (let boot = 1; boot <= count; boot += 1) {
      guest.reboot();
      await ended(start('bash', ['-c', RUN, 'sh', guest.program('virtwork-trials')], { env: guest.env }), 60);
    }
  }
  const RUN = 'echo $$ >"$FAKE_UNITS/runner"; exec bash "$1"';
  const RESET = '[[ $VIRTWORK_TRIAL_NAME != b ]] || kill -9 "$(cat "$FAKE_UNITS/runner")"';
  const guestOf = (trial: string, prepare?: string) =>
    new TrialGuest({ trials: ['a', 'b', 'c'], ...(prepare === undefined ? {} : { prepare }) }).trial(trial);

  check.each([
    ['during the trial', guestOf(`${RESET}\n${GOOD}`), 5],
    ['during the preparation', guestOf(GOOD, RESET), 2],
  ])('three times, %s: the trial is recorded as failed, and the others run', async (_, guest, starts) => {
    await boots(guest, 3);
    expectValid(guest);
    expect(guest.records().map(({ trial }) => trial)).toEqual(['001']);
    await boots(guest, 1);
    expectValid(guest);
    expect(guest.records().map(({ outcome, why }) => [outcome, why])).toEqual([
      ['done', ''],
      ['failed', 'the VM restarted 3 times while this trial ran'],
      ['done', ''],
    ]);
    expect(guest.records()[1]).not.toHaveProperty('started');
    expect(guest.state()).toMatchObject({ done: 2, failed: 1, left: 0, phase: 'finished', why: '' });
    expect(guest.starts).toBe(starts);
    // Nothing of the count is left.
    expect(readdirSync(join(guest.dir, 'results')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  check('twice: the trial is done in the third boot', async () => {
    const guest = guestOf(`${RESET}\n${GOOD}`);
    await boots(guest, 2);
    guest.trial(GOOD);
    await boots(guest, 1);
    expect(guest.records().map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
  });

  check('once in each of several trials: none is given up', async () => {
    const guest = new TrialGuest({ trials: ['a', 'b', 'c', 'd', 'e'] });
    guest.trial(`mkdir "$FAKE_UNITS/$VIRTWORK_TRIAL" 2>/dev/null && kill -9 "$(cat "$FAKE_UNITS/runner")"\n${GOOD}`);
    await boots(guest, 6);
    expect(guest.records().map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'done'));
  });

  check('only in other plans, or not at all: the trial runs', async () => {
    const guest = guestOf(`${RESET}\n${GOOD}`);
    await boots(guest, 3);
    const begun = readFileSync(join(guest.dir, 'results/.begun'), 'utf8');
    guest.write('results/.begun', begun.replace(PLAN, `sha256:${'0'.repeat(64)}`));
    await boots(guest, 1);
    expect([guest.records().length, guest.starts]).toEqual([1, 5]);
    // The runner was ended, and not the VM.
    for (let run = 0; run < 4; run += 1) {
      await ended(start('bash', ['-c', RUN, 'sh', guest.program('virtwork-trials')], { env: guest.env }), 60);
    }
    expect([guest.records().length, guest.starts]).toEqual([1, 9]);
  });

  check.each(['', 'garbage', `${PLAN} 002 x 99999999999`, `${PLAN} 002 x $(touch ran)`])('a damaged note, %s, counts as none', (note) => {
    const guest = guestOf(GOOD);
    guest.write('results/.begun', note);
    expect(guest.run()).toMatchObject({ status: 0 });
    expect(guest.records().length).toBe(3);
  });

  // /dev/full stands for a full disk.
  check('a note that cannot be written stops no trial', () => {
    const guest = guestOf(GOOD);
    mkdirSync(join(guest.dir, 'results'));
    symlinkSync('/dev/full', join(guest.dir, 'results/.new.begun'));
    const { status, stderr } = guest.run();
    expect(status).toBe(0);
    expect(stderr).toMatch(/cannot note that trial 001 begins: restarts of the VM are not counted$/m);
    expect(guest.state()).toMatchObject({ done: 3, why: '' });
  });
});

describe('a record that the disk does not take', () => {
  /** A guest whose disk is full. A folder that cannot be written stands for it. */
  function full(script?: string): TrialGuest {
    const guest = new TrialGuest({ trials: ['a', 'b'] });
    if (script !== undefined) guest.trial(script);
    guest.write('results', '');
    return guest;
  }
  const onDisk = (guest: TrialGuest) => readdirSync(join(guest.dir, 'results'));
  const answered = (guest: TrialGuest) => {
    const answer = guest.get('/results');
    const lines = gunzipSync(answer.subarray(answer.indexOf('\r\n\r\n') + 4))
      .toString()
      .trimEnd();
    return lines
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as Result);
  };

  // /dev/full stands for a full disk.
  check('is written when the disk takes it again', () => {
    const guest = new TrialGuest({ trials: ['a', 'b'] });
    mkdirSync(join(guest.dir, 'results'));
    symlinkSync('/dev/full', join(guest.dir, 'results/.new.json.gz'));
    const { status, stderr } = guest.run();
    expect(status).toBe(0);
    const said = `cannot write 1 of the records to the disk: No space left on device; they are in memory until the VM restarts; free space for ${guest.dir}/results, then restart virtwork-trials.service`;
    expect(stderr).toBe(`virtwork-trials: ${said}\n`);
    expect(onDisk(guest)).toEqual(['001-a-r1.json.gz', '002-b-r1.json.gz']);
    expect(guest.state()).toMatchObject({ done: 2, left: 0, why: '' });
  });

  check('is in the answer, with the outcome of its trial, and the state says why it is not on the disk', () => {
    const guest = full(`[[ $VIRTWORK_TRIAL_NAME == a ]] || exit 3\n${GOOD}`);
    const { status, stderr } = guest.run();
    expect(status).toBe(1);
    expect(stderr).toMatch(/not all trials are done: 002 failed$/m);
    expect([...validateState(guest.state()), ...answered(guest).flatMap(validateResult)]).toEqual([]);
    expect(guest.state()).toMatchObject({
      ...{ done: 1, failed: 1, left: 0, phase: 'finished', records: ['001', '002'] },
      why: expect.stringMatching(/^cannot write 2 of the records to the disk: File exists; .*; make \S+ writable, then restart \S+$/),
    });
    expect(answered(guest).map(({ trial, outcome }) => [trial, outcome])).toEqual([
      ['001', 'done'],
      ['002', 'failed'],
    ]);
  });

  check('is not lost when the service restarts: its trial does not run again', () => {
    const guest = full();
    guest.run();
    expect(guest.run()).toMatchObject({ status: 0 });
    expect(guest.state()).toMatchObject({ done: 2, why: expect.stringMatching(/^cannot write 2 of the records/) });
    rmSync(join(guest.dir, 'results'));
    expect(guest.run()).toMatchObject({ status: 0, stderr: '' });
    expect(onDisk(guest)).toEqual(['001-a-r1.json.gz', '002-b-r1.json.gz']);
    expect(guest.state()).toMatchObject({ done: 2, left: 0, why: '' });
    expect([answered(guest).length, guest.starts]).toEqual([2, 2]);
  });

  check('and that memory does not take is reported in the state, and the run goes on', () => {
    const guest = new TrialGuest({ trials: ['a', 'b'] });
    mkdirSync(join(guest.dir, 'run/results'), { recursive: true });
    symlinkSync('/dev/full', join(guest.dir, 'run/results/.new.json.gz'));
    const { status, stderr } = guest.run();
    expect(status).toBe(1);
    expect(stderr).toMatch(/not all trials are done: 001 without a record$/m);
    expectValid(guest);
    expect(guest.records().map(({ trial }) => trial)).toEqual(['002']);
    expect(guest.state()).toMatchObject({
      ...{ done: 1, failed: 0, left: 1, phase: 'finished', records: ['002'] },
      why: expect.stringMatching(/^cannot write the record of trial 001: .*No space left on device/),
    });
  });
});

describe('the files of a measured guest', () => {
  async function measured(): Promise<RolePlan> {
    const flags = { 'catalog-dir': join(ROOT, 'test/fixtures/lab'), 'from-catalog': 'probe', 'guest-os': 'debian' };
    const { plan } = await loadPlan({ flags, env: {}, cwd: tempDir() });
    return plan.workloads[0]?.roles[0] as RolePlan;
  }

  needs('shellcheck')('shellcheck finds nothing wrong', async () => {
    expect(shellcheckFindings([await measured()])).toBe('');
  });

  needs('systemd-analyze')('systemd finds nothing wrong', async () => {
    const root = scratchRoot(await measured());
    const units = [
      'virtwork-trials.service',
      'virtwork-health@x.service',
      'virtwork-probe-trial.service',
      'virtwork-probe-prepare.service',
    ];
    const { status, stdout, stderr } = run('systemd-analyze', ['verify', `--root=${root}`, '--man=no', ...units]);
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
  });
});

describe('no trial runs', () => {
  const waits = async (guest: TrialGuest, path: string, why: string, install: () => void) => {
    const end = ended(start('bash', [guest.program('virtwork-trials')], { env: { ...guest.env, PATH: path } }), 60);
    await eventually(() => expect(guest.state()).toMatchObject({ phase: 'waiting', running: null, left: 1, why }), 20);
    expectValid(guest);
    install();
    expect(await end).toMatchObject({ status: 0 });
    expect(guest.state()).toMatchObject({ phase: 'finished', done: 1, why: '' });
  };

  check('until all packages are installed', async () => {
    const guest = new TrialGuest();
    guest.write('etc/packages', 'fio\n');
    guest.write('units/no-packages', '');
    await waits(guest, guest.env.PATH as string, 'waiting for virtwork-packages.service to install all packages', () =>
      rmSync(join(guest.dir, 'units/no-packages')),
    );
  });

  check('until jq is installed', async () => {
    const guest = new TrialGuest();
    const bin = join(guest.dir, 'bin');
    // Each tool of this machine but jq.
    for (const tool of readdirSync('/usr/bin').filter((name) => name !== 'jq' && !existsSync(join(bin, name)))) {
      symlinkSync(join('/usr/bin', tool), join(bin, tool));
    }
    await waits(guest, bin, 'waiting for the package with jq', () => symlinkSync('/usr/bin/jq', join(bin, 'jq')));
  });
});
