import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { TruthAlert, TruthVm } from '../../src/verify/truth';
import truthSchema from '../../src/verify/truth.schema.json';
import schema from '../../src/verify/verification.schema.json';
import { type FakeCluster, fakeCluster } from '../support/fake-cluster';
import { FakeGuests, type Guest, measured, podOf } from '../support/fake-guests';
import { fakePrometheus } from '../support/fake-prometheus';
import { PROGRAM, virtwork } from '../support/program';
import { tempDir } from '../support/render';
import { ended, start } from '../support/run';
import { counter, csvOf, truthOf } from '../support/truths';

jest.setTimeout(120_000);

const GOOD = { 'cpu-0 cpu': 1, 'cpu-1 cpu': 1, 'idle-0 cpu': 0.02 };

/** A folder with a recorded truth and the readings of a product. */
function folder(readings: string, truth: unknown = truthOf()): string {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'truth.json'), typeof truth === 'string' ? truth : JSON.stringify(truth));
  writeFileSync(join(cwd, 'r.csv'), readings);
  return cwd;
}

const OFFLINE = 'verify --truth truth.json --readings r.csv --signals cpu';

test('what is seen, from files', () => {
  expect(virtwork(OFFLINE, { cwd: folder(csvOf(GOOD)) })).toEqual({
    status: 0,
    stdout: `VM       SIGNAL   VERDICT   GUEST        OUTSIDE      REASON
cpu-0    cpu      seen      1.00 s/s     1.00 s/s     -
cpu-1    cpu      seen      1.00 s/s     1.00 s/s     -
idle-0   cpu      quiet     0.0100 s/s   0.0200 s/s   -
3 of 3 signals of 3 VMs are as expected.
The idle VMs are quiet: the check does not pass on anything.
`,
    stderr: '',
  });
});

test('signals that no entry declares and no guest uses are left out, except of a VM that has failed', () => {
  const change = (vm: TruthVm) => ({
    series: { ...vm.series, 'disk-read': [counter(1_000_000, 600, 0)] },
    ...(vm.name === 'cpu-1' ? { notReady: 'it does not answer' } : {}),
  });
  const idle = ['cpu-0', 'cpu-1', 'idle-0'].map((name) => `${name},disk-read,1000000,1000600,0,B/s\n`).join('');
  const { status, stdout } = virtwork(`${OFFLINE},disk-read`, { cwd: folder(csvOf(GOOD) + idle, truthOf({ change })) });
  expect({ status, rows: stdout.split('\n').map((row) => row.split(/ {2,}/).slice(0, 3).join(' ')) }).toEqual({
    status: 1,
    rows: [
      'VM SIGNAL VERDICT',
      'cpu-1 - failed',
      'cpu-0 cpu seen',
      'cpu-1 cpu seen',
      'cpu-1 disk-read weak',
      'idle-0 cpu quiet',
      'idle-0 disk-read quiet',
      'and 1 more that is as expected; -o json has all of them',
      '6 of 6 signals of 3 VMs are as expected; see what is not.',
      'The idle VMs are quiet: the check does not pass on anything.',
      '',
    ],
  });
});

test('what is not, first, in every format', () => {
  const cwd = folder(csvOf({ ...GOOD, 'cpu-1 cpu': 0.8 }));
  const all = `${OFFLINE} -o json --report a.html --report a.json --report a.md --report a.xml`;
  const { status, stdout, stderr } = virtwork(all, { cwd });
  expect({ status, stderr }).toEqual({ status: 1, stderr: 'wrote a.html\nwrote a.json\nwrote a.md\nwrote a.xml\n' });
  const read = (file: string) => readFileSync(join(cwd, file), 'utf8');
  expect(read('a.json')).toBe(stdout);
  const verification = JSON.parse(stdout);
  expect(new Ajv({ strict: true, allowUnionTypes: true }).validate(schema, verification)).toBe(true);
  expect(verification).toMatchObject({
    schema: 'virtwork.verify/1',
    good: false,
    control: 'quiet',
    vms: [{ good: true }, { good: false }, { good: true }],
  });
  expect(read('a.md')).toContain(
    '| cpu-1 | cpu | deviates | 1.00 s/s | 0.800 s/s | 20 % too little: 0.850 s/s to 1.15 s/s expected, in 2 of 2 windows |',
  );
  expect(read('a.xml')).toContain('<testsuites name="verify" tests="3" failures="1" errors="0" skipped="0">');
  expect(read('a.html')).toContain('<td data-label="reason">20 % too little');
  expect(virtwork(OFFLINE, { cwd }).stdout).toMatch(/^VM .*\ncpu-1 {4}cpu {6}deviates/);
});

test('exit code 3: not enough is known of what the guests did', () => {
  const truth = truthOf({ change: ({ name }) => (name === 'cpu-0' ? { times: [1_000_500, 1_000_600] } : {}) });
  expect(virtwork(OFFLINE, { cwd: folder(csvOf(GOOD), truth) })).toMatchObject({
    status: 3,
    stdout: expect.stringMatching(/^VM .*\ncpu-0 +cpu +no data/),
  });
});

test('readings of other VMs and signals are warned about', () => {
  const cwd = folder(`${csvOf(GOOD)}cpu-9,cpu,1000000,1000300,1,s/s\ncpu-0,cpus,1000000,1000300,1,s/s\n`);
  expect(virtwork(OFFLINE, { cwd })).toMatchObject({
    status: 0,
    stderr: `warning: r.csv: ignores readings of unknown signals: "cpus" (1 reading)
  hint: did you mean "cpu"?
warning: r.csv: ignores readings of unknown VMs: "cpu-9" (1 reading)
  hint: did you mean "cpu-0"?
`,
  });
});

const ALERT = {
  name: 'GuestFilesystemAlmostOutOfSpace',
  severity: 'warning',
  afterSeconds: 60,
  why: 'a file system is full',
  workload: 'cpu',
  vms: ['cpu-0', 'cpu-1'],
};

test.each([
  [[], 1, 'not fired', '0 of 1 expected alerts have fired.'],
  [[{ alertstate: 'pending' }], 3, 'pending', '0 of 1 expected alerts have fired.'],
  [[{ alertstate: 'firing' }], 0, 'fired', '1 of 1 expected alerts has fired.'],
])('expected alerts of Prometheus: %j', async (alerts, code, verdict, answer) => {
  const from = Math.floor(Date.now() / 1000) - 700;
  const nothing = Object.fromEntries(
    ['disk-read', 'disk-write', 'network-receive', 'network-transmit'].map((name) => [name, [counter(from, 600, 0)]]),
  );
  const change = ({ series }: TruthVm) => ({ series: { ...series, ...nothing } });
  const truth = truthOf({ from, alerts: [ALERT as never], change });
  const { url } = await fakePrometheus({
    series: (query) =>
      /ALERTS/.test(query)
        ? alerts.map((labels) => ({ labels: { alertname: ALERT.name, severity: 'warning', name: 'cpu-1', ...labels }, value: () => 1 }))
        : /cpu_usage/.test(query)
          ? Object.entries({ 'cpu-0': 1, 'cpu-1': 1, 'idle-0': 0.02 }).map(([name, value]) => ({ labels: { name }, value: () => value }))
          : ['cpu-0', 'cpu-1', 'idle-0'].map((name) => ({ labels: { name }, value: () => 0 })),
  });
  const cwd = folder('', truth);
  const args = `verify --truth truth.json --prometheus ${url} -o json --report a.html --report a.md --report a.xml`;
  const { status, stdout, stderr } = await ended(start(process.execPath, [PROGRAM, ...args.split(' ')], { cwd }), 60);
  const verification = JSON.parse(stdout);
  expect({ status, verdicts: verification.alerts.map((alert: { verdict: string }) => alert.verdict) }).toEqual({
    status: code,
    verdicts: [verdict],
  });
  expect(new Ajv({ strict: true, allowUnionTypes: true }).validate(schema, verification)).toBe(true);
  expect(stderr).toBe('wrote a.html\nwrote a.md\nwrote a.xml\n');
  const read = (file: string) => readFileSync(join(cwd, file), 'utf8');
  expect(read('a.html')).toContain(answer);
  expect(read('a.html')).toContain('<section id="alerts">');
  expect(read('a.md')).toContain(`| GuestFilesystemAlmostOutOfSpace | warning | ${verdict} | cpu |`);
  expect(read('a.xml')).toContain('name="GuestFilesystemAlmostOutOfSpace of cpu"');
});

test('a file of readings has no alerts', () => {
  const cwd = folder(csvOf(GOOD), truthOf({ alerts: [ALERT as never], change: () => ({ series: { cpu: [] } }) }));
  const { stdout } = virtwork('verify --truth truth.json --readings r.csv', { cwd });
  expect(stdout).toContain(
    'GuestFilesystemAlmostOutOfSpace   warning    not checked   cpu        -     a file of readings has no alerts\n',
  );
  expect(virtwork(OFFLINE, { cwd }).stdout).not.toContain('Guest');
});

test.each<[string, string, string, unknown?]>([
  ['verify', '', 'virtwork verify: needs the readings of a product'],
  ['verify --readings r.csv', '', 'flag --readings: needs --truth FILE'],
  [
    'verify --truth truth.json --readings r.csv --openshift',
    csvOf(GOOD),
    'flag --readings: must be the only source of readings, got --openshift and --readings',
  ],
  ['verify --truth truth.json --readings r.csv --for 5m', csvOf(GOOD), 'flag --for: has no meaning with --truth'],
  ['verify --watch --truth truth.json --readings r.csv', csvOf(GOOD), 'flag --watch: has no meaning with --truth'],
  ['verify --prometheus localhost:9090', '', 'flag --prometheus: must be an address with http or https'],
  ['verify --prometheus http://me:pw@host', '', 'flag --prometheus: must be an address'],
  ['verify --prometheus http://h --for 5 --interval soon', '', 'flag --for: must be at least 10 s'],
  ['verify --prometheus http://h --for 5 --interval soon', '', 'flag --interval: must'],
  ['verify --prometheus http://h --for 20 --interval 15', '', 'flag --interval: must be at most half of --for, 10 s, got 15 s'],
  ['verify --prometheus http://h --token-file missing', '', 'missing: no such file'],
  ['verify --prometheus http://h --ca-file .', '', '.: must be a file, got a folder'],
  ['verify --prometheus http://h --record no/x.json', '', 'no/x.json: cannot be written: its folder does not exist'],
  ['verify --prometheus http://h --record r.csv/x.json', '', 'r.csv/x.json: cannot be written: its folder does not exist'],
  ['verify --prometheus http://h --record .', '', '.: must be a file, got a folder'],
  ['verify --prometheus http://h --record /dev/null', '', '/dev/null: must be a file, got a device, a pipe or a socket'],
  ['verify --record a.json --report ./a.json', '', 'flag --report: must be another file than that of --record, got "./a.json"'],
  ['verify --truth truth.json --readings r.csv --workloads cpu', csvOf(GOOD), 'flag --workloads: has no meaning with --truth'],
  ['verify --truth truth.json --readings r.csv --run-id x', csvOf(GOOD), 'flag --run-id: has no meaning with --truth'],
  ['verify --truth truth.json --readings r.csv -n x', csvOf(GOOD), 'flag --namespace: must be ns, that of truth.json, got "x"'],
  [`${OFFLINE} --report truth.json`, '', 'flag --report: must be another file than that of --truth, got "truth.json"'],
  ['verify --prometheus http://h --token-file r.csv --record r.csv', '', 'flag --record: must be another file than that of --token-file'],
  ['verify --record x.json --ca-file r.csv', '', 'flag --ca-file: has a meaning only with --prometheus'],
  [
    'verify --via prometheus --record x.json',
    '',
    'flag --via: prometheus needs a Prometheus that scrapes the guests: --prometheus URL or --openshift',
  ],
  ['verify --via prometheus --prometheus http://h --interval 5s', '', 'flag --interval: has no meaning with --via prometheus'],
  ['verify --via prometheus --prometheus http://h --warm-up 5m', '', 'flag --warm-up: has no meaning with --via prometheus'],
  ['verify --via prometheus --prometheus http://h --for 800h', '', 'flag --for: must be at most 31 days, 2678400 s'],
  ['verify --via prometheus --prometheus http://h --truth truth.json', '', 'flag --via: has no meaning with --truth'],
  ['verify --prometheus http://h --report a.pdf', '', 'flag --report: must be a file that ends with .html, .json, .md, .xml'],
  [OFFLINE, Buffer.from('vm,signal', 'utf16le').toString('latin1'), 'r.csv: must be UTF-8 text, is UTF-16'],
  [
    OFFLINE,
    'vm,signal\n',
    'r.csv:1: the header must name the columns vm, signal, from, to, value and unit; missing: from, to, value, unit; got "vm,signal"',
  ],
  [OFFLINE, csvOf({ 'web-1 cpu': 1 }), 'r.csv: must have readings of the VMs, got none of cpu-0, cpu-1, idle-0'],
  [`${OFFLINE},cpus`, csvOf(GOOD), 'flag --signals: no workload has the signal "cpus"; known: cpu, disk-read'],
  [OFFLINE, csvOf(GOOD), 'truth.json: must be a file that virtwork verify --record wrote: it is not JSON', 'x'],
  [OFFLINE, csvOf(GOOD), 'truth.json: must be a file that virtwork verify --record wrote: schema must be virtwork.truth/1, got none', {}],
  [OFFLINE, csvOf(GOOD), 'truth.json: vms must have at least one item, got none\n', { ...truthOf(), vms: [] }],
])('%s is wrong', (args, readings, message, ...[truth]) => {
  const cwd = folder(readings, truth);
  const { status, stdout, stderr } = virtwork(`${args} --report never.html`, { cwd });
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining(message) });
  expect(existsSync(join(cwd, 'never.html'))).toBe(false);
});

test('errors of the truth and of the readings are reported together', () => {
  const cwd = folder('vm,signal,from,to,value,unit\ncpu-0,cpu,noon,1000300,much,s/s\n', 'x');
  expect(virtwork(`${OFFLINE} --for 5m`, { cwd })).toMatchObject({
    status: 2,
    stderr: `error: flag --for: has no meaning with --truth
  hint: omit --for
r.csv:2: from must be a time with its zone, such as 2026-01-31T12:00:00Z, or seconds since 1970, got "noon"
r.csv:2: value must be a number with a decimal point, got "much"
truth.json: must be a file that virtwork verify --record wrote: it is not JSON
  hint: run virtwork verify --record with the name of a new file
`,
  });
});

describe('with guests', () => {
  const began = Date.now() / 1000;
  /** A guest whose load uses so many CPUs. */
  const guest =
    (rate: number): Guest =>
    (path) =>
      path === '/metrics'
        ? {
            type: 'text/plain; version=0.0.4',
            body: `virtwork_unit_cpu_seconds_total{unit="virtwork-cpu.service"} ${rate * (Date.now() / 1000 - began)}\n`,
          }
        : { status: 404, type: 'text/plain', body: 'Not Found' };

  async function setUp(guests: { readonly [vm: string]: Guest }): Promise<FakeCluster> {
    const fake = new FakeGuests(Object.fromEntries(Object.entries(guests).map(([vm, each]) => [podOf(vm), each])));
    const objects = Object.keys(guests).flatMap((vm) => measured(vm, { group: '', workload: 'cpu' }));
    return fakeCluster({ objects, guests: fake });
  }

  test('asks them, stores what they did, and asks Prometheus', async () => {
    const cluster = await setUp({ 'cpu-0': guest(1), 'cpu-1': guest(1) });
    const { url } = await fakePrometheus({
      series: (query) =>
        /cpu_usage/.test(query)
          ? ['cpu-0', 'cpu-1'].map((name) => ({ labels: { namespace: 'ns', name }, value: () => (name === 'cpu-0' ? 1 : 0) }))
          : [],
    });
    const { status, stdout, stderr } = await cluster.virtwork(
      `verify --prometheus ${url} --for 10 --interval 2 --record truth.json --signals cpu`,
    );
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(
        /cpu-1 +cpu +absent +[\d.]+ s\/s +0 s\/s +below the floor.*\ncpu-0 +cpu +seen.*\n1 of 2 signals of 2 VMs/,
      ),
    });
    expect(stderr).toContain('reading 2 guests for 10 s\n');
    const truth = JSON.parse(readFileSync(join(cluster.cwd, 'truth.json'), 'utf8'));
    const validate = new Ajv({ allowUnionTypes: true }).compile(truthSchema);
    validate(truth);
    expect(validate.errors).toBeNull();
    expect(truth.vms.map(({ name, times }: { name: string; times: number[] }) => [name, times.length > 2])).toEqual([
      ['cpu-0', true],
      ['cpu-1', true],
    ]);
    // The answers of each guest cover the whole time.
    for (const { times } of truth.vms) {
      expect(times[0]).toBeLessThanOrEqual(truth.from);
      expect(times.at(-1)).toBeGreaterThanOrEqual(truth.to);
    }
  });

  test.each([
    [5, '5.0 s ahead'],
    [-90, '90.0 s behind'],
  ])('a clock of a guest that is %d s off does not move its events', async (off, words) => {
    // The events are asked for at the end.
    let killed = 0;
    const clocked: Guest = (path) => {
      if (path === '/events') {
        killed = Date.now() / 1000 - 3;
        const time = { __REALTIME_TIMESTAMP: String(Math.round((killed + off) * 1e6)) };
        return {
          type: 'application/json',
          body: `${JSON.stringify({ MESSAGE: 'killed fio', VIRTWORK_EVENT: 'kill', _BOOT_ID: 'a', ...time })}\n`,
        };
      }
      const answer = guest(1)(path);
      return typeof answer === 'object' && 'body' in answer
        ? { ...answer, body: `${answer.body}virtwork_time_seconds ${(Date.now() / 1000 + off).toFixed(6)}\n` }
        : answer;
    };
    const cluster = await setUp({ 'cpu-0': clocked, 'cpu-1': guest(1) });
    const { url } = await fakePrometheus({ series: () => ['cpu-0', 'cpu-1'].map((name) => ({ labels: { name }, value: () => 1 })) });
    const { stdout } = await cluster.virtwork(`verify --prometheus ${url} --for 10 --interval 2 --record truth.json --signals cpu`);
    expect(stdout).toContain(`Clocks of guests that are off: cpu-0 ${words}. The times of their events are compensated.\n`);
    const truth = JSON.parse(readFileSync(join(cluster.cwd, 'truth.json'), 'utf8'));
    const [own, other] = truth.vms;
    expect(own.events).toEqual([expect.objectContaining({ kind: 'kill' })]);
    expect(Math.abs(own.events[0].time - killed)).toBeLessThan(4);
    expect('ahead' in other).toBe(false);
  });

  test('takes expected alerts and load shapes from the configuration', async () => {
    const names = ['virtwork-cpu-0', 'virtwork-sysbench-0'];
    const level: Guest = () => ({ type: 'text/plain', body: 'virtwork_shape_level_ratio 0.1\n' });
    const guests = new FakeGuests(Object.fromEntries(names.map((name) => [podOf(name), level])));
    const objects = names.flatMap((name) => measured(name, { group: '', workload: name.split('-')[1] as string }));
    const cluster = await fakeCluster({ objects, guests });
    const configuration = '--workloads cpu,sysbench --params cpu.shape=duty --params cpu.shape-period=1800 --params sysbench.threads=64';
    expect(await cluster.virtwork(`verify --record truth.json --for 10 --interval 5 ${configuration}`)).toMatchObject({ status: 0 });
    const truth = JSON.parse(readFileSync(join(cluster.cwd, 'truth.json'), 'utf8'));
    const validate = new Ajv({ allowUnionTypes: true }).compile(truthSchema);
    validate(truth);
    expect(validate.errors).toBeNull();
    expect(truth.workloads.map(({ workload, shape }: { workload: string; shape?: object }) => [workload, shape])).toEqual([
      ['cpu', { kind: 'duty', period: 1800, low: 10, duty: 50, steps: 4, noise: 0, seed: 0 }],
      ['sysbench', undefined],
    ]);
    expect(truth.alerts.map(({ name, vms }: TruthAlert) => [name, vms])).toEqual([
      ['GuestVCPUQueueHighWarning', ['virtwork-sysbench-0']],
      ['GuestVCPUQueueHighCritical', ['virtwork-sysbench-0']],
    ]);
    expect(truth.vms[0].levels.every(([, value]: [number, number]) => value === 0.1)).toBe(true);
    const child = cluster.start(`verify --record truth.json ${configuration}`);
    child.stderr?.once('data', () => child.kill('SIGINT'));
    expect((await ended(child, 60)).stderr).toContain('reading 2 guests for 1800 s\n');
  });

  test('a guest that does not answer: exit code 3', async () => {
    const cluster = await setUp({ 'cpu-0': guest(1), 'cpu-1': () => 'reset' });
    const { url } = await fakePrometheus({ series: () => ['cpu-0', 'cpu-1'].map((name) => ({ labels: { name }, value: () => 1 })) });
    const { status, stdout } = await cluster.virtwork(`verify --prometheus ${url} --for 10 --interval 5 --signals cpu`);
    expect({ status, stdout }).toEqual({ status: 3, stdout: expect.stringMatching(/cpu-1 +cpu +no data .*its guest does not answer: /) });
  });

  test('--watch: rounds until the user ends it, and a record of them', async () => {
    const cluster = await setUp({ 'cpu-0': guest(1) });
    let isSeen = true;
    const { url } = await fakePrometheus({
      series: (query) => (/cpu_usage/.test(query) ? [{ labels: { namespace: 'ns', name: 'cpu-0' }, value: () => (isSeen ? 1 : 0) }] : []),
    });
    const child = cluster.start(`verify --prometheus ${url} --for 10 --interval 2 --signals cpu --watch --report a.html`);
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (more: string) => {
      log += more;
      if (/UTC: 1 of 1/.test(log)) isSeen = false;
      if (/UTC: 0 of 1[\s\S]*absent/.test(log)) child.kill('SIGINT');
    });
    const { status, stdout } = await ended(child, 100);
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(/^VM .*\ncpu-0 +cpu +absent.*\n0 of 1 signals/) });
    expect(log).toMatch(/UTC: 1 of 1 signals of 1 VM are as expected\.\n/);
    expect(log).toMatch(/ {2}cpu-0 cpu: absent \(before: seen\): below the floor of 0.200 s\/s\n/);
    expect(log).toMatch(/\n1 of 2 rounds not as expected\n$/);
    expect(existsSync(join(cluster.cwd, 'a.html'))).toBe(true);
    expect(virtwork('audit', { cwd: cluster.cwd }).stdout).toMatch(/^ID .*\n1 +verify +failed +ns /);
    const { stdout: details } = virtwork('audit 1', { cwd: cluster.cwd });
    expect(details.match(/verify_round +|verify_verdict +cpu-0 cpu: absent \(before: seen\): below/g)).toHaveLength(3);
  });

  test('--watch that is ended before the first round', async () => {
    const cluster = await setUp({ 'cpu-0': guest(1) });
    const { url } = await fakePrometheus({});
    const end = await cluster.interrupted(`verify --prometheus ${url} --for 60 --watch`, 'get virtualmachine', 'SIGINT');
    expect(end).toMatchObject({ status: 130, stdout: '', stderr: expect.stringMatching(/interrupted\n$/) });
  });

  test.each([
    ['--prometheus http://127.0.0.1:1', 'http://127.0.0.1:1/: cannot be reached (ECONNREFUSED)'],
    ['--record x.json --signals cpus', 'flag --signals: no workload has the signal "cpus"; known: cpu, '],
  ])('%s: errors come before the guests are asked', async (args, message) => {
    const cluster = await setUp({ 'cpu-0': guest(1) });
    const { status, stderr } = await cluster.virtwork(`verify --for 50 ${args}`);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(`error: ${message}`) });
    expect(stderr).not.toContain('reading');
  });

  test('no VMs', async () => {
    const cluster = await fakeCluster({});
    expect(await cluster.virtwork('verify --prometheus http://127.0.0.1:1 --for 10')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('namespace ns: contains no VMs of virtwork'),
    });
  });
});
