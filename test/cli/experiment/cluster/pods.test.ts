import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedGroup } from '../../../../src/experiment/experiment-plan';
import { finishedGuests, group, RBD, setUp, vmsOf } from '../../../support/experiment-runs';
import { type FakeCluster, own } from '../../../support/fake-cluster';

const PODS: PlannedGroup = { ...group('pod-0ac01a', { storage: 'rbd' }), pod: { image: 'fio' } };

/** The groups, of which one measures pods in the place of VMs. Pods have the names that VMs would have. */
async function podsAndVms(scenario: Parameters<typeof setUp>[1] = {}) {
  const setup = await setUp([RBD, PODS], scenario);
  for (const [pod, guest] of Object.entries(finishedGuests(PODS))) {
    delete setup.guests[pod];
    setup.guests[pod.replace(/^virt-launcher-(.*)-abcde$/, '$1')] = guest;
  }
  return setup;
}

/** A pod of another namespace that takes CPUs of a node. */
function busy(nodeName: string, cpu: string) {
  const { metadata, ...object } = own('Pod', `busy-${nodeName}`, {}, { nodeName, containers: [{ resources: { requests: { cpu } } }] });
  return { ...object, metadata: { ...metadata, namespace: 'other' }, status: { phase: 'Running' } };
}

function left(cluster: FakeCluster): string[] {
  return cluster.objects.filter((object) => /^(VirtualMachine|StatefulSet|Secret|Pod)/.test(object));
}

test('pods are applied, asked, recorded and deleted like VMs', async () => {
  const { cluster, dist, stored } = await podsAndVms();
  const { status, stdout, stderr } = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
  expect({ status, stdout, stderr }).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/rbd-3f9a1c +complete[\s\S]*pod-0ac01a +complete/),
  });
  expect(stored('runs/first').filter((file) => file.startsWith(PODS.id))).toEqual(
    vmsOf(PODS).flatMap((vm) => [`${PODS.id}/${vm}/001-random-r1.json.gz`, `${PODS.id}/${vm}/002-mixed-r1.json.gz`]),
  );
  expect(left(cluster)).toEqual([]);
  const facts = JSON.parse(readFileSync(join(cluster.cwd, 'runs/first/facts.json'), 'utf8'));
  expect(facts.groups[PODS.id].vms).toMatchObject({ 'pod-0ac01a-0': { node: 'worker-1', pod: 'pod-0ac01a-0' } });
});

test('a run that was interrupted goes on with the pods that exist', async () => {
  const { cluster, dist, guests } = await podsAndVms();
  const away = Object.fromEntries(Object.entries(guests));
  for (const vm of vmsOf(PODS)) guests[vm] = () => 'unreachable';
  const first = await cluster.virtwork(`experiment run ${dist} -o runs/first --timeout 1 --via proxy`);
  expect(first.stdout).toMatch(/pod-0ac01a.*may hold records/);
  expect(left(cluster)).toContain('StatefulSet/pod-0ac01a');
  Object.assign(guests, away);
  const { status, stderr } = await cluster.virtwork(`experiment run ${dist} --resume -o runs/first`);
  expect(stderr).not.toContain('created again');
  expect({ status, left: left(cluster) }).toEqual({ status: 0, left: [] });
});

test('collect asks pods too, and nothing else through the proxy', async () => {
  const { cluster, dist } = await podsAndVms();
  await cluster.virtwork(`experiment run ${dist} -o runs/first --keep`);
  const { status } = await cluster.virtwork(`experiment collect ${dist} -o runs/second`);
  expect(status).toBe(0);
  const accepted = cluster.calls
    .flatMap((call) => /--accept-paths=(\S+)/.exec(call)?.[1] ?? [])
    .filter((path) => path.includes('pod-0ac01a'));
  expect(accepted.length).toBeGreaterThan(0);
  for (const path of accepted) {
    const pattern = new RegExp(path);
    expect(pattern.test('/api/v1/namespaces/ns/pods/pod-0ac01a-1:9998/proxy/results')).toBe(true);
    expect(pattern.test('/api/v1/namespaces/ns/pods/other-1:9998/proxy/results')).toBe(false);
    expect(pattern.test('/api/v1/namespaces/ns/pods/pod-0ac01a-1:9999/proxy/results')).toBe(false);
    expect(pattern.test('/api/v1/namespaces/ns/pods/pod-0ac01a-1:9998/proxy/metrics')).toBe(false);
  }
});

test('cleanup deletes pods too', async () => {
  const { cluster, dist } = await podsAndVms();
  await cluster.virtwork(`experiment run ${dist} -o runs/first --keep`);
  expect(left(cluster)).toContain('StatefulSet/pod-0ac01a');
  expect(await cluster.virtwork('cleanup --yes')).toMatchObject({ status: 0 });
  expect(left(cluster)).toEqual([]);
});

test.each<[string, Parameters<typeof setUp>[1], RegExp]>([
  ['permissions', { forbidden: ['statefulsets'] }, /may not (list|create|patch|delete) statefulsets\.apps/],
  [
    'quotas of volumes and pods',
    { objects: [{ ...own('ResourceQuota', 'small'), spec: { hard: { persistentvolumeclaims: '1' } } }] },
    /pod-0ac01a +skipped +quota small allows 1 of persistentvolumeclaims, 0 are used, and the group needs 2/,
  ],
  // KubeVirt requests a tenth of a CPU for each vCPU of the VMs of the other group.
  [
    'quotas of CPUs, of which pods request whole ones',
    { objects: [{ ...own('ResourceQuota', 'small'), spec: { hard: { 'requests.cpu': '3' } } }] },
    /rbd-3f9a1c +can run[\s\S]*pod-0ac01a +skipped +quota small allows 3 of requests.cpu, 0 are used, and the group needs 4\n/,
  ],
  [
    'CPUs of all nodes, and of the largest one',
    { objects: [busy('worker-1', '7'), busy('worker-2', '6500m')] },
    /rbd-3f9a1c +can run[\s\S]*pod-0ac01a +skipped +needs 4 of CPU; the 2 nodes for VMs can allocate 16, of which 2.5 are free; pod pod-0ac01a-0 needs 2 of CPU; the largest node can allocate 8, of which 1.5 are free\n/,
  ],
])('check looks at %s', async (_, scenario, expected) => {
  const { cluster, dist } = await podsAndVms(scenario);
  const { status, stdout, stderr } = await cluster.virtwork(`experiment check ${dist}`);
  expect(status).toBeGreaterThan(0);
  expect(stdout + stderr).toMatch(expected);
});

test('pods that the cluster rejects are reported', async () => {
  const { cluster, dist } = await podsAndVms({
    faults: [{ object: '^StatefulSet/pod', error: 'Error from server: violates PodSecurity "restricted:latest"' }],
  });
  const { status, stdout } = await cluster.virtwork(`experiment run ${dist} -o runs/first`);
  expect(status).toBe(1);
  expect(stdout).toMatch(/pod-0ac01a.*violates PodSecurity/);
});
