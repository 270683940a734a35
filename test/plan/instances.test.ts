import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { UserError } from '../../src/errors';
import { addWorkload, buildPlan } from '../../src/index';
import { loadPlan } from '../../src/load-plan';
import type { Plan } from '../../src/plan/plan';
import { tempDir } from '../support/render';

async function planned(file: string, flags: object = {}): Promise<Plan> {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), file);
  return (await loadPlan({ flags: flags as never, env: { HOME: cwd }, cwd })).plan;
}

async function faults(file: string, flags: object = {}): Promise<string> {
  return planned(file, flags).then(
    () => '',
    (error) => (error instanceof UserError ? error.message : Promise.reject(error)),
  );
}

const TWO =
  'workloads:\n  disk-b: { entry: disk, storage_class: b, vm_count: 2 }\n  disk-a: { entry: disk, storage_class: a }\n  cpu: {}\n  disk: {}\n';

test('instances of an entry are workloads of their own, after the one with the name of the entry', async () => {
  const { workloads } = await planned(TWO);
  expect(workloads.map(({ name, entry }) => [name, entry])).toEqual([
    ['cpu', 'cpu'],
    ['disk', 'disk'],
    ['disk-a', 'disk'],
    ['disk-b', 'disk'],
  ]);
  const roles = workloads.flatMap((workload) => workload.roles);
  expect(roles.map(({ vms, disks }) => [vms.map(({ name }) => name), disks[0]?.storageClass])).toEqual([
    [['virtwork-cpu-0'], undefined],
    [['virtwork-disk-0'], undefined],
    [['virtwork-disk-a-0'], 'a'],
    [['virtwork-disk-b-0', 'virtwork-disk-b-1'], 'b'],
  ]);
});

test('each instance has a Service of its own, even if the entry states its name', async () => {
  const { workloads } = await planned('workloads: { network: {}, net-b: { entry: network, vm_count: 2 } }\n');
  expect(workloads.map(({ services }) => services.map(({ name }) => name))).toEqual([
    ['virtwork-iperf3-server', 'virtwork-network-peers'],
    ['virtwork-net-b', 'virtwork-net-b-peers'],
  ]);
  const [, client] = workloads[1]?.roles ?? [];
  expect([client?.guest.service, client?.guest.peerPrefix, client?.subdomain]).toEqual([
    'virtwork-net-b',
    'virtwork-net-b-server-',
    'virtwork-net-b-peers',
  ]);
});

test('on the command line', async () => {
  const { workloads } = await planned('', { workloads: 'cpu,d1=disk', set: 'd1.storage_class=x' });
  expect(workloads.map(({ name, entry, roles }) => [name, entry, roles[0]?.disks[0]?.storageClass])).toEqual([
    ['cpu', 'cpu', undefined],
    ['d1', 'disk', 'x'],
  ]);
});

test('params, trials and permissions are those of the entry', async () => {
  const { workloads } = await planned(
    'workloads:\n  d: { entry: disk, params: { numjobs: 3 } }\n  m: { entry: chaos-migration }\n  f: { entry: fio-bench, trials: { a: {} } }\n',
  );
  const byName = new Map(workloads.map((workload) => [workload.name, workload]));
  expect(byName.get('d')?.roles[0]?.guest.params.numjobs).toBe('3');
  expect(byName.get('m')?.access?.account).toBe('virtwork-m');
  expect(byName.get('f')?.roles[0]?.trials).toMatchObject({ group: 'f', leader: 'virtwork-f-0' });
});

test('an instance with the name of another entry is allowed, with a warning', async () => {
  const plan = await planned('workloads: { cpu: { entry: memory } }\n');
  expect(plan.workloads.map(({ name, entry }) => [name, entry])).toEqual([['cpu', 'memory']]);
  expect(plan.warnings.join()).toContain('workload cpu is an instance of memory, and not of the catalog entry cpu');
});

test.each<[string, string, object, string]>([
  [
    'an unknown entry',
    'workloads: { a: { entry: dsk } }\n',
    {},
    'virtwork.yaml:1:19: workloads.a.entry: catalog entry not found: dsk; known: ',
  ],
  ['an unknown entry', 'workloads: { a: { entry: dsk } }\n', {}, '\n  hint: did you mean "disk"?'],
  ['an unknown entry of a flag', '', { workloads: 'a=dsk' }, 'workload a: catalog entry not found: dsk; known: '],
  ['no entry', 'workloads: { disk-ceph: { storage_class: x } }\n', {}, 'workload not found: disk-ceph; '],
  [
    'no entry',
    'workloads: { disk-ceph: { storage_class: x } }\n',
    {},
    'hint: did you mean "disk"? Or state the catalog entry to use a name of your own, as in disk-ceph: {entry: disk}',
  ],
  [
    'a wrong name',
    'workloads: { Disk_X: { entry: disk } }\n',
    {},
    'the name of a workload must be a DNS label of at most 40 characters, got "Disk_X"',
  ],
  ['a reserved name', 'workloads: { guest: { entry: disk } }\n', {}, 'workloads.guest.entry: the name of a workload must '],
  ['params of another entry', 'workloads: { d: { entry: cpu, params: { numjobs: 3 } } }\n', {}, 'numjobs'],
  ['names that collide', 'workloads: { network: {}, network-server: { entry: cpu } }\n', {}, 'virtwork-network-server-0'],
  [
    'an image that does not exist',
    'workloads: { cpu: { guest_os: rhel } }\n',
    {},
    'virtwork.yaml:1:21: workloads.cpu.guest_os: rhel has no public container disk; it needs a boot source or your own image\n  hint: use --boot dataSource:openshift-virtualization-os-images/rhel9 or --container-disk-image IMAGE',
  ],
])('%s is an error', async (_, file, flags, message) => expect(await faults(file, flags)).toContain(message));

test.each<[string, string, string]>([
  [
    'a storage class',
    '{ entry: cpu, storage_class: x }',
    'workloads.a.storage_class: has no effect: the VMs of a have no disk of their own',
  ],
  ['pairs', '{ entry: disk, pairs: any }', 'workloads.a.pairs: has no effect: the VMs of a do not belong together in pairs'],
  [
    'a pull policy',
    '{ entry: cpu, boot: "dataSource:a/b", image_pull_policy: Never }',
    'workloads.a.image_pull_policy: has no effect: the VMs do not boot from an image',
  ],
])('%s that changes nothing of the workload is a warning', async (_, settings, message) => {
  const { warnings } = await planned(`workloads: { a: ${settings} }\n`);
  expect(warnings.join('\n')).toContain(message);
});

test('rhel is good where each workload has its own boot source', async () => {
  const { workloads } = await planned('guest_os: rhel\nworkloads: { cpu: { boot: "dataSource:images/rhel9" } }\n');
  expect(workloads[0]?.roles[0]?.boot).toMatchObject({ kind: 'dataSource', name: 'rhel9' });
});

describe('in the library', () => {
  test('two workloads of one entry', () => {
    const chart = new Chart(new App(), 'c', { namespace: 'ns' });
    const [a, b] = ['a', 'b'].map((name) =>
      addWorkload(chart, { workload: `disk-${name}`, entry: 'disk', storageClass: name, vmCount: 2 }),
    );
    expect([a, b].map((each) => [each?.plan.name, each?.plan.entry, each?.virtualMachines.length])).toEqual([
      ['disk-a', 'disk', 2],
      ['disk-b', 'disk', 2],
    ]);
  });

  test('options of all and of one workload', () => {
    const { workloads } = buildPlan({
      storageClass: 'general',
      workloads: { one: { entry: 'disk', storageClass: 'own', tolerations: [{ operator: 'Exists' }] }, disk: {} },
    });
    expect(workloads.map(({ roles }) => [roles[0]?.disks[0]?.storageClass, roles[0]?.placement?.tolerations])).toEqual([
      ['general', undefined],
      ['own', [{ operator: 'Exists' }]],
    ]);
  });
});
