import { ApiObject, Chart, Testing } from 'cdk8s';
import { PlannedWorkload } from '../../src/constructs/planned-workload';
import { UserError } from '../../src/errors';
import type { PatchPlan, WorkloadPlan } from '../../src/plan/plan';
import { guestsOf } from '../../src/synth/guests';
import { planOf } from '../support/render';

type Patch = Omit<PatchPlan, 'place'>;

let workload: WorkloadPlan;
let paired: WorkloadPlan;

beforeAll(async () => {
  [workload, paired] = (await planOf({ workloads: 'disk,network' })).workloads as [WorkloadPlan, WorkloadPlan];
});

/** The first VM with patches, as JSON. */
function patched(patches: readonly Patch[], plan = workload) {
  const chart = new Chart(Testing.app(), 'chart');
  const roles = plan.roles.map((role) => ({ ...role, patches: patches.map((patch, index) => ({ ...patch, place: `patch ${index}` })) }));
  const [vm] = new PlannedWorkload(chart, 'workload', { plan: { ...plan, roles }, guests: guestsOf(plan) }).virtualMachines;
  return ApiObject.of(vm as never).toJson();
}

/** The problems of patches, without the name of the VM. */
function faults(patches: readonly Patch[], plan = workload): string[] {
  try {
    patched(patches, plan);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.replace(/cannot be applied to [\w-]+: /g, '').split('\n');
  }
}

const SPEC = '/spec/template/spec';
const DISKS = `${SPEC}/domain/devices/disks`;
const NAMES = '0 (containerdisk), 1 (cloudinitdisk), 2 (data), 3 (guestdisk)';
const KEYS = 'spec, which has dataVolumeTemplates, runStrategy, template';

test.each<[string, Patch, readonly string[]]>([
  [
    'a key that is misspelled',
    { op: 'remove', path: '/spec/templte/spec' },
    [`"templte" does not exist in /${KEYS}`, 'did you mean "template"?'],
  ],
  [
    'the last key',
    { op: 'replace', path: '/spec/runStrategi', value: 1 },
    [`"runStrategi" does not exist in /${KEYS}`, 'did you mean "runStrategy"?'],
  ],
  [
    'a parent that does not exist',
    { op: 'add', path: '/metadata/annotations/team', value: 'a' },
    [
      '"annotations" does not exist in /metadata, which has labels, name, namespace',
      'add /metadata/annotations first, or add it with all of its content as the value',
    ],
  ],
  [
    'a slash in a key',
    { op: 'add', path: '/spec/template/metadata/annotations/example.com/team', value: 'a' },
    [
      expect.stringContaining('"example.com" does not exist in /spec/template/metadata/annotations') as unknown as string,
      'write /spec/template/metadata/annotations/example.com~1team',
    ],
  ],
  [
    'a slash in a key that exists',
    { op: 'test', path: '/metadata/labels/virtwork/workload', value: 'disk' },
    [expect.stringContaining('"virtwork" does not exist') as unknown as string, 'write /metadata/labels/virtwork~1workload'],
  ],
  ['an index that is too large', { op: 'remove', path: `${DISKS}/9` }, [`item 9 does not exist in ${DISKS}, which has the items ${NAMES}`]],
  [
    'a place that is too far',
    { op: 'add', path: `${DISKS}/9`, value: {} },
    [`the index in ${DISKS} must be from 0 to 4, got 9`, `to append, write ${DISKS}/-`],
  ],
  [
    'the name of an item',
    { op: 'add', path: `${DISKS}/data/cache`, value: 'none' },
    [`${DISKS} is a list: the next part of the path must be an index, got "data"; it has the items ${NAMES}`, `write ${DISKS}/2`],
  ],
  [
    'an index with a zero',
    { op: 'remove', path: `${DISKS}/01` },
    [expect.stringContaining('must be an index, got "01"') as unknown as string],
  ],
  ['the end of a list', { op: 'remove', path: `${DISKS}/-` }, [expect.stringContaining('must be an index, got "-"') as unknown as string]],
  [
    'an index of another kind',
    { op: 'add', path: `${DISKS}/x`, value: {} },
    [expect.stringContaining('must be an index or -, got "x"') as unknown as string],
  ],
  ['a part of a string', { op: 'add', path: '/spec/runStrategy/x', value: 1 }, ['/spec/runStrategy is a string, which has no parts']],
  [
    'a test',
    { op: 'test', path: '/spec/runStrategy', value: 'Halted' },
    ['the test failed: /spec/runStrategy must be "Halted", is "Always"'],
  ],
  [
    'a test of a number',
    { op: 'test', path: `${SPEC}/terminationGracePeriodSeconds`, value: '180' },
    [`the test failed: ${SPEC}/terminationGracePeriodSeconds must be "180", is 180`],
  ],
  ['the source of a copy', { op: 'copy', from: '/spec/x', path: '/spec/y' }, [`"x" does not exist in /${KEYS}`]],
  [
    'the target of a copy',
    { op: 'copy', from: '/spec/runStrategy', path: '/x/y' },
    [
      expect.stringContaining('"x" does not exist in the VM, which has apiVersion, kind, metadata, spec') as unknown as string,
      'add /x first, or add it with all of its content as the value',
    ],
  ],
  ['a move into itself', { op: 'move', from: '/spec/template', path: '/spec/template/x' }, ['/spec/template cannot be moved into itself']],
  [
    'a move behind the end',
    { op: 'move', from: `${DISKS}/0`, path: `${DISKS}/4` },
    [`the index in ${DISKS} must be from 0 to 3, got 4`, `to append, write ${DISKS}/-`],
  ],
  ['what every object has', { op: 'remove', path: '/spec/constructor' }, [`"constructor" does not exist in /${KEYS}`]],
])('%s', (_, patch, [message, hint]) => {
  expect(faults([patch])).toEqual([
    typeof message === 'string' ? `patch 0: ${message}` : message,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ]);
});

test.each<[string, Patch]>([
  ['/apiVersion', { op: 'replace', path: '/apiVersion', value: 'v1' }],
  ['/kind', { op: 'replace', path: '/kind', value: 'Pod' }],
  ['/kind', { op: 'move', from: '/kind', path: '/spec/kind' }],
  ['/status', { op: 'add', path: '/status', value: {} }],
  ['/metadata/name', { op: 'replace', path: '/metadata/name', value: 'x' }],
  ['/metadata/name', { op: 'replace', path: '/metadata', value: { namespace: 'virtwork', labels: {} } }],
  ['/metadata/namespace', { op: 'remove', path: '/metadata/namespace' }],
  ['/metadata/finalizers', { op: 'add', path: '/metadata/finalizers', value: ['a'] }],
  ['/metadata/generateName', { op: 'add', path: '/metadata/generateName', value: 'a' }],
  ['/metadata/labels/managed-by', { op: 'replace', path: '/metadata/labels/managed-by', value: 'me' }],
  ['/metadata/labels/virtwork~1run-id', { op: 'remove', path: '/metadata/labels/virtwork~1run-id' }],
  ['/metadata/labels/virtwork~1new', { op: 'add', path: '/metadata/labels/virtwork~1new', value: 'a' }],
  [
    '/spec/template/metadata/labels/virtwork~1workload',
    { op: 'replace', path: '/spec/template/metadata/labels/virtwork~1workload', value: 'x' },
  ],
  [
    '/spec/template/metadata/labels/app.kubernetes.io~1component and 7 more',
    { op: 'replace', path: '/spec/template/metadata/labels', value: {} },
  ],
  ['/spec/template/metadata/annotations/virtwork~1user-data-hash', { op: 'remove', path: '/spec/template/metadata/annotations' }],
  [
    'virtwork/run-id of the DataVolume data-virtwork-disk-0',
    { op: 'remove', path: '/spec/dataVolumeTemplates/0/metadata/labels/virtwork~1run-id' },
  ],
  ['the DataVolume data-virtwork-disk-0', { op: 'remove', path: '/spec/dataVolumeTemplates/0' }],
  [`${SPEC}/hostname`, { op: 'replace', path: `${SPEC}/hostname`, value: 'x' }],
  [`${SPEC}/domain/firmware/uuid`, { op: 'remove', path: `${SPEC}/domain/firmware/uuid` }],
  [`${SPEC}/domain/firmware/serial`, { op: 'replace', path: `${SPEC}/domain/firmware/serial`, value: 'x' }],
  [`${SPEC}/readinessProbe`, { op: 'remove', path: `${SPEC}/readinessProbe` }],
  [`${SPEC}/readinessProbe`, { op: 'replace', path: `${SPEC}/readinessProbe/httpGet/port`, value: 80 }],
  ['the disk data', { op: 'remove', path: `${DISKS}/2` }],
  ['the disk data', { op: 'replace', path: `${DISKS}/2/serial`, value: 'x' }],
  ['the disk cloudinitdisk', { op: 'replace', path: `${SPEC}/volumes/1/name`, value: 'x' }],
  ['the Secret of the volume cloudinitdisk', { op: 'replace', path: `${SPEC}/volumes/1/cloudInitNoCloud`, value: { userData: '#!' } }],
  ['the Secret of the volume guestdisk', { op: 'replace', path: `${SPEC}/volumes/3/secret/secretName`, value: 'x' }],
  ['the selector virtwork/workload=disk', { op: 'remove', path: `${SPEC}/topologySpreadConstraints` }],
])('%s must not be changed', (name, patch) => {
  const found = faults([patch]).filter((line) => line.startsWith('patch'));
  expect(found.some((line) => line.startsWith(`patch 0: it must not change ${name}: `))).toBe(true);
});

test.each<[string, readonly Patch[]]>([
  ['the times of the probe', [{ op: 'replace', path: `${SPEC}/readinessProbe/failureThreshold`, value: 9 }]],
  ['the name by its own value', [{ op: 'copy', from: '/metadata/name', path: `${SPEC}/hostname` }]],
  ['the place of a disk', [{ op: 'move', from: `${DISKS}/2`, path: `${DISKS}/0` }]],
  ['the bus of a disk', [{ op: 'replace', path: `${DISKS}/2/disk/bus`, value: 'scsi' }]],
  [
    'where its content comes from',
    [{ op: 'replace', path: '/spec/dataVolumeTemplates/0/spec/source', value: { http: { url: 'http://a/b' } } }],
  ],
  ['how evenly VMs are spread', [{ op: 'replace', path: `${SPEC}/topologySpreadConstraints/0/topologyKey`, value: 'zone' }]],
  [
    'a disk of its own, which it may remove again',
    [
      { op: 'add', path: `${SPEC}/volumes/-`, value: { name: 'x', emptyDisk: {} } },
      { op: 'add', path: `${DISKS}/0`, value: { name: 'x' } },
      { op: 'remove', path: `${DISKS}/0` },
    ],
  ],
  ['labels of the user', [{ op: 'add', path: '/metadata/labels/example.com~1team', value: 'a' }]],
])('a patch may change %s', (_, patches) => expect(faults(patches)).toEqual([]));

test('each patch is tried on the result of those before it, and one that fails is left out', () => {
  const add: Patch = { op: 'add', path: `${SPEC}/nodeSelector`, value: { a: 'b' } };
  const use: Patch = { op: 'test', path: `${SPEC}/nodeSelector/a`, value: 'b' };
  expect(faults([{ op: 'remove', path: '/x' }, add, { op: 'remove', path: '/kind' }, use, { op: 'remove', path: '/y' }])).toEqual([
    expect.stringMatching(/^patch 0: "x"/),
    expect.stringMatching(/^patch 2: it must not change \/kind/),
    expect.stringMatching(/^patch 4: "y"/),
  ]);
  expect(patched([add, use]).spec.template.spec.nodeSelector).toEqual({ a: 'b' });
});

test('the addresses of a guest are kept, and a guest without any can get some', async () => {
  const networks = '[{ pod: masquerade }, { name: storage, multus: a/b, binding: bridge, addresses: 192.0.2.10/24 }]';
  const [addressed] = (await planOf({ workloads: 'disk', networks })).workloads as [WorkloadPlan];
  const path = `${SPEC}/volumes/1/cloudInitNoCloud/networkData`;
  const patch: Patch = { op: 'add', path, value: 'version: 2' };
  expect(faults([patch], addressed)[0]).toContain('it must not change the network configuration of the guest: ');
  expect(faults([patch])).toEqual([]);
});

test('VMs with names of their own in DNS keep them', () => {
  expect(faults([{ op: 'add', path: `${SPEC}/subdomain`, value: 'x' }])).toEqual([]);
  expect(faults([{ op: 'add', path: `${SPEC}/subdomain`, value: 'x' }], paired)[0]).toContain(
    'it must not change /spec/template/spec/subdomain: ',
  );
  expect(faults([{ op: 'remove', path: `${SPEC}/affinity` }], paired)[0]).toContain(
    'it must not change the selector virtwork/pair=network-0,virtwork/workload=network',
  );
});
