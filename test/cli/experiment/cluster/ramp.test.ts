import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExperimentResults } from '../../../../src/report/experiment-results';
import { type Measure, rampSetUp } from '../../../support/experiment-ramps';
import { vmsOf } from '../../../support/experiment-runs';
import type { FakeCluster } from '../../../support/fake-cluster';
import { podOf } from '../../../support/fake-guests';
import { ended } from '../../../support/run';
import type { HttpReply } from '../../../support/trial-records';

/** The groups that were measured and deleted, in their order. */
function measured(cluster: FakeCluster): string[] {
  const gone = cluster.calls.filter((call) => call.startsWith('delete virtualmachines'));
  return gone.map((call) => /virtwork\/group=(\S+)-000000/.exec(call)?.[1] ?? '');
}

/** 4 VMs are near the limit of 5 ms, 5 are beyond it. */
const NEAR_4: Measure = ({ count, round }) => (count <= 2 ? count : count === 4 ? ([4.8, 4.7, 4.75][round - 1] as number) : count + 3);
const VISITED = ['rbd-c1', 'rbd-c2', 'rbd-c4', 'rbd-c8', 'rbd-c6', 'rbd-c5', 'rbd-c4', 'rbd-c5', 'rbd-c4'];

function stored(cluster: FakeCluster, run: string): string[] {
  return (readdirSync(join(cluster.cwd, run), { recursive: true }) as string[]).filter((file) => file.endsWith('.gz')).sort();
}

test('goes up until the limit, looks for it below, measures both edges again, and ends', async () => {
  const { cluster, dist } = await rampSetUp(NEAR_4);
  writeFileSync(join(cluster.cwd, 'keep'), '#!/bin/sh\ncat >summary.json\n', { mode: 0o755 });
  const { status, stdout, stderr } = await cluster.virtwork(`experiment run ${dist} -o runs/first --on-complete ./keep`);
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: `GROUP           STATE        WHY
rbd-c1-000000   complete     storage=rbd job=random vm_count=1 is within the limit of write-latency.p99, not decided
rbd-c2-000000   complete     storage=rbd job=random vm_count=2 is within the limit of write-latency.p99, not decided
rbd-c3-000000   not needed   4 is within the limit
rbd-c4-000000   complete     storage=rbd job=random vm_count=4 is within the limit of write-latency.p99, measured 3 times
rbd-c5-000000   complete     storage=rbd job=random vm_count=5 is beyond the limit of write-latency.p99, measured 2 times
rbd-c6-000000   complete     storage=rbd job=random vm_count=6 is beyond the limit of write-latency.p99, not decided
rbd-c7-000000   not needed   5 is beyond the limit
rbd-c8-000000   complete     storage=rbd job=random vm_count=8 is beyond the limit of write-latency.p99, not decided
ramp storage=rbd job=random: write-latency.p99 is within its limit up to vm_count 4, beyond it from vm_count 5
6 of 8 groups complete, 2 not needed; records: runs/first
`,
    stderr: expect.stringMatching(/rbd-c1-000000: 1 of 1 VMs answer, 1 of 1 records; at most \d+ min left\n/),
  });
  expect(measured(cluster)).toEqual(VISITED);
  expect(JSON.parse(readFileSync(join(cluster.cwd, 'summary.json'), 'utf8'))).toMatchObject({
    complete: true,
    ramps: [
      {
        values: { storage: 'rbd', job: 'random' },
        axis: 'vm_count',
        within: 4,
        beyond: 5,
        decided: true,
        counts: expect.arrayContaining([
          { count: 4, group: 'rbd-c4-000000', outcome: 'within', decided: true, rounds: 3 },
          { count: 7, group: 'rbd-c7-000000', outcome: 'not measured', decided: false, rounds: 0, why: '5 is beyond the limit' },
        ]),
      },
    ],
  });
  // No record of a round replaces one of another.
  expect(stored(cluster, 'runs/first').filter((file) => file.includes('c4-000000-0/'))).toEqual([
    'groups/rbd-c4-000000/rbd-c4-000000-0/001-random-r1.json.gz',
    'rounds/2/groups/rbd-c4-000000/rbd-c4-000000-0/001-random-r1.json.gz',
    'rounds/3/groups/rbd-c4-000000/rbd-c4-000000-0/001-random-r1.json.gz',
  ]);
  expect(cluster.objects.filter((object) => /^(VirtualMachine|Secret)/.test(object))).toEqual([]);

  const report = await cluster.virtwork('experiment report runs/first -o json');
  expect({ status: report.status, stderr: report.stderr }).toEqual({ status: 0, stderr: '' });
  const { missing, broken, ramps, cells } = JSON.parse(report.stdout) as ExperimentResults;
  expect({ missing, broken }).toEqual({ missing: [], broken: [] });
  expect(ramps).toEqual([expect.objectContaining({ within: 4, beyond: 5 })]);
  expect(cells[3]?.figures['write-latency.p99']?.values).toEqual([4.8e6, 4.7e6, 4.75e6]);
  expect(cells[6]).toMatchObject({ complete: false, why: ['not measured: 5 is beyond the limit'] });

  // Nothing more is measured.
  const again = await cluster.virtwork(`experiment run ${dist} -o runs/first --resume`);
  expect(again).toMatchObject({ status: 0, stdout });
  expect(measured(cluster)).toEqual(VISITED);
});

test('all counts by hand, with kubectl alone: the report has the limit, and nothing is missing', async () => {
  const { cluster, guests, plan } = await rampSetUp(NEAR_4);
  const answers = plan.groups.flatMap((group) => vmsOf(group).map((vm) => guests[podOf(vm)]?.('/results') as HttpReply));
  writeFileSync(join(cluster.cwd, 'results.gz'), Buffer.concat(answers.map(({ body }) => body as Buffer)));
  const { status, stdout, stderr } = await cluster.virtwork('experiment report results.gz -o json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('dist/density/plan.json') });
  const { missing, broken, ramps, cells } = JSON.parse(stdout) as ExperimentResults;
  expect({ missing, broken, incomplete: cells.filter(({ complete }) => !complete) }).toEqual({ missing: [], broken: [], incomplete: [] });
  const outcomes = [1, 2, 3, 4, 5, 6, 7, 8].map((count) => ({ count, outcome: count <= 4 && count !== 3 ? 'within' : 'beyond' }));
  expect(ramps).toEqual([expect.objectContaining({ counts: outcomes.map((each) => expect.objectContaining({ ...each, rounds: 1 })) })]);
  expect(ramps?.[0]).toMatchObject({ within: 2, beyond: 3 });
  expect(ramps?.[0]).not.toHaveProperty('next');
});

test('killed in the first round of a count, and in a further one: --resume goes on at the same place', async () => {
  const { cluster, dist } = await rampSetUp(NEAR_4);
  const applies = () => cluster.calls.filter((call) => /^apply --server-side -o/.test(call)).length;
  let resume = '';
  for (const [index, at] of [3, 7].entries()) {
    const child = cluster.start(`experiment run ${dist} -o runs/first${resume}`);
    const end = ended(child, 60);
    // Each process applies the namespace, too.
    while (applies() < at + index + 1) await sleep(10, undefined, { ref: false });
    child.kill('SIGKILL');
    await end;
    expect(cluster.objects).toContain('VirtualMachine/rbd-c4-000000-0');
    expect(measured(cluster)).toEqual(VISITED.slice(0, at - 1));
    resume = ' --resume';
  }
  const { status, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first --resume`);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringContaining('is within its limit up to vm_count 4, beyond it from vm_count 5'),
  });
  expect(measured(cluster)).toEqual(VISITED);
  expect(stored(cluster, 'runs/first')).toHaveLength(1 + 2 + 4 * 3 + 8 + 6 + 5 * 2);
});

test('a VM that does not answer is a breach: it is tried once more, deleted, and the ramp goes on', async () => {
  const measure: Measure = ({ count, vm }) => (count === 4 && vm.endsWith('-3') ? 'unreachable' : 1);
  const { cluster, dist } = await rampSetUp(measure, { to: 4 });
  const { status, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first --timeout 1 --via proxy`);
  // Records are missing, and a VM took too long.
  expect({ status, stdout }).toEqual({
    status: 3,
    stdout: expect.stringMatching(
      /rbd-c4-000000 +incomplete +.*rbd-c4-000000-3 .*is beyond the limit[\s\S]*up to vm_count 3, beyond it from vm_count 4\n3 of 4 groups complete; /,
    ),
  });
  expect(measured(cluster)).toEqual(['rbd-c1', 'rbd-c2', 'rbd-c4', 'rbd-c4', 'rbd-c3', 'rbd-c3']);
  expect(cluster.objects.filter((object) => object.startsWith('VirtualMachine'))).toEqual([]);
});

test('a first count without an answer is left, and the ramp stops', async () => {
  const { cluster, dist } = await rampSetUp(() => 'unreachable', { to: 2 });
  const { status, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first --timeout 1 --via proxy`);
  expect({ status, stdout }).toEqual({
    status: 3,
    stdout: expect.stringMatching(
      /rbd-c2-000000 +left +the ramp stops, because the next count needs the cluster for itself: left running: rbd-c1-000000-0/,
    ),
  });
});

describe('several ramps', () => {
  /** rbd serves two VMs, cephfs one; mixed is slower. */
  const measure: Measure = ({ storage, count, job }) => (storage === 'rbd' ? count * 2.4 : count * 4.9) + (job === 'mixed' ? 0.3 : 0);

  test('each storage has one, at the same time; each job has one, in the same VMs', async () => {
    const { cluster, dist } = await rampSetUp(measure, { to: 2, storages: ['rbd', 'cephfs'], jobs: ['random', 'mixed'] });
    const { status, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first --parallel 2`);
    expect({ status, stdout: stdout.split('\n').filter((line) => line.startsWith('ramp')) }).toEqual({
      status: 0,
      stdout: [
        'ramp storage=rbd job=random: write-latency.p99 is within its limit up to vm_count 2',
        'ramp storage=rbd job=mixed: write-latency.p99 is within its limit up to vm_count 1, beyond it from vm_count 2',
        'ramp storage=cephfs job=random: write-latency.p99 is within its limit up to vm_count 1, beyond it from vm_count 2',
        'ramp storage=cephfs job=mixed: write-latency.p99 is beyond it from vm_count 1',
      ],
    });
  });

  test('--only chooses ramps and counts; one count alone is measured once', async () => {
    const { cluster, dist } = await rampSetUp(measure, { to: 4, storages: ['rbd', 'cephfs'] });
    const { status, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first --only storage=rbd --only vm_count=3 --keep`);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^GROUP.*\nrbd-c3-000000 +complete +its VMs are kept\n1 of 1 groups complete; /),
    });
    // Later, the ramp starts from what is known.
    const more = await cluster.virtwork(`experiment run ${dist} -o runs/first --resume --only storage=rbd`);
    expect(more).toMatchObject({ status: 0, stdout: expect.stringContaining('up to vm_count 2, beyond it from vm_count 3') });
    // First, it deletes the VMs that were kept.
    expect(measured(cluster)).toEqual(['rbd-c3', 'rbd-c1', 'rbd-c2', 'rbd-c2', 'rbd-c3']);
  });

  test('--keep: exit 2, and no call', async () => {
    const { cluster, dist } = await rampSetUp(measure, { to: 2 });
    const { status, stderr } = await cluster.virtwork(`experiment run ${dist} --keep`);
    expect({ status, stderr, calls: cluster.calls }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/flag --keep: cannot be used with a ramp: .*\n {2}hint: omit --keep; or choose one count/),
      calls: [],
    });
  });
});

describe('counts that the cluster cannot run', () => {
  const memoryOf = (count: number) => (count > 2 ? 2 ** 40 : 2 ** 30);

  test('that the ramp needs: it looks below, and the exit code is 1', async () => {
    const { cluster, dist } = await rampSetUp(({ count }) => count, { to: 4, memoryOf });
    const { status, stdout, stderr } = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
    expect(stderr).toContain('group rbd-c4-000000 is skipped: needs 1Ti of memory');
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(
        /rbd-c3-000000 +skipped [\s\S]*\nramp .* within its limit up to vm_count 2 \(not decided\)\n2 of 4 groups/,
      ),
    });
  });

  test('that the ramp does not need', async () => {
    const { cluster, dist } = await rampSetUp(({ count }) => 4 * count, { to: 4, memoryOf });
    const { status, stdout, stderr } = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/rbd-c4-000000 +not needed +2 is beyond the limit/),
      stderr: expect.not.stringContaining('skipped'),
    });
  });

  test('because it rejects them', async () => {
    const { cluster, dist } = await rampSetUp(
      ({ count }) => count,
      { to: 4 },
      {
        faults: [{ object: '^VirtualMachine/rbd-c[34]', error: 'Error from server: admission webhook denied the request: too many' }],
      },
    );
    const { status, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(/rbd-c3-000000 +incomplete .*too many[\s\S]*\nramp .* within its limit up to vm_count 2/),
    });
  });
});
