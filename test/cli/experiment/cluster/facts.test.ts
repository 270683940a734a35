import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunFacts } from '../../../../src/experiment/run-facts';
import { CEPHFS, RBD, setUp, vmsOf } from '../../../support/experiment-runs';
import { type FakeCluster, own } from '../../../support/fake-cluster';
import { type Guest, podOf } from '../../../support/fake-guests';
import { ended } from '../../../support/run';
import { guestOf } from '../../../support/trial-records';

const RUN = 'experiment run dist/rank -o runs/first';

function factsIn(cluster: FakeCluster): RunFacts {
  return JSON.parse(readFileSync(join(cluster.cwd, 'runs/first/facts.json'), 'utf8'));
}

/** Waits for a call, and kills the process that made it. */
async function killedAt(cluster: FakeCluster, args: string, call: string): Promise<void> {
  const child = cluster.start(args);
  const end = ended(child, 60);
  await cluster.called(call);
  child.kill('SIGKILL');
  await end;
}

/** Facts of a group whose attempt has ended. */
const whole = (group: typeof RBD) => ({
  started: expect.any(String),
  seconds: expect.any(Number),
  attempts: 1,
  vms: Object.fromEntries(vmsOf(group).map((vm) => [vm, expect.objectContaining({ node: 'worker-1', pod: podOf(vm) })])),
});
const BOTH = { [RBD.id]: whole(RBD), [CEPHFS.id]: whole(CEPHFS) };

test('killed while it deletes a complete group: its facts are there, and --resume ends it', async () => {
  const { cluster } = await setUp(undefined, { faults: [{ call: '^delete', hang: true, times: 1 }] });
  await killedAt(cluster, RUN, 'delete');
  const { started, ...open } = factsIn(cluster).groups[RBD.id] ?? {};
  expect(open).toEqual({ vms: whole(RBD).vms });
  expect(await cluster.virtwork(`${RUN} --resume`)).toMatchObject({ status: 0 });
  expect(factsIn(cluster).groups).toEqual({ ...BOTH, [RBD.id]: { ...whole(RBD), started } });
});

test('complete, but without facts: --resume asks the VMs that are left', async () => {
  const { cluster } = await setUp();
  await cluster.virtwork(`${RUN} --keep`);
  const file = join(cluster.cwd, 'runs/first/facts.json');
  const { groups: _, ...others } = factsIn(cluster);
  writeFileSync(file, JSON.stringify(others));
  expect(await cluster.virtwork(`${RUN} --resume`)).toMatchObject({ status: 0 });
  expect(factsIn(cluster).groups).toEqual(BOTH);
});

test('killed while the VMs measure: the attempt goes on, and so does its time', async () => {
  const { cluster, guests } = await setUp([RBD]);
  const [pod, done] = [podOf('rbd-3f9a1c-0'), guests[podOf('rbd-3f9a1c-0')] as Guest];
  guests[pod] = guestOf('rbd-3f9a1c-0', [{ group: RBD.id, workload: 'bench', name: 'random' }], { group: RBD.id, planned: 2 });
  const child = cluster.start(RUN);
  const end = ended(child, 60);
  // The second question, which comes after the facts.
  const asked = () => cluster.calls.filter((call) => call.startsWith('get virtualmachineinstances')).length;
  await cluster.called('proxy');
  const before = asked();
  while (asked() < before + 2) await sleep(20, undefined, { ref: false });
  child.kill('SIGKILL');
  await end;
  const first = factsIn(cluster).groups[RBD.id];
  expect(first).toEqual({ started: expect.any(String), vms: whole(RBD).vms });
  guests[pod] = done;
  await cluster.virtwork(`${RUN} --resume`);
  expect(factsIn(cluster).groups[RBD.id]).toEqual({ ...whole(RBD), started: first?.started });
});

test('what an attempt knew of VMs that are left is kept', async () => {
  const { cluster, guests } = await setUp([CEPHFS]);
  guests[podOf('cephfs-77b0e2-0')] = () => 'unreachable';
  await cluster.virtwork(`${RUN} --timeout 1 --via proxy`);
  expect(factsIn(cluster).groups[CEPHFS.id]).toEqual({ ...whole(CEPHFS), attempts: 2 });
});

test('what the cluster was like before the interrupt is kept if it differs', async () => {
  const other = own('StorageClass', 'other');
  const { cluster, guests } = await setUp([RBD, CEPHFS], { objects: [other] });
  const [pod, done] = [podOf('cephfs-77b0e2-0'), guests[podOf('cephfs-77b0e2-0')] as Guest];
  guests[pod] = guestOf('cephfs-77b0e2-0', [], { group: CEPHFS.id, planned: 2 });
  await killedAt(cluster, `${RUN} --only storage=cephfs`, 'proxy');
  const { cluster: before, since, earlier: none } = factsIn(cluster);
  expect(none).toBeUndefined();
  Object.assign(other, { provisioner: 'new' });
  guests[pod] = done;
  await cluster.virtwork(`${RUN} --resume --only storage=cephfs`);
  const facts = factsIn(cluster);
  expect(facts.earlier).toEqual([{ since, cluster: before }]);
  expect(facts.cluster?.storageClasses).toContainEqual({ name: 'other', provisioner: 'new' });
  // Now nothing has changed.
  await cluster.virtwork(`${RUN} --resume`);
  expect(factsIn(cluster)).toMatchObject({ since: facts.since, earlier: facts.earlier, groups: BOTH });
});
