import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, App, Chart, JsonPatch, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-29';
import {
  addWorkload,
  buildPlan,
  loadPlan,
  Namespace,
  PlannedWorkload,
  type PlanOptions,
  render,
  totals,
  UserError,
  VirtualMachine,
  Workload,
} from '../src';
import { planOf, ROOT, tempDir, textOf } from './support/render';

interface Shown {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: { readonly [key: string]: string } };
}

function synth(chart: Chart): Shown[] {
  return Testing.synth(chart) as Shown[];
}

test('a workload can be added to an existing cdk8s app', () => {
  const chart = new Chart(new App(), 'my-chart', { labels: { team: 'storage' } });
  new kplus.ConfigMap(chart, 'config', { data: { a: 'b' } });
  new Workload(chart, 'network', { namespace: 'mine' });
  const objects = synth(chart);
  expect(objects.map((object) => object.kind)).toEqual([
    'ConfigMap',
    'Secret',
    'Secret',
    'Service',
    'Service',
    'VirtualMachine',
    'VirtualMachine',
    'Secret',
  ]);
  expect(objects.every((object) => object.metadata.labels?.team === 'storage')).toBe(true);
});

test.each([
  ['cpu', { 'vm-count': '3', params: 'cpu.cpu-load-percent=60' }, { vmCount: 3, params: { 'cpu-load-percent': 60 } }],
  ['disk', { memory: '1Gi', 'disk-size': '20Gi', 'storage-class': 'fast' }, { memory: '1Gi', dataDiskSize: '20Gi', storageClass: 'fast' }],
  ['network', { 'guest-os': 'debian', run: 'two', 'health-port': '0' }, { guestOs: 'debian', run: 'two', healthPort: 0 } as const],
  ['tps', { boot: 'dataSource:os/fedora', 'cpu-cores': '4' }, { boot: 'dataSource:os/fedora', cpuCores: 4 } as const],
  ['chaos-migration', {}, {}],
])('%s renders what the program renders for the same options', async (name, flags, props) => {
  const [planned, stated, added] = [0, 1, 2].map(() => Testing.chart()) as [Chart, Chart, Chart];
  const { plan } = await loadPlan({ flags: { ...flags, workloads: name, 'run-id': 'r' }, env: {}, cwd: tempDir() });
  for (const workload of plan.workloads) addWorkload(planned, workload);
  new Workload(stated, name, { ...props, runId: 'r' });
  addWorkload(added, { ...props, workload: name, runId: 'r' });
  expect(Testing.synth(stated)).toEqual(Testing.synth(planned));
  expect(Testing.synth(added)).toEqual(Testing.synth(planned));
});

test('workloads of a chart share the Secret of their guests', () => {
  const chart = Testing.chart();
  new Workload(chart, 'cpu');
  new Workload(chart, 'memory');
  new Workload(chart, 'disk', { namespace: 'other' });
  new Workload(chart, 'network', { run: 'nightly' });
  const secrets = synth(chart).filter(({ kind, metadata }) => kind === 'Secret' && !metadata.name.endsWith('-cloudinit'));
  expect(secrets.map(({ metadata }) => `${metadata.namespace} ${metadata.name}`)).toEqual([
    'virtwork virtwork-guest',
    'other virtwork-guest',
    expect.stringMatching(/^virtwork virtwork-guest-[0-9a-f]{8}$/),
  ]);
});

test('a plan that a program builds renders the default base', async () => {
  const text = (files: ReturnType<typeof render>) => files.map((file) => textOf(file));
  expect(text(render(buildPlan()))).toEqual(text(render(await planOf())));
});

test('a plan accepts names, or options by name', () => {
  const shared = { namespace: 'ns', createNamespace: false, memory: '1Gi' };
  const { workloads, createNamespace } = buildPlan({ ...shared, workloads: { disk: { vmCount: 2 }, cpu: { memory: '4Gi' } } });
  expect(createNamespace).toBe(false);
  expect(workloads.map(({ name, roles: [role] }) => [name, role?.vms.length, role?.memory])).toEqual([
    ['cpu', 1, '4Gi'],
    ['disk', 2, '1Gi'],
  ]);
  expect(buildPlan({ workloads: ['disk', 'cpu'] }).workloads.map(({ name }) => name)).toEqual(['cpu', 'disk']);
});

test('the default namespace is that of the chart', () => {
  const chart = new Chart(new App(), 'chart', { namespace: 'of-chart' });
  const { plan } = new Workload(chart, 'cpu');
  const other = new Workload(chart, 'other', { workload: 'cpu', namespace: 'of-its-own' });
  expect([plan.namespace, other.plan.namespace]).toEqual(['of-chart', 'of-its-own']);
  expect(new Workload(Testing.chart(), 'cpu').plan.namespace).toBe('virtwork');
});

test('the Namespace object of a workload', () => {
  const chart = Testing.chart();
  new Namespace(chart, 'default');
  new Namespace(chart, 'mine', { name: 'mine' });
  const runIds = [{}, { namespace: 'mine' }].map((options) => buildPlan({ ...options, workloads: ['cpu'] }).runId);
  expect(synth(chart).map(({ metadata: { name, labels } }) => [name, labels?.['virtwork/run-id']])).toEqual([
    ['virtwork', runIds[0]],
    ['mine', runIds[1]],
  ]);
});

test('every object belongs to its construct, and can be changed', () => {
  const chart = Testing.chart();
  const migration = new Workload(chart, 'chaos-migration');
  const network = new Workload(chart, 'network', { vmCount: 2 });
  const leaves = chart.node.findAll().filter((each) => each !== chart && !(each instanceof PlannedWorkload) && each !== migration.access);
  for (const leaf of leaves) expect(ApiObject.of(leaf).name).toMatch(/^virtwork[-:]/);
  for (const vm of network.virtualMachines) ApiObject.of(vm).addJsonPatch(JsonPatch.replace('/spec/runStrategy', 'Halted'));
  for (const each of [...network.services, ...network.secrets]) ApiObject.of(each).metadata.addLabel('team', 'storage');
  const objects = synth(chart).slice(-8);
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.labels?.team ?? ''}`.trim())).toEqual([
    'Secret virtwork-network-server-cloudinit storage',
    'Secret virtwork-network-client-cloudinit storage',
    'Service virtwork-iperf3-server storage',
    'Service virtwork-network-peers storage',
    'VirtualMachine virtwork-network-server-0',
    'VirtualMachine virtwork-network-server-1',
    'VirtualMachine virtwork-network-client-0',
    'VirtualMachine virtwork-network-client-1',
  ]);
  expect(objects.slice(-4)).toEqual(Array(4).fill(expect.objectContaining({ spec: expect.objectContaining({ runStrategy: 'Halted' }) })));
});

test('patches of a workload see the fields of KubeVirt, and are validated', () => {
  const devices = '/spec/template/spec/domain/devices';
  const patches = [{ op: 'add', path: `${devices}/disks/2/dedicatedIOThread`, value: true }] as const;
  const stated = new Chart(new App(), 'stated');
  new Workload(stated, 'load', { workload: 'disk', vmCount: 2, patches });
  const planned = new Chart(new App(), 'planned');
  for (const workload of buildPlan({ patches, workloads: { disk: { vmCount: 2 } } }).workloads) addWorkload(planned, workload);
  for (const chart of [stated, planned]) {
    const disks = synth(chart).flatMap((each) => (each as never as { spec?: { template?: object } }).spec?.template ?? []);
    expect(JSON.stringify(disks).match(/"dedicatedIOThread":true/g)).toHaveLength(2);
  }
  const wrong = {
    patches: [
      { op: 'add', path: `${devices}/x`, value: 1 },
      { op: 'remove', path: '/x' },
    ],
  } as const;
  expect(() => new Workload(Testing.chart(), 'cpu', wrong)).toThrow(
    'test/cpu: patches[1]: cannot be applied to virtwork-cpu-0: "x" does not',
  );
  expect(() => new Workload(Testing.chart(), 'cpu', { patches: wrong.patches.slice(0, 1) })).toThrow(
    'test/cpu: patches[0]: makes VirtualMachine/virtwork-cpu-0 invalid: unknown field "spec.template.spec.domain.devices.x"',
  );
  const [plan] = buildPlan({ workloads: { cpu: wrong } }).workloads;
  expect(() => addWorkload(Testing.chart(), plan as never)).toThrow('workloads.cpu.patches[1]: cannot be applied to ');
});

test('a chart can have a workload only once in a namespace', () => {
  const app = new App();
  const [one, two] = [new Chart(app, 'one'), new Chart(app, 'two')];
  new Workload(one, 'a', { workload: 'cpu' });
  new Workload(two, 'a', { workload: 'cpu' });
  new Workload(one, 'b', { workload: 'cpu', namespace: 'other' });
  expect(() => new Workload(one, 'c', { workload: 'cpu' })).toThrow(
    new UserError([
      {
        where: 'one/c',
        message: 'the chart already contains workload cpu in namespace virtwork, at one/a',
        hint: 'use another namespace, or set vmCount for more VMs',
      },
    ]),
  );
});

test('a single VM of a plan is a construct too', () => {
  const [role] = buildPlan({ workloads: ['cpu'] }).workloads[0]?.roles ?? [];
  if (!role?.vms[0]) throw new Error('no VM');
  const chart = Testing.chart();
  new VirtualMachine(chart, 'vm', { role: { ...role, memory: '8Gi' }, vm: role.vms[0], userDataHash: 'x' });
  expect(Testing.synth(chart)).toMatchObject([
    { kind: 'VirtualMachine', spec: { template: { spec: { domain: { memory: { guest: '8Gi' } } } } } },
  ]);
});

test('a workload with default options has no warnings', () => {
  expect(new Workload(Testing.chart(), 'cpu').warnings).toEqual([]);
});

test('addWorkload returns the warnings of a workload', () => {
  const { warnings } = addWorkload(Testing.chart(), { workload: 'cpu', sshUser: 'me' });
  expect(warnings).toEqual([
    "the account me has no key and no password, so you cannot log in to it\n  hint: use sshAuthorizedKeys: ['ssh-ed25519 AAAA…']",
  ]);
});

describe('warnings and errors use the names of the library', () => {
  test.each<[string, PlanOptions, string]>([
    ['disks that cannot be shared', { workloads: ['disk', 'chaos-migration'] }, "use accessModes: ['ReadWriteMany'] if your storage"],
    ['little memory', { workloads: { 'redis-bench': { params: { maxmemory: '4gb' } } } }, "use memory: '"],
    ['a system namespace', { namespace: 'kube-system', createNamespace: false }, 'use namespace with a namespace for virtwork alone'],
    ['two names of the run', { run: 'a', runId: 'b' }, 'run: has no effect, because the run ID is set'],
  ])('warning: %s', (_, options, expected) => {
    const warnings = buildPlan(options).warnings.join('\n');
    expect(warnings).toContain(expected);
    expect(warnings).not.toMatch(/--[a-z]|_/);
  });

  test.each<[string, PlanOptions, string]>([
    ['a system namespace', { namespace: 'kube-system' }, 'use createNamespace: false'],
    ['a port that is in use', { healthPort: 22 }, 'use another healthPort'],
    ['a small disk', { dataDiskSize: '100Mi', workloads: ['disk'] }, 'dataDiskSize: must be at least 300Mi'],
    ['too many VMs', { workloads: { cpu: { vmCount: 100_000 }, disk: {} } }, 'use a smaller vmCount'],
    ['no image', { guestOs: 'rhel' }, "use boot: 'dataSource:openshift-virtualization-os-images/rhel9' or containerDiskImage: 'IMAGE'"],
    ['params that need space', { workloads: { database: { params: { 'scale-factor': 9000 } } } }, "use dataDiskSize: '"],
  ])('error: %s', (_, options, expected) => {
    let message = '';
    try {
      buildPlan(options);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(expected);
    expect(message).not.toMatch(/--[a-z]|[a-z]_[a-z]/);
  });
});

test('totals of a plan', () => {
  const three = { vmCount: 3 };
  const plan = buildPlan({ memory: '1Gi', dataDiskSize: '20Gi', workloads: { cpu: three, disk: three, network: three } });
  expect(totals(plan)).toEqual({ vms: 12, cpuCores: 24, memoryBytes: 12n * 1024n ** 3n, diskBytes: 60n * 1024n ** 3n, trials: 0 });
});

test('every optional property of props and options documents its default', () => {
  const files = ['constructs', 'library'].flatMap((room) => readdirSync(join(ROOT, 'src', room)).map((name) => join('src', room, name)));
  const found = files.flatMap((file) => {
    const interfaces = readFileSync(join(ROOT, file), 'utf8').match(/^export interface \w+(Props|Options|Sources)[\s\S]*?^}/gm) ?? [];
    return interfaces.flatMap((text) =>
      [...text.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?readonly (\w+)\?:/g)].map(([, comment, name]) => ({ file, name, comment })),
    );
  });
  expect(found.length).toBeGreaterThan(25);
  expect(found.filter(({ comment }) => !comment?.includes('@default'))).toEqual([]);
});

test('cluster-scoped objects have no namespace, even if the chart has one', () => {
  const chart = new Chart(new App(), 'load', { namespace: 'mine' });
  new Namespace(chart, 'namespace', { name: 'mine' });
  new Workload(chart, 'chaos-migration');
  const objects = Testing.synth(chart) as { kind: string; metadata: { namespace?: string } }[];
  const outside = objects.filter(({ metadata }) => !('namespace' in metadata)).map(({ kind }) => kind);
  expect(outside).toEqual(['Namespace', 'ClusterRole', 'ClusterRoleBinding']);
});
