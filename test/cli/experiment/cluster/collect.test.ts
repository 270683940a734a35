import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CEPHFS, RBD, setUp } from '../../../support/experiment-runs';

test('stores what the guests of all groups hold, in the folder of a run', async () => {
  const { cluster, dist, stored } = await setUp();
  for (const { id } of [RBD, CEPHFS]) await cluster.virtwork(`apply ${dist}/groups/${id}`);
  const { status, stdout, stderr } = await cluster.virtwork(`experiment collect ${dist} -o runs/first`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'run folder: runs/first\n' });
  expect(stdout).toMatch(/3 of 3 VMs complete, 6 of 6 trials done/);
  // Not the VM next to them, which is not measured.
  expect(stdout).not.toContain('neighbor');
  expect(stored('runs/first')).toHaveLength(6);
  // A run goes on with these records.
  const again = await cluster.virtwork(`experiment run ${dist} --resume -o runs/first`);
  expect(again).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/rbd-3f9a1c: complete already[\s\S]*cephfs-77b0e2: complete already/),
  });
});

test('--only chooses groups', async () => {
  const { cluster, dist, stored } = await setUp();
  for (const { id } of [RBD, CEPHFS]) await cluster.virtwork(`apply ${dist}/groups/${id}`);
  expect(await cluster.virtwork(`experiment collect ${dist} --only storage=ceph* -o runs/first`)).toMatchObject({ status: 0 });
  expect(stored('runs/first')).toHaveLength(2);
});

test('no VMs of the experiment: exit 1, and what to do', async () => {
  const { cluster, dist } = await setUp();
  const { status, stderr } = await cluster.virtwork(`experiment collect ${dist} -o runs/first`);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/namespace ns: has no VMs of this experiment\n {2}hint: run:/),
  });
  expect(existsSync(join(cluster.cwd, 'runs'))).toBe(false);
});
