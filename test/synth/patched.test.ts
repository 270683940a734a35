import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { UserError } from '../../src/errors';
import { loadPlan } from '../../src/load-plan';
import { objectCounts, render } from '../../src/synth/render';
import { tempDir, textOf } from '../support/render';

// biome-ignore lint/suspicious/noExplicitAny: objects of all kinds
type Json = any;

async function plan(file: string, flags: { readonly [flag: string]: unknown } = {}) {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), file);
  return (await loadPlan({ flags, env: {}, cwd })).plan;
}

/** The rendered objects of a workload. */
async function objects(file: string, workload = 'cpu'): Promise<Json[]> {
  const text = textOf(render(await plan(file)).find(({ name }) => name === `${workload}.yaml`));
  return text.split(/^---$/m).map((document) => load(document));
}

async function vms(file: string, workload = 'cpu'): Promise<Json[]> {
  return (await objects(file, workload)).filter(({ kind }) => kind === 'VirtualMachine');
}

async function faults(file: string, flags: { readonly [flag: string]: unknown } = {}): Promise<string> {
  return Promise.resolve(plan(file, flags))
    .then((planned) => render(planned))
    .then(
      () => '',
      (error) => (error instanceof UserError ? error.message : Promise.reject(error)),
    );
}

const patched = (patches: string, settings = '') =>
  `workloads:\n  cpu:\n    ${settings}\n    patches:\n${patches.replace(/^/gm, '      - ')}\n`;

const SPEC = '/spec/template/spec';

test('all six operations are applied, to every VM', async () => {
  const file = patched(
    [
      `{ op: add, path: ${SPEC}/domain/devices/watchdog, value: { name: dog, i6300esb: { action: reset } } }`,
      `{ op: replace, path: ${SPEC}/terminationGracePeriodSeconds, value: 60 }`,
      `{ op: remove, path: ${SPEC}/evictionStrategy }`,
      `{ op: copy, from: /metadata/name, path: /spec/template/metadata/annotations/example.com~1vm }`,
      `{ op: add, path: ${SPEC}/nodeSelector, value: { a: b } }`,
      `{ op: move, from: ${SPEC}/nodeSelector/a, path: ${SPEC}/nodeSelector/example.com~1zone }`,
      `{ op: test, path: /spec/runStrategy, value: Always }`,
    ].join('\n'),
    'vm_count: 3',
  );
  for (const [index, { spec }] of (await vms(file)).entries()) {
    expect(spec.template.metadata.annotations).toMatchObject({ 'example.com/vm': `virtwork-cpu-${index}` });
    expect(spec.template.spec).toMatchObject({
      terminationGracePeriodSeconds: 60,
      nodeSelector: { 'example.com/zone': 'b' },
      domain: { devices: { watchdog: { name: 'dog', i6300esb: { action: 'reset' } } } },
    });
    expect(spec.template.spec.evictionStrategy).toBeUndefined();
  }
  expect(objectCounts(await plan(file))).toMatchObject({ VirtualMachine: 3 });
});

test('values have the form of Kubernetes, also quantities', async () => {
  const [vm] = await vms(patched(`{ op: replace, path: ${SPEC}/domain/memory, value: { guest: 3Gi } }`));
  expect(vm.spec.template.spec.domain.memory).toEqual({ guest: '3Gi' });
});

test('patches of all workloads come before those of one workload, and each source replaces its own', async () => {
  const note = (value: string) => `{ op: add, path: /spec/template/metadata/annotations/note, value: ${value} }`;
  const file = `patches: [${note('all')}]\n${patched(`{ op: test, path: /spec/template/metadata/annotations/note, value: all }\n${note('own')}`)}  memory: {}\n`;
  const noteOf = async (workload: string) => (await vms(file, workload))[0].spec.template.metadata.annotations.note;
  expect([await noteOf('cpu'), await noteOf('memory')]).toEqual(['own', 'all']);
  const planned = await plan(file, { patches: `[${note('flag')}]`, set: `memory.patches=[${note('set')}]` });
  const values = planned.workloads.map(({ roles }) => roles[0]?.patches?.map(({ value, place }) => [value, place]));
  expect(values).toEqual([
    [
      ['flag', 'flag --patches[0]'],
      ['all', 'virtwork.yaml:6:9: workloads.cpu.patches[0]'],
      ['own', 'virtwork.yaml:7:9: workloads.cpu.patches[1]'],
    ],
    [
      ['flag', 'flag --patches[0]'],
      ['set', 'flag --set memory.patches[0]'],
    ],
  ]);
});

test('the only VM of a workload can be tested by what is its own', async () => {
  const file = (count: number) => patched('{ op: test, path: /metadata/name, value: virtwork-cpu-0 }', `vm_count: ${count}`);
  expect(await faults(file(1))).toBe('');
  expect(await faults(file(2))).toBe(
    'virtwork.yaml:5:9: workloads.cpu.patches[0]: cannot be applied to virtwork-cpu-1: the test failed: /metadata/name must be "virtwork-cpu-0", is "virtwork-cpu-1"',
  );
});

test('patches that cannot be applied are reported together, each once for all VMs', async () => {
  const patches = `{ op: remove, path: /spec/x }\n{ op: add, path: ${SPEC}/hostname, value: x }\n{ op: remove, path: /spec/y }`;
  const message = await faults(`${patched(patches, 'vm_count: 3')}  network: { patches: [{ op: remove, path: /z }] }\n`);
  expect(message.split('\n').filter((line) => !line.startsWith('  hint'))).toEqual([
    'virtwork.yaml:5:9: workloads.cpu.patches[0]: cannot be applied to virtwork-cpu-0: "x" does not exist in /spec, which has runStrategy, template',
    expect.stringContaining(
      'workloads.cpu.patches[1]: cannot be applied to virtwork-cpu-0: it must not change /spec/template/spec/hostname: ',
    ),
    expect.stringContaining('workloads.cpu.patches[2]: cannot be applied to virtwork-cpu-0: "y" does not exist'),
    expect.stringContaining(
      'workloads.network.patches[0]: cannot be applied to virtwork-network-server-0: "z" does not exist in the VM, which has ',
    ),
  ]);
});

test.each<[string, string, readonly string[]]>([
  [
    'the schema',
    `{ op: add, path: ${SPEC}/nodeSelector, value: {} }\n{ op: replace, path: ${SPEC}/domain/cpu/cores, value: two }`,
    ['patches[1]: makes VirtualMachine/virtwork-cpu-0 invalid: spec.template.spec.domain.cpu.cores must be integer, got "two"'],
  ],
  [
    'the schema, by an unknown field',
    `{ op: add, path: ${SPEC}/nodeSelectr, value: {} }`,
    [
      'patches[0]: makes VirtualMachine/virtwork-cpu-0 invalid: unknown field "spec.template.spec.nodeSelectr"',
      '  hint: did you mean "nodeSelector"?',
    ],
  ],
  [
    'a webhook of KubeVirt',
    [
      `{ op: add, path: ${SPEC}/volumes/-, value: { name: a, emptyDisk: { capacity: 1Gi } } }`,
      `{ op: add, path: ${SPEC}/domain/devices/disks/-, value: { name: b, disk: { bus: virtio } } }`,
    ].join('\n'),
    ['patches[0]: makes ', 'patches[1]: makes '],
  ],
  [
    'two VMs with one DataVolume',
    [
      `{ op: add, path: /spec/dataVolumeTemplates, value: [{ metadata: { name: a }, spec: { source: { blank: {} }, storage: { resources: { requests: { storage: 1Gi } } } } }] }`,
      `{ op: add, path: ${SPEC}/volumes/-, value: { name: a, dataVolume: { name: a } } }`,
      `{ op: add, path: ${SPEC}/domain/devices/disks/-, value: { name: a, disk: { bus: virtio } } }`,
    ].join('\n'),
    [
      'gives the DataVolume a to virtwork-cpu-0 and to virtwork-cpu-1, but only one VM can have it',
      '  hint: patch a workload with a single VM',
    ],
  ],
  [
    'two VMs with one address',
    `{ op: add, path: ${SPEC}/domain/devices/interfaces/0/macAddress, value: "02:00:00:00:00:01" }`,
    [
      'patches[0]: gives the MAC address 02:00:00:00:00:01 to virtwork-cpu-0 and to virtwork-cpu-1',
      '  hint: patch a workload with a single VM',
    ],
  ],
])('what %s rejects has the place of the patch', async (_, patches, expected) => {
  const lines = (await faults(patched(patches, 'vm_count: 2'))).split('\n');
  expect(lines).toHaveLength(expected.length);
  for (const [index, line] of expected.entries()) expect(lines[index]).toContain(line);
});

test('two workloads cannot share a DataVolume either, but a shared disk and a disk that is complete are good', async () => {
  const disk = (volume: string, more = '') =>
    `patches:\n  - { op: add, path: ${SPEC}/volumes/-, value: { name: a, ${volume} } }\n  - { op: add, path: ${SPEC}/domain/devices/disks/-, value: { name: a, disk: {}${more} } }\nworkloads: { cpu: {}, memory: {} }\n`;
  const claim = 'persistentVolumeClaim: { claimName: data }';
  expect(await faults(disk(claim))).toContain('patches[1]: gives the claim data to virtwork-cpu-0 and to virtwork-memory-0');
  expect(await faults(disk(claim, ', shareable: true'))).toBe('');
  expect(await faults(disk('emptyDisk: { capacity: 1Gi }'))).toBe('');
});

describe('a pool', () => {
  const pool = (patch: string, more = '') => patched(patch, `vm_count: 3\n    pool: true${more}`);

  test('gets the patches in its template, with the paths of a VM', async () => {
    const [, { spec }] = (await objects(pool(`{ op: replace, path: ${SPEC}/terminationGracePeriodSeconds, value: 60 }`))) as Json[];
    expect(spec.virtualMachineTemplate.spec.template.spec.terminationGracePeriodSeconds).toBe(60);
    expect(Object.keys(spec.virtualMachineTemplate.metadata)).toEqual(['labels']);
  });

  test.each([
    [`{ op: add, path: ${SPEC}/hostname, value: x }`, 'cannot be applied to virtwork-cpu: it must not change /spec/template/spec/hostname'],
    [`{ op: add, path: /metadata/labels/virtwork~1new, value: x }`, 'it must not change /metadata/labels/virtwork~1new'],
    [`{ op: add, path: ${SPEC}/x, value: 1 }`, 'invalid: unknown field "spec.virtualMachineTemplate.spec.template.spec.x"'],
    [
      `{ op: add, path: ${SPEC}/domain/devices/interfaces/0/macAddress, value: "02:00:00:00:00:01" }`,
      'gives the MAC address 02:00:00:00:00:01 to virtwork-cpu-0 and to virtwork-cpu-1',
    ],
  ])('%s is rejected', async (patch, message) => {
    expect(await faults(pool(patch))).toContain(
      `virtwork.yaml:6:9: workloads.cpu.patches[0]: ${message.startsWith('invalid') ? 'makes VirtualMachinePool/virtwork-cpu ' : ''}`,
    );
    expect(await faults(pool(patch))).toContain(message);
  });

  test('is changed in an overlay', async () => {
    expect(await faults(pool('{ op: add, path: /spec/updateStrategy, value: { proactive: {} } }'))).toMatch(
      /unknown field "spec\.virtualMachineTemplate\.spec\.updateStrategy"\n {2}hint: .*; change the pool itself in an overlay/,
    );
  });
});

test('a quantity is described, not its pattern', async () => {
  expect(await faults(patched(`{ op: replace, path: ${SPEC}/domain/memory/guest, value: lots }`))).toContain(
    'spec.template.spec.domain.memory.guest must be a quantity such as 500m, 2, 512Mi or 10G, got "lots"',
  );
});
