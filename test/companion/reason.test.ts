import type { KubeEvent, KubeObject } from '../../src/companion/objects';
import { migrationTarget, type VmEvidence, whyNotReady } from '../../src/companion/reason';

function object(kind: string, status: object = {}, spec?: object): KubeObject {
  return { kind, metadata: { name: 'a' }, status, ...(spec ? { spec } : {}) };
}

const vm = (status?: object, spec?: object) => object('VirtualMachine', status, spec);
const instance = (status: object) => object('VirtualMachineInstance', status);
const event = (more: object): KubeEvent => ({ kind: 'Event', metadata: { name: 'e' }, ...more });

function why(evidence: Partial<VmEvidence>): string {
  return whyNotReady({ vm: vm(), instance: undefined, volumes: new Map(), pod: undefined, event: undefined, ...evidence });
}

const DISK = { template: { spec: { volumes: [{ name: 'data', dataVolume: { name: 'data-a' } }] } } };

// The others are in readiness.test.ts.
test.each<[string, Partial<VmEvidence>]>([
  ['starting', { vm: vm({ printableStatus: 'Starting' }) }],
  ['waiting for its pod; last event: Failed', { instance: instance({ phase: 'Pending' }), event: event({ reason: 'Failed' }) }],
  ['the guest keeps failing to start; run: kubectl describe vmi', { vm: vm({ printableStatus: 'CrashLoopBackOff' }) }],
  ['a claim is missing: data-a', { vm: vm({ printableStatus: 'ErrorPvcNotFound' }, DISK) }],
  ['a claim is missing: see the volumes of the VM', { vm: vm({ printableStatus: 'ErrorPvcNotFound' }) }],
  ['cannot be scheduled; run: kubectl get events', { vm: vm({ printableStatus: 'ErrorUnschedulable' }) }],
  ['ErrImagePull: the boot image cannot be pulled', { vm: vm({ printableStatus: 'ErrImagePull' }) }],
  [
    'CrashLoopBackOff: image compute',
    { pod: object('Pod', { containerStatuses: [{ name: 'compute', state: { waiting: { reason: 'CrashLoopBackOff' } } }] }) },
  ],
  ['paused', { instance: instance({ phase: 'Running', conditions: [{ type: 'Paused', status: 'True' }] }) }],
  [
    'Synchronizing: no',
    { instance: instance({ conditions: [{ type: 'Synchronized', status: 'False', reason: 'Synchronizing', message: 'no' }] }) },
  ],
  ['SomethingNew', { vm: vm({ printableStatus: 'SomethingNew' }) }],
])('%s', (expected, evidence) => {
  expect(why(evidence)).toBe(expected);
});

test('a completed migration has no target', () => {
  const state = { startTimestamp: '2026-01-01T00:00:00Z', targetNode: 'n2' };
  expect(migrationTarget(instance({ migrationState: state }))).toBe('n2');
  expect(migrationTarget(instance({ migrationState: { ...state, completed: true } }))).toBeUndefined();
  expect(migrationTarget(undefined)).toBeUndefined();
});
