import { clusterFacts, vmFacts } from '../../src/companion/experiment/facts';
import type { RunFacts } from '../../src/experiment/run-facts';
import { pageOf } from '../../src/report/page/page';
import { beginning, readyTimes } from '../../src/report/ready';
import { experimentResults } from '../support/experiment-results';
import { OUTSIDE } from '../support/experiment-runs';
import { fakeCluster, own } from '../support/fake-cluster';
import { ALL_KINDS } from '../support/fake-kubectl';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

/** A VM and its instance, ready after some seconds. */
function machine(name: string, ready: number) {
  const labels = { 'virtwork/group': 'g' };
  const phases = { Scheduling: 10, Scheduled: 14, Running: 16 };
  const status = {
    nodeName: 'worker-1',
    phaseTransitionTimestamps: Object.entries(phases).map(([phase, seconds]) => ({ phase, phaseTransitionTimestamp: at(seconds) })),
    conditions: [{ type: 'AgentConnected', status: 'True', lastTransitionTime: at(ready) }],
  };
  return [
    own('VirtualMachine', name, { labels, creationTimestamp: at(0) }),
    { ...own('VirtualMachineInstance', name, { labels }), status },
  ];
}

test('the page shows the times that a run records of its VMs', async () => {
  const cluster = await fakeCluster({ kinds: [...ALL_KINDS, ...OUTSIDE], objects: [...machine('a', 36), ...machine('b', 56)] });
  const client = cluster.client();
  const facts: RunFacts = {
    schema: 'virtwork.facts/1',
    plan: `sha256:${'4f'.repeat(32)}`,
    cluster: await clusterFacts(client),
    groups: { 'rbd-000000': { started: at(0), seconds: 90, vms: await vmFacts(client, 'virtwork/group=g', ['a', 'b', 'gone']) } },
  };
  const recorded = JSON.parse(JSON.stringify(facts));
  expect(readyTimes(recorded)).toEqual(
    new Map([
      [
        'rbd-000000',
        [
          { provisioning: 10, attach: 4, start: 2, boot: 20 },
          { provisioning: 10, attach: 4, start: 2, boot: 40 },
        ],
      ],
    ]),
  );
  expect(beginning(recorded)).toBe(at(0));
  const text = pageOf({ ...experimentResults(), facts: recorded })
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
  expect(text).toContain('Group VMs provisioning attach start boot rbd-000000 2 10.0 (10.0) 4.00 (4.00) 2.00 (2.00) 30.0 (40.0)');
});

test.each<[string, unknown]>([
  ['no facts', undefined],
  ['no groups', { groups: {} }],
  ['groups that are no map', { groups: 'x' }],
  ['a time without a format', { groups: { g: { started: 'soon' }, h: null } }],
])('a run with %s has no beginning', (_, facts) => {
  expect(beginning(facts as RunFacts)).toBeUndefined();
});

test('a run begins with its first group', () => {
  const group = (started: string) => ({ started, seconds: 1, vms: {} });
  expect(beginning({ schema: 'virtwork.facts/1', groups: { a: group(at(9)), b: group(at(3)), c: group(at(30)) } })).toBe(at(3));
});
