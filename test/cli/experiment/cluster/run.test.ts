import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedGroup } from '../../../../src/experiment/experiment-plan';
import { CEPHFS, finishedGuests, planOf, RBD, setUp, TRIALS, vmsOf, writeExperiment } from '../../../support/experiment-runs';
import type { FakeCluster } from '../../../support/fake-cluster';
import { type Guest, podOf } from '../../../support/fake-guests';
import { ended } from '../../../support/run';
import { BOOT, guestOf } from '../../../support/trial-records';

/** The objects of groups that are left. */
function left(cluster: FakeCluster): string[] {
  return cluster.objects.filter((object) => /^(VirtualMachine|Secret|Pod)/.test(object));
}

const ALL = [CEPHFS, RBD].flatMap((each) =>
  vmsOf(each).flatMap((vm) => TRIALS.map((name, index) => `${each.id}/${vm}/00${index + 1}-${name}-r1.json.gz`)),
);

test('measures every group, stores the records and the facts, and deletes the groups', async () => {
  const { cluster, dist, stored } = await setUp();
  const { status, stdout, stderr } = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `GROUP           STATE      WHY
rbd-3f9a1c      complete   -
cephfs-77b0e2   complete   -
2 of 2 groups complete; records: runs/first
`,
  });
  expect(stderr).toMatch(/group 1 of 2, rbd-3f9a1c: 2 of 2 VMs answer, 4 of 4 records; about 1 min left\n/);
  expect(stored('runs/first')).toEqual(ALL);
  expect(left(cluster)).toEqual([]);
  expect(cluster.objects).toContain('Namespace/ns');
  expect(readFileSync(join(cluster.cwd, 'runs/first/plan.json'))).toEqual(readFileSync(join(cluster.cwd, dist, 'plan.json')));
  const facts = JSON.parse(readFileSync(join(cluster.cwd, 'runs/first/facts.json'), 'utf8'));
  expect(facts).toMatchObject({
    schema: 'virtwork.facts/1',
    cluster: { version: { serverVersion: { gitVersion: 'v1.34.2' } }, storageClasses: [{ name: 'rbd' }, { name: 'cephfs' }] },
    groups: { 'rbd-3f9a1c': { vms: { 'rbd-3f9a1c-0': { node: 'worker-1', pod: 'virt-launcher-rbd-3f9a1c-0-abcde' } } } },
  });
  // One group after another: the second one is applied when the first is gone.
  const calls = cluster.calls.filter((call) => /^(apply --server-side -o|delete)/.test(call)).map((call) => call.split(' ')[0]);
  expect(calls).toEqual(['apply', 'apply', 'delete', 'delete', 'apply', 'delete', 'delete']);
});

test('a failed group is run once more in the end', async () => {
  const { cluster, guests, dist, stored } = await setUp();
  const good = finishedGuests(RBD, undefined, BOOT.replace('6f', '70'))[podOf('rbd-3f9a1c-1')] as Guest;
  Object.assign(
    guests,
    finishedGuests(RBD, (vm, trial) => (vm.endsWith('-1') && trial === '002' ? { outcome: 'failed', why: 'fio: error 28' } : {})),
  );
  // The new VM has another guest.
  const failing = guests[podOf('rbd-3f9a1c-1')] as Guest;
  guests[podOf('rbd-3f9a1c-1')] = (path) => (cluster.calls.filter((call) => call.startsWith('delete')).length === 0 ? failing : good)(path);
  const { status, stderr } = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
  expect(stderr).toMatch(
    /rbd-3f9a1c: incomplete: rbd-3f9a1c-1 trial 002 its record says failed: fio: error 28\n[\s\S]*cephfs-77b0e2: complete\n1 incomplete group is run once more\n[\s\S]*rbd-3f9a1c: complete\n/,
  );
  expect(status).toBe(0);
  expect(stored('runs/first')).toEqual(ALL);
  // The records of the failed attempt are kept, and not mixed with the others.
  const attempt = join(cluster.cwd, 'runs/first/attempts/rbd-3f9a1c.1');
  expect((readdirSync(attempt, { recursive: true }) as string[]).filter((file) => file.endsWith('.gz'))).toHaveLength(4);
  expect(left(cluster)).toEqual([]);
});

test('a group that stays incomplete: exit 1, and the reason', async () => {
  const { cluster, guests, dist } = await setUp();
  Object.assign(
    guests,
    finishedGuests(CEPHFS, () => ({ outcome: 'timeout' })),
  );
  const { status, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: expect.stringMatching(
      /cephfs-77b0e2 {3}incomplete {3}incomplete: cephfs-77b0e2-0 trial 001 its record says timeout; .*\n1 of 2 groups/,
    ),
  });
});

test('what the cluster rejects is the reason', async () => {
  const { cluster, dist } = await setUp([RBD, CEPHFS], {
    faults: [{ object: '^VirtualMachine/cephfs', error: 'Error from server: admission webhook denied the request: feature gate is off' }],
  });
  const { status, stderr, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
  expect(status).toBe(1);
  expect(stderr).toContain('feature gate is off');
  expect(stdout).toMatch(/rbd-3f9a1c +complete/);
  expect(stdout).toMatch(/cephfs-77b0e2 +(skipped|incomplete)/);
});

describe('a guest that never answers', () => {
  test('is late: exit 3, and it is left, because it may hold records', async () => {
    const { cluster, guests, dist } = await setUp([CEPHFS]);
    guests[podOf('cephfs-77b0e2-0')] = () => 'unreachable';
    const { status, stdout, stderr } = await cluster.virtwork(`experiment run ${dist} -o runs/first --timeout 1 --via proxy`);
    expect({ status, stdout }).toEqual({
      status: 3,
      stdout: expect.stringMatching(
        /incomplete: cephfs-77b0e2-0 2 trials have no record: the API server does not reach its pod: .*; left running: cephfs-77b0e2-0 may hold records/,
      ),
    });
    expect(stderr).toMatch(
      /left on the cluster, in namespace ns: group cephfs-77b0e2\n {2}to go on: .*--via proxy --timeout 1\n {2}to delete: kubectl delete/,
    );
    expect(left(cluster)).toContain('VirtualMachine/cephfs-77b0e2-0');
  });

  test('a VM that never runs is late too, and is deleted', async () => {
    const { cluster, dist } = await setUp([CEPHFS], { pods: false, ready: false });
    const { status, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first --timeout 1`);
    expect({ status, stdout }).toEqual({ status: 3, stdout: expect.stringMatching(/2 trials have no record: .*\n0 of 1 groups complete/) });
    expect(left(cluster)).toEqual([]);
  });
});

describe('interrupted', () => {
  const running = (vm: string, { id }: PlannedGroup): Guest =>
    guestOf(vm, [{ group: id, workload: 'bench', name: 'random' }], { group: id, planned: 2 });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: the VMs are left, and the message says how to go on', async (signal, code) => {
    const { cluster, guests, dist } = await setUp([RBD]);
    guests[podOf('rbd-3f9a1c-0')] = running('rbd-3f9a1c-0', RBD);
    const { status, stderr } = await cluster.interrupted(`experiment run ${dist} -o runs/first`, 'proxy', signal);
    expect(status).toBe(code);
    expect(stderr).toMatch(
      /interrupted; left on the cluster, in namespace ns: group rbd-3f9a1c\n {2}to go on: virtwork experiment run dist\/rank --resume -o runs\/first\n {2}to delete: kubectl delete vm,sts,svc,secret,dv,pvc -n ns -l virtwork\/group=rbd-3f9a1c\n$/,
    );
    expect(left(cluster).length).toBeGreaterThan(0);
    if (signal === 'SIGTERM') return;
    // Without --resume, they are not touched.
    const before = left(cluster);
    expect(await cluster.virtwork(`experiment run ${dist} -o runs/second`)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /has VMs of group rbd-3f9a1c already, which may hold results\n {2}hint: to go on with their run: .*--resume/,
      ),
    });
    expect(left(cluster)).toEqual(before);
    expect(existsSync(join(cluster.cwd, 'runs/second'))).toBe(false);
  });

  test('what the guests hold afterwards is stored; they need not measure again', async () => {
    const { cluster, guests, dist, stored } = await setUp();
    const [pod, done] = [podOf('rbd-3f9a1c-0'), guests[podOf('rbd-3f9a1c-0')] as Guest];
    guests[pod] = running('rbd-3f9a1c-0', RBD);
    const child = cluster.start(`experiment run ${dist} -o runs/first`);
    const end = ended(child, 60);
    await cluster.called('proxy');
    // Two processes would each delete what the other one measures.
    const inUse = new RegExp(
      `runs/first: is used by process ${child.pid} on .* since .*\\n {2}hint: wait until it ends, or end it: kill ${child.pid};`,
    );
    for (const command of [`run ${dist} --resume`, `run ${dist}`, `collect ${dist}`])
      expect(await cluster.virtwork(`experiment ${command} -o runs/first`)).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(inUse),
      });
    child.kill('SIGKILL');
    await end;
    guests[pod] = done;
    const again = await cluster.virtwork(`experiment run ${dist} --resume -o runs/first`);
    expect(again).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/rbd-3f9a1c: deleting its VMs and volumes\n.*rbd-3f9a1c: complete\n/),
    });
    expect(stored('runs/first')).toEqual(ALL);
    expect(left(cluster)).toEqual([]);
  });

  test('--resume continues with VMs that still measure', async () => {
    const { cluster, guests, dist, stored } = await setUp([RBD]);
    const [pod, done] = [podOf('rbd-3f9a1c-0'), guests[podOf('rbd-3f9a1c-0')] as Guest];
    guests[pod] = running('rbd-3f9a1c-0', RBD);
    await cluster.interrupted(`experiment run ${dist} -o runs/first`, 'proxy', 'SIGINT');
    let questions = 0;
    guests[pod] = (path) => {
      questions += 1;
      return (questions > 2 ? done : running('rbd-3f9a1c-0', RBD))(path);
    };
    const { status, stderr } = await cluster.virtwork(`experiment run ${dist} --resume -o runs/first`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('rbd-3f9a1c: its VMs exist: continuing with them') });
    expect(stderr).toContain('3 of 4 records');
    expect(stored('runs/first')).toHaveLength(4);
    expect(left(cluster)).toEqual([]);
  });

  test('killed at any moment: the next run completes it, and nothing is stored twice', async () => {
    const { cluster, dist, stored } = await setUp();
    let resume = '';
    for (let moment = 200; moment <= 2600; moment += 500 + Math.floor(Math.random() * 300)) {
      const child = cluster.start(`experiment run ${dist} -o runs/first${resume}`);
      // It may end before it is killed.
      const end = ended(child, 60);
      await sleep(moment);
      child.kill('SIGKILL');
      await end;
      if (existsSync(join(cluster.cwd, 'runs/first/plan.json'))) resume = ' --resume';
    }
    const { status, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first${resume}`);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('2 of 2 groups complete') });
    expect(stored('runs/first')).toEqual(ALL);
    expect(left(cluster)).toEqual([]);
  }, 120_000);
});

test('--resume skips what is complete, and deletes what is left of it', async () => {
  const { cluster, dist } = await setUp([RBD]);
  await cluster.virtwork(`experiment run ${dist} -o runs/first --keep`);
  expect(left(cluster).length).toBeGreaterThan(0);
  const applied = cluster.calls.filter((call) => call.startsWith('apply')).length;
  const { status, stderr } = await cluster.virtwork(`experiment run ${dist} --resume -o runs/first`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('rbd-3f9a1c: complete already') });
  expect(cluster.calls.filter((call) => call.startsWith('apply'))).toHaveLength(applied);
  expect(left(cluster)).toEqual([]);
});

test('--resume takes the newest run without -o', async () => {
  const { cluster, dist } = await setUp([CEPHFS]);
  await cluster.virtwork(`experiment run ${dist}`);
  const [name = ''] = readdirSync(join(cluster.cwd, 'runs/rank'));
  expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d{6}$/);
  expect(await cluster.virtwork(`experiment run ${dist} --resume`)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(`records: runs/rank/${name}`),
  });
});

test('--only chooses groups', async () => {
  const { cluster, dist } = await setUp();
  const { status, stdout } = await cluster.virtwork(`experiment run ${dist} --only storage=ceph* -o runs/first`);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^GROUP.*\ncephfs-77b0e2 +complete +-\n1 of 1 groups complete/),
  });
  expect(cluster.calls.join('\n')).not.toContain('rbd-3f9a1c');
});

test('--parallel runs groups at the same time', async () => {
  const { cluster, dist, stored } = await setUp();
  const { status } = await cluster.virtwork(`experiment run ${dist} --parallel 2 -o runs/first`);
  expect(status).toBe(0);
  expect(stored('runs/first')).toEqual(ALL);
  expect(left(cluster)).toEqual([]);
});

test('--on-complete gets a summary on its standard input', async () => {
  const { cluster, dist } = await setUp([CEPHFS]);
  const command = join(cluster.cwd, 'keep');
  writeFileSync(command, '#!/bin/sh\ncat >summary.json\necho stored\nexit 4\n', { mode: 0o755 });
  const { status, stderr } = await cluster.virtwork(`experiment run ${dist} -o runs/first --on-complete ./keep`);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringMatching(/\nstored\nwarning: the command of --on-complete failed \(exit code 4\): \.\/keep\n$/),
  });
  expect(JSON.parse(readFileSync(join(cluster.cwd, 'summary.json'), 'utf8'))).toMatchObject({
    command: 'experiment run',
    name: 'rank',
    run: 'runs/first',
    complete: true,
    groups_complete: 1,
    groups: [{ id: 'cephfs-77b0e2', settings: { storage: 'cephfs' }, status: 'complete', missing: [], left: null }],
  });
});

test.each<[string, readonly RegExp[]]>([
  ['experiment run', [/takes one experiment, got none/]],
  ['experiment run nosuch --parallel 0 --only storage', [/nosuch/, /flag --parallel: must be a number/]],
  [
    'experiment run dist/rank --only disk=a --only storage=x*',
    [/has no axis "disk"; it has storage, job/, /no value of storage matches "x\*"; it has rbd, cephfs/],
  ],
  ['experiment run dist/rank --resume', [/runs\/rank: has no run of this plan\n {2}hint: omit --resume/]],
  ['experiment run dist', [/dist: has no plan.json/]],
])('virtwork %s: exit 2, and no call', async (args, says) => {
  const { cluster } = await setUp();
  const { status, stdout, stderr } = await cluster.virtwork(args);
  expect({ status, stdout, calls: cluster.calls }).toEqual({ status: 2, stdout: '', calls: [] });
  for (const each of says) expect(stderr).toMatch(each);
});

test('a folder with a run of another plan is refused, and so is one with a run, without --resume', async () => {
  const { cluster, dist } = await setUp([CEPHFS]);
  await cluster.virtwork(`experiment run ${dist} -o runs/first`);
  const twice = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
  expect(twice).toMatchObject({ status: 2, stderr: expect.stringMatching(/runs\/first: has a run of this plan\n {2}hint: use --resume/) });
  writeExperiment(cluster, planOf([CEPHFS], { seed: 2 }));
  for (const flag of ['', ' --resume']) {
    const other = await cluster.virtwork(`experiment run ${dist} -o runs/first${flag}`);
    expect(other).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/runs\/first: is a run of another plan: seed is 1, and in the experiment 2\n {2}hint: use another/),
    });
  }
});

test('a plan that was changed is refused, with what was changed', async () => {
  const { cluster, dist } = await setUp([CEPHFS]);
  await cluster.virtwork(`experiment run ${dist} -o runs/rank/first`);
  const change = (file: string) => {
    const path = join(cluster.cwd, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"vms": 1,', '"vms": 2,').replace('"seconds": 20', '"seconds": 30'));
    return () => writeFileSync(path, text);
  };
  const says =
    'it was changed after virtwork wrote it: groups\\[0\\]\\.vms is 2, was 1; groups\\[0\\]\\.trials\\[0\\]\\.seconds is 30, was 20\n';
  const undo = change(`${dist}/plan.json`);
  expect(await cluster.virtwork(`experiment run ${dist}`)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      new RegExp(`^.*dist/rank/plan\\.json: must be a plan of virtwork .*: ${says} {2}hint: run: virtwork experiment synth`),
    ),
  });
  undo();
  change('runs/rank/first/plan.json');
  expect(await cluster.virtwork(`experiment run ${dist} --resume -o runs/rank/first`)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      new RegExp(`^.*runs/rank/first/plan\\.json: must be .*: ${says} {2}hint: undo the change; or use another folder: -o DIR`),
    ),
  });
});

describe('--tuning', () => {
  const planIn = (cluster: FakeCluster, run: string) => JSON.parse(readFileSync(join(cluster.cwd, run, 'plan.json'), 'utf8'));
  const factsIn = (cluster: FakeCluster, run: string) => JSON.parse(readFileSync(join(cluster.cwd, run, 'facts.json'), 'utf8'));

  test('is recorded, overrides that of the plan, and does not make another plan', async () => {
    const { cluster } = await setUp([CEPHFS]);
    const dist = writeExperiment(cluster, { ...planOf([CEPHFS]), tuning: 'before' });
    await cluster.virtwork(`experiment run ${dist} -o runs/first`);
    await cluster.virtwork(`experiment run ${dist} -o runs/second --tuning after`);
    expect([planIn(cluster, 'runs/first').tuning, factsIn(cluster, 'runs/first').tuning]).toEqual(['before', 'before']);
    expect([planIn(cluster, 'runs/second').tuning, factsIn(cluster, 'runs/second').tuning]).toEqual(['after', 'after']);
    expect(planIn(cluster, 'runs/second').hash).toBe(planIn(cluster, 'runs/first').hash);
    const { stdout } = await cluster.virtwork('experiment compare runs/first runs/second');
    expect(stdout).toMatch(/runs\/first +rank +before +2\/2\nruns\/second +rank +after +2\/2\n\nRatios are to before\.\n/);
    expect(stdout).toMatch(/ after +1\.00/);
  });

  test('is the same during a run', async () => {
    const { cluster, dist } = await setUp([CEPHFS]);
    await cluster.virtwork(`experiment run ${dist} -o runs/rank/a --tuning one`);
    expect(await cluster.virtwork(`experiment run ${dist} -o runs/rank/a --resume --tuning two`)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /runs\/rank\/a: is a run with the tuning "one", and the tuning is now "two"\n {2}hint: use another folder/,
      ),
    });
    expect(await cluster.virtwork(`experiment run ${dist} --resume --tuning two`)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('has no run of this plan'),
    });
    for (const flag of ['', ' --tuning one'])
      expect(await cluster.virtwork(`experiment run ${dist} --resume${flag}`)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('records: runs/rank/a'),
      });
  });

  test('must be one line', async () => {
    const { cluster, dist } = await setUp([CEPHFS]);
    expect(await cluster.virtwork(`experiment run ${dist} --tuning ${'x'.repeat(201)}`)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('flag --tuning: must be one line of 1 to 200 characters'),
    });
    expect(cluster.calls).toEqual([]);
  });
});
