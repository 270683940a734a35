import { type Screen, screenLines, type View } from '../../src/cli/verify/watch-view';
import { type FakeCluster, fakeCluster } from '../support/fake-cluster';
import { FakeGuests, type Guest, measured, podOf } from '../support/fake-guests';
import { fakePrometheus } from '../support/fake-prometheus';
import { ended, start } from '../support/run';
import { needs } from '../support/tools';

jest.setTimeout(120_000);

const VIEW: View = {
  namespace: 'ns',
  time: new Date('2026-01-31T12:00:00Z'),
  hasOutside: true,
  vms: [
    {
      name: 'cpu-0',
      phase: 'Running',
      isReady: true,
      signals: [
        { name: 'cpu', unit: 's/s', guest: 1.98, outside: 2.01 },
        { name: 'disk-write', unit: 'B/s', guest: 41 * 2 ** 20 },
      ],
    },
    { name: 'cpu-1', phase: 'Pending', isReady: false, why: 'no node has enough memory', signals: [] },
  ],
};
const WIDE: Screen = { columns: 200, rows: 50, hasColor: false };
const HEADLINE = 'namespace ns, 2026-01-31 12:00:00 UTC: 1 of 2 VMs ready';
const ROWS = [
  'VM      PHASE     READY   SIGNAL       GUEST        OUTSIDE    REASON',
  'cpu-0   Running   yes     cpu          1.98 s/s     2.01 s/s   -',
  'cpu-0   Running   yes     disk-write   41.0 MiB/s   -          -',
  'cpu-1   Pending   no      -            -            -          no node has enough memory',
];

test.each<[string, Partial<Screen>, Partial<View>, readonly string[]]>([
  ['all of it', {}, {}, [HEADLINE, ...ROWS]],
  ['a narrow terminal', { columns: 20 }, {}, [HEADLINE, ...ROWS].map((line) => `${line.slice(0, 19)}…`)],
  ['a low terminal: VMs that are not ready first', { rows: 6 }, {}, [HEADLINE, ROWS[0], ROWS[3], ROWS[1], 'and 1 more line'] as string[]],
  ['colors', { hasColor: true }, {}, [HEADLINE, ...ROWS.slice(0, 3), `\u001b[31m${ROWS[3]}\u001b[m`]],
  ['a problem', {}, { problem: 'P:\n does not \u001b answer' }, [HEADLINE, 'P: does not \\u001b answer', ...ROWS]],
  [
    'no VMs',
    {},
    { vms: [] },
    ['namespace ns, 2026-01-31 12:00:00 UTC: 0 of 0 VMs ready', 'VM   PHASE   READY   SIGNAL   GUEST   OUTSIDE   REASON'],
  ],
])('the lines of a terminal: %s', (_, screen, view, expected) => {
  expect(screenLines({ ...VIEW, ...view }, { ...WIDE, ...screen })).toEqual(expected);
});

const began = Date.now() / 1000;
const guest: Guest = () => ({
  type: 'text/plain; version=0.0.4',
  body: `virtwork_unit_cpu_seconds_total{unit="virtwork-cpu.service"} ${2 * (Date.now() / 1000 - began)}\n`,
});

async function setUp(): Promise<FakeCluster> {
  const guests = new FakeGuests({ [podOf('cpu-0')]: guest, [podOf('cpu-1')]: () => 'reset' });
  const vms = ['cpu-0', 'cpu-1'].flatMap((name) => measured(name, { group: '', workload: 'cpu' }));
  return fakeCluster({ objects: [...vms, ...measured('cpu-2', { group: '', workload: 'cpu', halted: true })], guests });
}

const TABLE =
  /^namespace ns, [-0-9]+ [:0-9]+ UTC: 2 of 3 VMs ready\nVM +PHASE .*\ncpu-0 +Running +yes +cpu +(1\.[89]|2\.0).* s\/s +-\ncpu-1 +Running +yes +cpu +- +does not answer\ncpu-2 .* no +cpu +- +.*\n/;

test('--once: one table', async () => {
  const { status, stdout } = await (await setUp()).virtwork('watch --once --interval 2');
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(new RegExp(`${TABLE.source}$`)) });
});

test('with Prometheus', async () => {
  const { url } = await fakePrometheus({ series: () => [{ labels: { name: 'cpu-0' }, value: () => 1.5 }] });
  const { stdout } = await (await setUp()).virtwork(`watch --once --interval 1 --prometheus ${url} --signals cpu`);
  expect(stdout).toMatch(/ OUTSIDE +REASON\ncpu-0 .* s\/s +1\.50 s\/s +-\n/);
});

test('Prometheus that does not answer any more: the guests are shown, and why', async () => {
  let isDown = false;
  const { url } = await fakePrometheus({
    series: () => [{ labels: { name: 'cpu-0' }, value: () => 1.5 }],
    instead: (response) => {
      if (isDown) response.writeHead(503).end();
      return isDown;
    },
  });
  const child = (await setUp()).start(`watch --interval 1 --prometheus ${url}`);
  let seen = '';
  child.stdout?.setEncoding('utf8').on('data', (more: string) => {
    seen += more;
    isDown = seen.includes('1.50 s/s');
    if (/ready\nhttp:/.test(seen)) child.kill('SIGINT');
  });
  const { status, stdout } = await ended(child, 60);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/ready\nhttp:.*\nVM .*\ncpu-0 .* cpu +[\d.]+ s\/s +- +-\n/),
  });
});

test('without a terminal, a table after the other until the user ends it', async () => {
  const child = (await setUp()).start('watch --interval 1');
  let seen = '';
  child.stdout?.setEncoding('utf8').on('data', (more: string) => {
    seen += more;
    if ((seen.match(/^namespace/gm) ?? []).length === 3) child.kill('SIGINT');
  });
  const { status, stdout } = await ended(child, 60);
  expect({ status, escapes: stdout.includes('\u001b') }).toEqual({ status: 0, escapes: false });
  expect(stdout).toMatch(new RegExp(TABLE.source, 'm'));
});

test('it ends when its reader has', async () => {
  const cluster = await setUp();
  const command = `timeout 50 ${cluster.command('watch --interval 1').join(' ')} | head -n 1; exit "\${PIPESTATUS[0]}"`;
  const child = start('bash', ['-c', command], { ...cluster.options, stdio: ['ignore', 'pipe', 'pipe'] });
  expect(await ended(child, 60)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^namespace ns, .*\n$/) });
});

needs('script')('on a terminal, the table is drawn over the one before', async () => {
  const cluster = await setUp();
  const command = cluster.command('watch --interval 1').join(' ');
  const { cwd, env } = cluster.options;
  const child = start('script', ['-qefc', `stty cols 100 rows 30; timeout -s INT 20 ${command}`, '/dev/null'], {
    cwd,
    env: { ...env, TERM: 'xterm', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let seen = '';
  child.stdout?.setEncoding('utf8').on('data', (more: string) => {
    seen += more;
    if ((seen.match(/namespace ns/g) ?? []).length >= 3) child.kill('SIGTERM');
  });
  const { stdout } = await ended(child, 60);
  expect(stdout).toContain('\u001b[5F');
  expect(stdout).toContain('REASON\u001b[K');
  expect(stdout).not.toContain('\u001b[31m');
});

test.each([
  ['watch --interval 0', 'flag --interval: must be at least 1 s'],
  ['watch --token-file x', 'flag --token-file: has a meaning only with --prometheus'],
  ['watch --once --interval 1 --signals cpus', 'flag --signals: no workload has the signal "cpus"; known: cpu, '],
  ['watch --prometheus http://x --openshift', 'flag --openshift: must be the only source of readings, got --prometheus and --openshift'],
  ['watch --prometheus ftp://x', 'flag --prometheus: must be an address with http or https'],
])('%s is wrong', async (args, message) => {
  expect(await (await setUp()).virtwork(args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(message) });
});

test('no VMs', async () => {
  expect(await (await fakeCluster({})).virtwork('watch')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('namespace ns: contains no VMs of virtwork'),
  });
});
