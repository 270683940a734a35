import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import truthSchema from '../../src/verify/truth.schema.json';
import schema from '../../src/verify/verification.schema.json';
import { type FakeCluster, fakeCluster } from '../support/fake-cluster';
import { FakeGuests, type Guest, measured, podOf } from '../support/fake-guests';
import { fakePrometheus } from '../support/fake-prometheus';
import { virtwork } from '../support/program';
import { tempDir } from '../support/render';
import { csvOf, truthOf } from '../support/truths';

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

test.each<[string, string, string, unknown?]>([
  ['verify', '', 'virtwork verify: needs the readings of a product'],
  ['verify --readings r.csv', '', 'flag --readings: needs --truth FILE'],
  ['verify --truth truth.json --readings r.csv --openshift', csvOf(GOOD), 'takes one source of readings, got --openshift and --readings'],
  ['verify --truth truth.json --readings r.csv --for 5m', csvOf(GOOD), 'flag --for: has no meaning with --truth'],
  ['verify --prometheus localhost:9090', '', 'flag --prometheus: must be an address with http or https'],
  ['verify --prometheus http://me:pw@host', '', 'flag --prometheus: must be an address'],
  ['verify --prometheus http://h --for 5 --interval soon', '', 'flag --for: must be at least 10 s'],
  ['verify --prometheus http://h --for 5 --interval soon', '', 'flag --interval: must'],
  ['verify --prometheus http://h --for 20 --interval 15', '', 'flag --interval: must be at most half of --for, 10 s, got 15 s'],
  ['verify --prometheus http://h --token-file missing', '', 'missing: no such file'],
  ['verify --prometheus http://h --ca-file .', '', '.: must be a file, got a folder'],
  ['verify --prometheus http://h --record no/x.json', '', 'no/x.json: cannot be written: its folder does not exist'],
  ['verify --record x.json --ca-file r.csv', '', 'flag --ca-file: has a meaning only with --prometheus'],
  ['verify --prometheus http://h --report a.pdf', '', 'flag --report: must be a file that ends with .html, .json, .md, .xml'],
  [OFFLINE, Buffer.from('vm,signal', 'utf16le').toString('latin1'), 'r.csv: must be UTF-8 text, is UTF-16'],
  [OFFLINE, 'vm,signal\n', 'r.csv:1: the header must name the columns'],
  [OFFLINE, csvOf({ 'web-1 cpu': 1 }), 'r.csv: must have readings of the VMs, got none of cpu-0, cpu-1, idle-0'],
  [`${OFFLINE},cpus`, csvOf(GOOD), 'flag --signals: no workload has the signal "cpus"; known: cpu, disk-read'],
  [OFFLINE, csvOf(GOOD), 'truth.json: must be a file that virtwork verify --record wrote: it is not JSON', 'x'],
  [OFFLINE, csvOf(GOOD), 'truth.json: must be a file that virtwork verify --record wrote: / must have required property', {}],
])('%s is wrong', (args, readings, message, ...[truth]) => {
  const cwd = folder(readings, truth);
  const { status, stdout, stderr } = virtwork(`${args} --report never.html`, { cwd });
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining(message) });
  expect(existsSync(join(cwd, 'never.html'))).toBe(false);
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
  });

  test('a guest that does not answer: exit code 3', async () => {
    const cluster = await setUp({ 'cpu-0': guest(1), 'cpu-1': () => 'reset' });
    const { url } = await fakePrometheus({ series: () => ['cpu-0', 'cpu-1'].map((name) => ({ labels: { name }, value: () => 1 })) });
    const { status, stdout } = await cluster.virtwork(`verify --prometheus ${url} --for 10 --interval 5 --signals cpu`);
    expect({ status, stdout }).toEqual({ status: 3, stdout: expect.stringMatching(/cpu-1 +cpu +no data .*its guest does not answer: /) });
  });

  test('no VMs', async () => {
    const cluster = await fakeCluster({});
    expect(await cluster.virtwork('verify --prometheus http://127.0.0.1:1 --for 10')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('namespace ns: contains no VMs of virtwork'),
    });
  });
});
