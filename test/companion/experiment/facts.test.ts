import { clusterFacts, vmFacts } from '../../../src/companion/experiment/facts';
import { OUTSIDE } from '../../support/experiment-runs';
import { fakeCluster, own } from '../../support/fake-cluster';
import { podOf } from '../../support/fake-guests';
import { ALL_KINDS, type Scenario } from '../../support/fake-kubectl';

const LABELS = { labels: { 'virtwork/group': 'g' } };
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString().replace('.000', '');
const stamps = (times: { readonly [phase: string]: number }) =>
  Object.entries(times).map(([phase, seconds]) => ({ phase, phaseTransitionTimestamp: at(seconds) }));

const clusterOf = (scenario: Scenario) => fakeCluster({ kinds: [...ALL_KINDS, ...OUTSIDE], ...scenario });

test('of a VM: its node, pod, volumes, and the seconds of each step', async () => {
  const vm = own(
    'VirtualMachine',
    'a',
    { ...LABELS, creationTimestamp: at(0) },
    { template: { spec: { volumes: [{ dataVolume: { name: 'data-a' } }] } } },
  );
  const instance = {
    ...own('VirtualMachineInstance', 'a', LABELS),
    status: {
      nodeName: 'worker-1',
      phaseTransitionTimestamps: stamps({ Pending: 30, Scheduling: 31, Scheduled: 40, Running: 42 }),
      conditions: [{ type: 'AgentConnected', status: 'True', lastTransitionTime: at(62) }],
    },
  };
  const pod = own('Pod', podOf('a'), { ...LABELS, ownerReferences: [{ kind: 'VirtualMachineInstance', name: 'a' }] });
  const claim = {
    ...own('PersistentVolumeClaim', 'data-a', LABELS, { volumeName: 'pv-1', storageClassName: 'rbd', volumeMode: 'Block' }),
    status: { accessModes: ['ReadWriteMany'], capacity: { storage: '10Gi' } },
  };
  const cluster = await clusterOf({ objects: [vm, instance, pod, claim] });
  expect(await vmFacts(cluster.client(), 'virtwork/group=g', ['a', 'gone'])).toEqual({
    a: {
      node: 'worker-1',
      pod: podOf('a'),
      claims: [
        { name: 'data-a', volume: 'pv-1', storageClass: 'rbd', volumeMode: 'Block', accessModes: ['ReadWriteMany'], capacity: '10Gi' },
      ],
      phases: { Pending: at(30), Scheduling: at(31), Scheduled: at(40), Running: at(42) },
      created: at(0),
      provisioning: 31,
      attach: 9,
      start: 2,
      boot: 20,
    },
    gone: { claims: [], phases: {} },
  });
});

test('what is not known is absent: a phase, a time without a format, an agent that is not connected', async () => {
  const instance = {
    ...own('VirtualMachineInstance', 'a', LABELS),
    status: {
      phaseTransitionTimestamps: [...stamps({ Scheduled: 40 }), { phase: 'Running', phaseTransitionTimestamp: 'soon' }],
      conditions: [{ type: 'AgentConnected', status: 'False', lastTransitionTime: at(62) }],
    },
  };
  const cluster = await clusterOf({ objects: [own('VirtualMachine', 'a', LABELS), instance] });
  expect(await vmFacts(cluster.client(), 'virtwork/group=g', ['a'])).toEqual({
    a: { claims: [], phases: { Scheduled: at(40), Running: 'soon' } },
  });
});

test('of a cluster: what the account may not list is named', async () => {
  const cluster = await clusterOf({ forbidden: ['nodes', 'csidrivers'], objects: [own('StorageClass', 'rbd')] });
  expect(await clusterFacts(cluster.client())).toMatchObject({
    version: { serverVersion: { gitVersion: 'v1.34.2' } },
    storageClasses: [{ name: 'rbd' }],
    nodes: [],
    unknown: ['csidrivers could not be listed', 'nodes could not be listed'],
  });
});
