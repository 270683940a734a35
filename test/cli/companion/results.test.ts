import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Barrier } from '../../../src/results/result';
import { hasUnseen } from '../../../src/text/show';
import { type FakeCluster, fakeCluster } from '../../support/fake-cluster';
import { FakeGuests, type Guest, measured, podOf } from '../../support/fake-guests';
import type { Scenario } from '../../support/fake-kubectl';
import { guestOf, member, record, state } from '../../support/trial-records';

interface SetUp {
  readonly cluster: FakeCluster;
  readonly guests: FakeGuests;
}

/** A cluster with measured VMs, each with its guest. */
async function setUp(guests: { readonly [vm: string]: Guest }, scenario: Scenario = {}): Promise<SetUp> {
  const fake = new FakeGuests(Object.fromEntries(Object.entries(guests).map(([vm, guest]) => [podOf(vm), guest])));
  const objects = Object.keys(guests).flatMap((vm) => measured(vm));
  return { cluster: await fakeCluster({ objects, ...scenario, guests: fake }), guests: fake };
}

const TWO = { 'fio-0': guestOf('fio-0', [{}, {}]), 'fio-1': guestOf('fio-1', [{}, {}]) };

test('shows the outcomes of every VM', async () => {
  const { cluster, guests } = await setUp(TWO);
  expect(await cluster.virtwork('results')).toEqual({
    status: 0,
    stdout: `VM      GROUP       DONE   FAILED   STATE      WHY
fio-0   fio-bench   2/2    0        finished   -
fio-1   fio-bench   2/2    0        finished   -
2 of 2 VMs complete, 4 of 4 trials done
overlap of the VMs of group fio-bench: at least 100 % of each trial (lowest: 001, random-4k)
`,
    stderr: '',
  });
  expect(guests.asked['port-forward']).toEqual([]);
});

test('asks for a proxy of results only, on a socket for this user only, and removes it', async () => {
  const { cluster, guests } = await setUp(TWO);
  await cluster.virtwork('results');
  const call = cluster.calls.find((each) => each.startsWith('proxy')) ?? '';
  expect(call).toMatch(
    /^proxy --unix-socket=\S+\/api --accept-paths=\S+ --reject-methods=\^\(POST\|PUT\|PATCH\|DELETE\|OPTIONS\|CONNECT\|TRACE\)\$ -n ns$/,
  );
  const [, accepted = ''] = /--accept-paths=(\S+)/.exec(call) ?? [];
  const isAccepted = (path: string) => new RegExp(accepted).test(path);
  expect(accepted).not.toContain(',');
  expect(isAccepted('/api/v1/namespaces/ns/pods/virt-launcher-fio-0-abcde:9998/proxy/results/2')).toBe(true);
  for (const path of [
    '/api/v1/namespaces/ns/pods/virt-launcher-fio-0-abcde:9998/proxy/metrics',
    '/api/v1/namespaces/ns/pods/virt-launcher-fio-0-abcde:22/proxy/results',
    '/api/v1/namespaces/other/pods/virt-launcher-fio-0-abcde:9998/proxy/results',
    '/api/v1/namespaces/ns/pods/database-0:9998/proxy/results',
    '/api/v1/namespaces/ns/secrets',
  ]) {
    expect(isAccepted(path)).toBe(false);
  }
  expect(guests.mode).toBe(0o700);
  expect(existsSync(dirname(/--unix-socket=(\S+)/.exec(call)?.[1] ?? '.'))).toBe(false);
});

describe('VMs that measure at different times', () => {
  const at = (...starts: readonly number[]) => starts.map((from) => ({ window: { from, seconds: 60 } }));
  const guests = { 'fio-0': guestOf('fio-0', at(10, 10, 10)), 'fio-1': guestOf('fio-1', at(10.1, 13.1, 31)) };
  const warning = `warning: group fio-bench: the VMs measured trials 003, 002 at different times (lowest overlap: 65 %), so their figures do not add up
  hint: compare "window" in the records; longer trials overlap more
`;

  test('are warned about, and are complete', async () => {
    const { cluster } = await setUp(guests);
    expect(await cluster.virtwork('results')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /complete.*\noverlap of the VMs of group fio-bench: at least 65 % of each trial \(lowest: 003, random-4k\)\n$/,
      ),
      stderr: warning,
    });
    const json = await cluster.virtwork('results -o json');
    expect(json).toMatchObject({ status: 0, stderr: warning });
    expect(JSON.parse(json.stdout)).toHaveLength(6);
  });

  test('a share below the limit is not rounded to it', async () => {
    const { cluster } = await setUp({ 'fio-0': guestOf('fio-0', at(10)), 'fio-1': guestOf('fio-1', at(13.002)) });
    const { stdout, stderr } = await cluster.virtwork('results -o runs');
    expect(stdout).toContain('at least 94.9 % of each trial');
    expect(stderr).toContain('trial 001 at different times (lowest overlap: 94.9 %)');
  });
});

describe('-o json', () => {
  test('prints one list of records', async () => {
    const { cluster } = await setUp(TWO);
    const { status, stdout } = await cluster.virtwork('results -o json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(['fio-0', 'fio-1'].flatMap((vm) => ['001', '002'].map((trial) => record({ vm, trial }))));
  });

  test('prints an empty list without records', async () => {
    const { cluster } = await setUp({ 'fio-0': guestOf('fio-0', [], { planned: 2, left: 2, phase: 'waiting', running: null }) });
    expect(await cluster.virtwork('results -o json')).toMatchObject({ status: 1, stdout: '[]\n' });
  });

  test('escapes control characters, and stays the same JSON', async () => {
    const job = 'a\u001b[31m\u202e\u009b';
    const { cluster } = await setUp({ 'fio-0': guestOf('fio-0', [{ job }]) });
    const { stdout } = await cluster.virtwork('results -o json');
    expect(hasUnseen(stdout)).toBe(false);
    expect(JSON.parse(stdout)[0].job).toBe(job);
  });
});

describe('-o DIR', () => {
  test('stores each record as the guest wrote it, and shows the outcomes', async () => {
    const { cluster } = await setUp(TWO);
    expect(await cluster.virtwork('results -o runs/first')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('2 of 2 VMs complete'),
    });
    const folder = join(cluster.cwd, 'runs/first/fio-bench');
    expect(readdirSync(folder)).toEqual(['fio-0', 'fio-1']);
    expect(readdirSync(join(folder, 'fio-0'))).toEqual(['001-random-4k-r1.json.gz', '002-random-4k-r1.json.gz']);
    expect(readFileSync(join(folder, 'fio-1/002-random-4k-r1.json.gz'))).toEqual(member(record({ vm: 'fio-1', trial: '002' })));
  });

  test('asks only for what is missing the next time', async () => {
    const { cluster, guests } = await setUp(TWO);
    await cluster.virtwork('results -o runs');
    await cluster.virtwork('results -o runs');
    expect(guests.asked.proxy.map((path) => path.replace(/^.*\/proxy/, ''))).toEqual(['/results', '/results', '/results/3', '/results/3']);
  });

  test.each(['yaml', 'JSON', 'jsonl', '-', 'jsonpath={.items}', 'custom-columns=A:.a'])('%s is no folder', async (format) => {
    const { cluster } = await setUp(TWO);
    const { status, stderr } = await cluster.virtwork(`results -o ${format}`);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(
        /^error: flag --output: must be table, json or a folder, got ".*"\n {2}hint: for a folder .* -o '?\.\/.*\n$/,
      ),
    });
    expect(readdirSync(cluster.cwd)).toEqual([]);
  });

  test('a file in the place of the folder is reported', async () => {
    const { cluster } = await setUp(TWO);
    writeFileSync(join(cluster.cwd, 'runs'), '');
    expect(await cluster.virtwork('results -o runs/x')).toMatchObject({ status: 2, stderr: expect.stringContaining('ENOTDIR') });
  });

  test('a file in the place of a group is reported', async () => {
    const { cluster } = await setUp(TWO);
    mkdirSync(join(cluster.cwd, 'runs'));
    writeFileSync(join(cluster.cwd, 'runs/fio-bench'), '');
    expect(await cluster.virtwork('results -o runs')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('must be a folder, and not a link'),
    });
  });
});

const BROKEN: readonly (readonly [string, Guest, RegExp])[] = [
  [
    'a failed trial',
    guestOf('fio-0', [{}, { outcome: 'failed', why: 'fio: error 28' }]),
    /1\/2 +1 +finished +trial 002 \(random-4k\) failed: fio: error 28/,
  ],
  [
    'a trial at its time limit',
    guestOf('fio-0', [{ outcome: 'timeout', why: '' }]),
    /0\/1 +1 +finished +trial 001 \(random-4k\) was stopped at its time limit/,
  ],
  [
    'a full disk',
    guestOf('fio-0', [{}], {
      planned: 2,
      left: 1,
      phase: 'finished',
      running: null,
      why: 'cannot write record 002: No space left on device',
    }),
    /1\/2 +0 +finished +cannot write record 002: No space left on device/,
  ],
  ['trials under way', guestOf('fio-0', [{}], { planned: 3, left: 2, phase: 'running', running: '002' }), /1\/3 +0 +running 002 +-/],
  ['no state yet', () => ({ status: 503, type: 'text/plain', body: 'Service Unavailable\n' }), /no answer +has no state of its trials yet/],
  [
    'an older guest',
    () => ({ status: 404, type: 'text/plain', body: 'Not Found\n' }),
    /no results +has no results: its workload is not measured, or the guest is of an older virtwork/,
  ],
  ['a page', () => ({ type: 'text/html', body: '<html>' }), /wrong answer +answers "text\/html" instead of results/],
  ['garbage', () => ({ body: 'garbage' }), /wrong answer +the state of the trials is not compressed with gzip/],
  [
    'a record without its state',
    () => ({ body: member(record({ vm: 'fio-0' })) }),
    /wrong answer +the state of the trials does not have the required format/,
  ],
  ['the answer of another VM', guestOf('fio-9', [{}]), /wrong answer +the state of the trials is of another VM: it says "fio-9"/],
  [
    'a damaged record',
    () => ({ body: Buffer.concat([member(state({ vm: 'fio-0', records: ['001'] })), member(record({ vm: 'fio-0' })).subarray(0, 99)]) }),
    /0\/1 +0 +finished +record 001 ends early/,
  ],
  ['an error of its own', () => ({ status: 500, type: 'text/plain', body: 'oh' }), /wrong answer +answers with status 500/],
];

describe('what is wrong is told apart, and the other VMs are reported', () => {
  test.each(BROKEN)('%s', async (_, guest, row) => {
    const { cluster } = await setUp({ 'fio-0': guest, 'fio-1': guestOf('fio-1', [{}]) });
    const { status, stdout } = await cluster.virtwork('results');
    expect(stdout).toMatch(row);
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(/fio-1 +fio-bench +1\/1 +0 +finished +-\n1 of 2 VMs complete/),
    });
  });

  test.each<[string, readonly Partial<Barrier>[], string]>([
    [
      'a peer that did not come',
      [{ arrived: 2 }, { arrived: 2 }],
      'trials 001, 002 did not start on all VMs together: 1 of 3 VMs had not come',
    ],
    [
      'a peer that was ahead',
      [{ arrived: 2, ahead: 1 }],
      'trial 001 did not start on all VMs together: 1 of 3 VMs had gone on to a later trial',
    ],
    [
      'a peer that was ahead, and one that did not come',
      [{ arrived: 1, ahead: 1 }],
      ': 1 of 3 VMs had not come, 1 of 3 VMs had gone on to a later trial\n',
    ],
    ['a VM that was late', [{ arrived: 3, late: 0.25 }], ': this VM started 0.3 s after the start of the group\n'],
    [
      'a VM that was late, after a start without it',
      [{ arrived: 2, late: 61.07 }],
      ': 1 of 3 VMs had not come, this VM started 61.1 s after the start of the group\n',
    ],
    ['a VM that was on time', [{ arrived: 2, late: 0.04 }], ': 1 of 3 VMs had not come\n'],
    [
      'several starts',
      [{ arrived: 2 }, { arrived: 1 }, { arrived: 2 }],
      'trials 001, 003 did not start on all VMs together: 1 of 3 VMs had not come; trial 002 did not start on all VMs together: 2 of 3 VMs had not come\n',
    ],
    ['a start without figures', [{}], 'trial 001 did not start on all VMs together\n'],
  ])('%s', async (_, barriers, says) => {
    const records = barriers.map((barrier) => ({ barrier: { expected: 3, outcome: 'partial' as const, ...barrier } }));
    const { cluster } = await setUp({ 'fio-0': guestOf('fio-0', records) });
    expect((await cluster.virtwork('results')).stdout).toContain(says);
  });

  test('a VM that started alone', async () => {
    const { cluster } = await setUp({ 'fio-0': guestOf('fio-0', [{ barrier: { expected: 3, outcome: 'alone' } }]) });
    expect((await cluster.virtwork('results')).stdout).toContain(
      'trial 001 started alone: VM 0 of the group did not answer, or did not give the start',
    );
  });

  test('VMs of one group with different plans', async () => {
    const plan = `sha256:${'cd'.repeat(32)}`;
    const { cluster } = await setUp({ 'fio-0': guestOf('fio-0', [{}]), 'fio-1': guestOf('fio-1', [{ plan }], { plan }) });
    const { status, stderr } = await cluster.virtwork('results');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'error: the VMs of group fio-bench have different lists of trials: fio-0 sha256:abababababab, fio-1 sha256:cdcdcdcdcdcd; apply the base again and restart them\n',
    });
  });

  test('a VM that its group had, and that does not exist', async () => {
    const barrier = { ...record().barrier, expected: 3 };
    const { cluster } = await setUp({ 'fio-0': guestOf('fio-0', [{ barrier }]), 'fio-1': guestOf('fio-1', [{ barrier }]) });
    expect(await cluster.virtwork('results')).toMatchObject({
      status: 1,
      stderr:
        'error: group fio-bench has 3 VMs by its records, but only 2 of them exist: the results of the others are missing; apply the base again\n',
    });
  });

  test.each<[string, Parameters<typeof measured>[1], RegExp]>([
    ['a VM that is stopped', { halted: true }, /fio-0 +fio-bench +0\/- +0 +stopped +is stopped\n/],
    ['a VM without a pod', { phase: '' }, /fio-0 +fio-bench +0\/- +0 +not running +is not running/],
    ['a VM whose pod is pending', { phase: 'Pending' }, /fio-0 +fio-bench +0\/- +0 +not running +is not running/],
    ['a VM without a health endpoint', { port: 0 }, /fio-0 +fio-bench +0\/- +0 +no results +has no health endpoint: health_port is 0/],
  ])('%s', async (_, props, row) => {
    const { cluster } = await setUp({ 'fio-0': guestOf('fio-0', [{}]) }, { objects: measured('fio-0', props) });
    const { status, stdout } = await cluster.virtwork('results');
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(row) });
  });
});

describe('which VMs', () => {
  const objects = [...measured('a-0', { group: 'a', workload: 'fio-bench' }), ...measured('b-0', { group: 'b', workload: 'database' })];
  const only = (vm: string, group: string) =>
    guestOf(vm, [{ group, barrier: { ...record().barrier, expected: 1, arrived: 1 } }], { group });
  const guests = { 'a-0': only('a-0', 'a'), 'b-0': only('b-0', 'b') };

  test.each([
    ['', ['a-0', 'b-0']],
    ['--group a', ['a-0']],
    ['--workloads database', ['b-0']],
    ['--workloads database,fio-bench', ['a-0', 'b-0']],
    ['--workloads database --workloads fio-bench', ['a-0', 'b-0']],
  ])('results %s', async (flags, found) => {
    const { cluster } = await setUp(guests, { objects });
    const { stdout } = await cluster.virtwork(`results ${flags}`.trim());
    expect(stdout.match(/^[ab]-0/gm)).toEqual(found);
  });

  test.each([
    ['--group c', 'contains no measured VMs of group c; it has fio-bench (group a), database (group b)'],
    ['--workloads cpu,disk', 'contains no measured VMs of workload cpu or disk; it has fio-bench (group a), database (group b)'],
    ['--group a --workloads database', 'contains no measured VMs of group a and workload database'],
  ])('no VM: results %s', async (flags, message) => {
    const { cluster } = await setUp(guests, { objects });
    expect(await cluster.virtwork(`results ${flags}`)).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
  });

  test('a workload without VMs among others is reported, and the others are shown', async () => {
    const { cluster } = await setUp(guests, { objects });
    const { status, stdout, stderr } = await cluster.virtwork('results --workloads fio-bench,nope');
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'warning: namespace ns: contains no measured VMs of workload nope; it has fio-bench (group a), database (group b)\n',
    });
    expect(stdout).toContain('1 of 1 VMs complete');
  });

  test('no measured VM at all', async () => {
    const { status, stdout, stderr } = await (await fakeCluster()).virtwork('results');
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: `error: namespace ns: contains no VMs that are measured (label virtwork/group)
  hint: apply a base with a measured workload, such as fio-bench; or use --namespace
`,
    });
  });
});

describe('the way to the guests', () => {
  test('without permission for the proxy: port forwards, and it says so', async () => {
    const { cluster, guests } = await setUp(TWO, { forbidden: ['pods/proxy'] });
    expect(await cluster.virtwork('results')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('2 of 2 VMs complete'),
      stderr: 'this account may not get pods/proxy: using kubectl port-forward\n',
    });
    expect({ ...guests.asked, 'port-forward': [...guests.asked['port-forward']].sort() }).toEqual({
      proxy: [],
      'port-forward': [`${podOf('fio-0')}/results`, `${podOf('fio-1')}/results`],
    });
    expect(cluster.calls).toContain(`port-forward pod/${podOf('fio-0')} :9998 --address=127.0.0.1 -n ns`);
  });

  test('with neither permission: what is needed', async () => {
    const { cluster } = await setUp(TWO, { forbidden: ['pods/proxy', 'pods/portforward'] });
    expect(await cluster.virtwork('results')).toEqual({
      status: 2,
      stdout: '',
      stderr: `error: namespace ns: requests to guests need the permission get on pods/proxy or create on pods/portforward, which this account does not have
  hint: ask for a Role with this permission (edit and admin have it, view does not); run: kubectl auth can-i get pods --subresource=proxy -n ns
`,
    });
  });

  test('a pod that the API server does not reach: a port forward for it, and it says so', async () => {
    let isFirst = true;
    const behindPolicy: Guest = (path) => {
      const reply = isFirst ? ('unreachable' as const) : TWO['fio-1'](path);
      isFirst = false;
      return reply;
    };
    const { cluster, guests } = await setUp({ ...TWO, 'fio-1': behindPolicy });
    expect(await cluster.virtwork('results')).toMatchObject({
      status: 0,
      stderr: 'the API server does not reach a pod (dial tcp 10.0.0.1:9998: connect: connection refused): using kubectl port-forward\n',
    });
    expect(guests.asked['port-forward']).toEqual([`${podOf('fio-1')}/results`]);
  });

  test('a pod that the API server does not reach, without permission for port forwards', async () => {
    const { cluster } = await setUp({ 'fio-0': () => 'unreachable' }, { forbidden: ['pods/portforward'] });
    const { status, stdout } = await cluster.virtwork('results');
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(/not reached +the API server does not reach its pod: error trying to reach service: dial tcp/),
    });
  });

  test('--via proxy takes no other way', async () => {
    const { cluster, guests } = await setUp({ 'fio-0': () => 'unreachable' });
    expect(await cluster.virtwork('results --via proxy')).toMatchObject({ status: 1, stdout: expect.stringContaining('not reached') });
    expect(guests.asked['port-forward']).toEqual([]);
    const { cluster: forbidden } = await setUp(TWO, { forbidden: ['pods/proxy'] });
    expect(await forbidden.virtwork('results --via proxy')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('requests to guests need the permission get on pods/proxy, which this account does not have'),
    });
  });

  test('--via port-forward takes no other way', async () => {
    const { cluster, guests } = await setUp(TWO);
    expect(await cluster.virtwork('results --via port-forward')).toMatchObject({ status: 0, stderr: '' });
    expect(guests.asked.proxy).toEqual([]);
    const { cluster: forbidden } = await setUp(TWO, { forbidden: ['pods/portforward'] });
    expect(await forbidden.virtwork('results --via port-forward')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('kubectl auth can-i create pods --subresource=portforward -n ns'),
    });
  });

  test('a guest that ends the connection of a port forward', async () => {
    const { cluster } = await setUp({ ...TWO, 'fio-0': () => 'reset' });
    const { status, stdout } = await cluster.virtwork('results --via port-forward');
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(/fio-0 .* no answer +does not answer\nfio-1 .*finished/),
    });
  });

  test('a kubectl that cannot forward', async () => {
    const error = 'error: unable to forward port because pod is not running. Current status=Pending';
    const { cluster } = await setUp(TWO, { faults: [{ call: 'port-forward pod/virt-launcher-fio-0', error }] });
    const { status, stdout } = await cluster.virtwork('results --via port-forward');
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringContaining(`kubectl port-forward fails: ${error}`) });
  });

  test('a kubectl without proxy', async () => {
    const { cluster } = await setUp(TWO, { faults: [{ call: '^proxy', error: 'error: unknown flag: --unix-socket' }] });
    expect(await cluster.virtwork('results')).toMatchObject({ status: 2, stderr: expect.stringContaining('unknown flag: --unix-socket') });
  });
});

describe('--follow', () => {
  test('ends when all trials are finished, with a line per VM', async () => {
    const { cluster } = await setUp(TWO);
    expect(await cluster.virtwork('results --follow')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('2 of 2 VMs complete'),
      stderr: 'fio-0: 2/2 done, finished\nfio-1: 2/2 done, finished\n',
    });
  });

  test('an interrupt reports and keeps what is there', async () => {
    const { cluster } = await setUp({ 'fio-0': guestOf('fio-0', [{}], { planned: 2, left: 1, phase: 'running', running: '002' }) });
    const child = cluster.start('results --follow -o runs');
    let said = '';
    child.stderr?.on('data', (piece) => {
      said += String(piece);
      if (said.includes('running 002')) child.kill('SIGINT');
    });
    const { status, stdout } = await new Promise<{ status: number | null; stdout: string }>((resolve) => {
      let text = '';
      child.stdout?.on('data', (piece) => {
        text += String(piece);
      });
      child.on('close', (code) => resolve({ status: code, stdout: text }));
    });
    expect({ status, stdout, said }).toEqual({
      status: 130,
      stdout: expect.stringMatching(/fio-0 +fio-bench +1\/2 +0 +running 002/),
      said: 'fio-0: 1/2 done, running 002\ninterrupted; stored records are kept\n',
    });
    expect(gunzipSync(readFileSync(join(cluster.cwd, 'runs/fio-bench/fio-0/001-random-4k-r1.json.gz'))).toString()).toContain(
      'virtwork.result/1',
    );
  });
});
