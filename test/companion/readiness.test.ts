import type { KubeObject } from '../../src/companion/objects';
import { type Snapshot, vmStates } from '../../src/companion/readiness';

const HASH = { 'virtwork/user-data-hash': 'new' };

function vm(status: object = {}, spec: object = {}): KubeObject {
  return {
    kind: 'VirtualMachine',
    metadata: { name: 'a', generation: 2, labels: { 'app.kubernetes.io/component': 'perf', 'virtwork/workload': 'disk' } },
    spec: {
      runStrategy: 'Always',
      template: { metadata: { annotations: HASH }, spec: { volumes: [{ name: 'data', dataVolume: { name: 'data-a' } }] } },
      ...spec,
    },
    status,
  };
}

function instance(status: object = {}, annotations: object = { ...HASH, 'kubevirt.io/vm-generation': '2' }): KubeObject {
  return { kind: 'VirtualMachineInstance', metadata: { name: 'a', annotations: annotations as { [key: string]: string } }, status };
}

function pod(status: object): KubeObject {
  return { kind: 'Pod', metadata: { name: 'virt-launcher-a', ownerReferences: [{ kind: 'VirtualMachineInstance', name: 'a' }] }, status };
}

function volume(status: object): KubeObject {
  return { kind: 'DataVolume', metadata: { name: 'data-a' }, status };
}

const READY = { phase: 'Running', nodeName: 'n1', conditions: [{ type: 'Ready', status: 'True' }] };
const NOT_READY = { phase: 'Running', nodeName: 'n1', conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }] };
const DONE = [volume({ phase: 'Succeeded' })];

function stateOf(seen: Partial<Snapshot>) {
  return vmStates({ vms: [vm()], instances: [], ...seen })[0];
}

test('a VM is ready when its instance is', () => {
  expect(stateOf({ instances: [instance(READY)] })).toEqual({
    name: 'a',
    component: 'disk',
    role: '',
    status: '',
    phase: 'Running',
    node: 'n1',
    ready: true,
    halted: false,
    restartRequired: false,
  });
});

test('a VM stays ready while it is migrated', () => {
  const migrationState = { startTimestamp: '2026-01-01T00:00:00Z', targetNode: 'n2' };
  expect(stateOf({ instances: [instance({ ...READY, migrationState })] })).toMatchObject({ ready: true, migratingTo: 'n2' });
  expect(stateOf({ instances: [instance({ ...READY, migrationState: { ...migrationState, completed: true } })] })).not.toHaveProperty(
    'migratingTo',
  );
});

test('a VM that its spec keeps stopped is halted', () => {
  expect(stateOf({ vms: [vm({}, { runStrategy: 'Halted' })] })).toMatchObject({ ready: false, halted: true });
});

test.each<[strategy: string, phase: string, halted: boolean]>([
  ['Manual', '', true],
  ['Manual', 'Succeeded', true],
  ['Manual', 'Failed', false],
  ['Once', '', false],
  ['Once', 'Succeeded', true],
  ['Once', 'Failed', false],
  ['RerunOnFailure', 'Succeeded', true],
  ['RerunOnFailure', 'Failed', false],
  ['Always', '', false],
  ['Always', 'Succeeded', false],
])('a stopped VM with run strategy %s, and an instance with phase "%s": halted is %s', (runStrategy, phase, halted) => {
  const instances = phase === '' ? [] : [instance({ phase })];
  const stopped = { printableStatus: 'Stopped' };
  expect(stateOf({ vms: [vm(stopped, { runStrategy })], instances })).toMatchObject({ ready: false, halted });
  expect(stateOf({ vms: [vm({}, { runStrategy })], instances })).toMatchObject({ halted: false });
  const stateChangeRequests = [{ action: 'Start' }];
  expect(stateOf({ vms: [vm({ ...stopped, stateChangeRequests }, { runStrategy })], instances })).toMatchObject({ halted: false });
});

describe('why one is not ready', () => {
  test.each<[string, Partial<Snapshot>]>([
    ['not seen by KubeVirt yet', {}],
    ['data volume data-a: not seen by CDI yet', { dataVolumes: [volume({})] }],
    ['data volume data-a: ImportInProgress 12.3%', { dataVolumes: [volume({ phase: 'ImportInProgress', progress: '12.3%' })] }],
    [
      'data volume data-a: Pending, PVC data-a Pending, no class',
      {
        dataVolumes: [
          volume({
            phase: 'Pending',
            progress: 'N/A',
            conditions: [{ type: 'Bound', status: 'False', message: 'PVC data-a Pending, no class' }],
          }),
        ],
      },
    ],
    [
      'data volume data-a: WaitForFirstConsumer (its storage class binds when the VM is scheduled)',
      { dataVolumes: [volume({ phase: 'WaitForFirstConsumer' })] },
    ],
    [
      'a claim is missing: PVC ns/data-a does not exist',
      {
        vms: [
          vm({
            printableStatus: 'ErrorPvcNotFound',
            conditions: [{ type: 'Failure', status: 'True', reason: 'FailedPvcNotFound', message: 'PVC ns/data-a does not exist' }],
          }),
        ],
      },
    ],
    [
      'cannot be scheduled: 0/3 nodes are available: 3 Insufficient memory.',
      {
        instances: [instance({ phase: 'Scheduling' })],
        dataVolumes: DONE,
        pods: [
          pod({
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                reason: 'Unschedulable',
                message: '0/3 nodes are available: 3 Insufficient memory.',
              },
            ],
          }),
        ],
      },
    ],
    [
      'ImagePullBackOff: image quay.io/a/b:1, Back-off pulling image',
      {
        instances: [instance({ phase: 'Scheduling' })],
        pods: [
          pod({
            initContainerStatuses: [
              {
                name: 'disk',
                image: 'quay.io/a/b:1',
                state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } },
              },
            ],
          }),
        ],
      },
    ],
    [
      'FailedCreate: pods "x" is forbidden: exceeded quota',
      {
        vms: [
          vm({
            conditions: [{ type: 'Failure', status: 'True', reason: 'FailedCreate', message: 'pods "x" is forbidden: exceeded quota' }],
          }),
        ],
      },
    ],
    ['the guest is running, but its health endpoint does not report a healthy workload', { instances: [instance(NOT_READY)] }],
    [
      'the guest is running; it is ready when all its trials are done, see virtwork results',
      { vms: [{ ...vm(), metadata: { name: 'a', labels: { 'virtwork/group': 'disk' } } }], instances: [instance(NOT_READY)] },
    ],
    [
      'the guest is running, but its health endpoint does not report a healthy workload: Readiness probe failed: HTTP probe failed with statuscode: 503',
      {
        instances: [instance(NOT_READY)],
        pods: [pod({})],
        events: [
          {
            kind: 'Event',
            metadata: { name: 'e' },
            type: 'Warning',
            reason: 'Unhealthy',
            message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
            involvedObject: { name: 'virt-launcher-a' },
          },
        ],
      },
    ],
    [
      'migrating to n2',
      { instances: [instance({ ...NOT_READY, migrationState: { startTimestamp: '2026-01-01T00:00:00Z', targetNode: 'n2' } })] },
    ],
    [
      'being deleted, waiting for kubevirt.io/virtualMachineControllerFinalize',
      {
        vms: [
          {
            ...vm(),
            metadata: {
              ...vm().metadata,
              deletionTimestamp: '2026-01-01T00:00:00Z',
              finalizers: ['kubevirt.io/virtualMachineControllerFinalize'],
            },
          },
        ],
      },
    ],
    ['its pod is starting', { instances: [instance({ phase: 'Scheduling' })] }],
  ])('%s', (why, seen) => {
    expect(stateOf(seen)).toMatchObject({ ready: false, why });
  });
});

test.each<[string | undefined, object]>([
  [undefined, { ...HASH, 'kubevirt.io/vm-generation': '2' }],
  ['user data', { 'virtwork/user-data-hash': 'old', 'kubevirt.io/vm-generation': '2' }],
  ['spec', { ...HASH, 'kubevirt.io/vm-generation': '1' }],
])('an instance whose %s is older than the manifests', (stale, annotations) => {
  expect(stateOf({ instances: [instance(READY, annotations)] })?.stale).toBe(stale);
});

test('a VM that needs a restart', () => {
  const vms = [vm({ conditions: [{ type: 'RestartRequired', status: 'True' }] })];
  expect(stateOf({ vms, instances: [instance(READY)] })?.restartRequired).toBe(true);
});

test('VMs are sorted by name, with numbers as numbers', () => {
  const named = (name: string) => ({ ...vm(), metadata: { ...vm().metadata, name } });
  expect(vmStates({ vms: ['a-10', 'a-9', 'a-1'].map(named), instances: [] }).map(({ name }) => name)).toEqual(['a-1', 'a-9', 'a-10']);
});
