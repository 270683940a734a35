import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../src/companion/objects';
import type { ExperimentPlan, PlannedGroup } from '../../src/experiment/experiment-plan';
import { planHash } from '../../src/experiment/plan-hash';
import { type FakeCluster, fakeCluster, own } from './fake-cluster';
import { FakeGuests, type Guest, podOf } from './fake-guests';
import { ALL_KINDS, type FakeKind, type Scenario } from './fake-kubectl';
import { BOOT, guestOf, PLAN, type record } from './trial-records';

type Record = Partial<ReturnType<typeof record>>;

/** Trials of each group in tests. */
export const TRIALS = ['random', 'mixed'];

/** A group with VMs of the workload `bench`. */
export function group(id: string, settings: PlannedGroup['settings'], vms = 2): PlannedGroup {
  return {
    id,
    settings,
    workload: 'bench',
    vms,
    plan: PLAN,
    seconds: 60,
    vcpus: 2 * vms,
    memoryBytes: vms * 2 ** 31,
    diskBytes: vms * 2 ** 30,
    trials: TRIALS.map((name, index) => ({ id: `00${index + 1}`, name, cell: `${id}-${name}`, repeat: 1, seconds: 20, params: {} })),
  };
}

/** A plan with an axis `storage` of settings, and an axis `job` of params. */
export function planOf(groups: readonly PlannedGroup[], more: Partial<ExperimentPlan> = {}): ExperimentPlan {
  const storages = [...new Set(groups.map(({ settings }) => settings.storage as string))];
  const plan = {
    schema: 'virtwork.plan/1' as const,
    name: 'rank',
    workload: 'fio-bench',
    seed: 1,
    repeats: 1,
    namespace: 'ns',
    axes: [
      { name: 'storage', values: storages, kind: 'settings' as const },
      { name: 'job', values: TRIALS, kind: 'params' as const },
    ],
    metrics: [{ key: 'iops', unit: '1/s', better: 'more' as const, vms: 'sum' as const }],
    groups,
    cells: groups.flatMap(({ id, settings, trials }) =>
      trials.map(({ name, cell }) => ({ id: cell, group: id, trial: name, values: { ...settings, job: name } })),
    ),
    score: [],
    expect: [],
    totals: {
      groups: groups.length,
      cells: groups.length * TRIALS.length,
      trials: groups.length * TRIALS.length,
      vms: groups.reduce((sum, { vms }) => sum + vms, 0),
      records: groups.reduce((sum, { vms }) => sum + vms * TRIALS.length, 0),
      seconds: groups.reduce((sum, { seconds }) => sum + seconds, 0),
      peak: { vcpus: 4, memoryBytes: 2 ** 32, diskBytes: 2 ** 31 },
    },
    ...more,
  };
  return { ...plan, hash: planHash(plan) };
}

/** The names of the measured VMs of a group. */
export function vmsOf({ id, vms }: PlannedGroup): string[] {
  return Array.from({ length: vms }, (_, index) => `${id}-${index}`);
}

/** The objects of a group: its measured VMs, each with a volume, a VM next to them, and a Secret. */
export function objectsOf(planned: PlannedGroup): KubeObject[] {
  const labels = { 'virtwork/group': planned.id };
  const spec = (name: string) => ({
    runStrategy: 'Always',
    dataVolumeTemplates: [
      {
        metadata: { name: `data-${name}` },
        spec: { storage: { storageClassName: planned.settings.storage, resources: { requests: { storage: '1Gi' } } } },
      },
    ],
    template: {
      spec: {
        domain: { memory: { guest: '2Gi' } },
        readinessProbe: { httpGet: { port: 9998, path: '/healthz' } },
        volumes: [{ name: 'guestdisk', secret: { secretName: `${planned.id}-guest-trials` } }, { dataVolume: { name: `data-${name}` } }],
      },
    },
  });
  return [
    own('Secret', `${planned.id}-guest-trials`, { labels }),
    ...(planned.pod
      ? [setOf(planned)]
      : vmsOf(planned).map((name) => own('VirtualMachine', name, { labels: { ...labels, 'virtwork/workload': 'bench' } }, spec(name)))),
    own(
      'VirtualMachine',
      `${planned.id}-neighbor`,
      { labels: { ...labels, 'virtwork/workload': 'cpu' } },
      { runStrategy: 'Always', template: { spec: {} } },
    ),
  ];
}

/** The pods in the place of the measured VMs. */
function setOf({ id, vms, settings }: PlannedGroup): KubeObject {
  const labels = { 'virtwork/group': id, 'virtwork/workload': 'bench', 'virtwork/run-id': 'run' };
  const container = { resources: { requests: { cpu: '2', memory: '2Gi' } }, readinessProbe: { httpGet: { port: 9998, path: '/healthz' } } };
  const claim = { storageClassName: settings.storage, resources: { requests: { storage: '1Gi' } } };
  return own(
    'StatefulSet',
    id,
    { labels },
    {
      replicas: vms,
      template: { metadata: { labels }, spec: { containers: [container] } },
      volumeClaimTemplates: [{ metadata: { name: 'data', labels }, spec: claim }],
    },
  );
}

/** Writes what `experiment synth` writes into `dist/NAME` of the cluster's folder. @returns the folder */
export function writeExperiment({ cwd }: Pick<FakeCluster, 'cwd'>, plan: ExperimentPlan): string {
  const folder = join(cwd, 'dist', plan.name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`);
  writeFileSync(join(folder, 'namespace.yaml'), `${JSON.stringify(own('Namespace', plan.namespace))}\n`);
  writeFileSync(join(folder, 'kustomization.yaml'), 'resources:\n  - namespace.yaml\n');
  for (const each of plan.groups) {
    const home = join(folder, 'groups', each.id);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'kustomization.yaml'), 'resources:\n  - all.yaml\n');
    writeFileSync(
      join(home, 'all.yaml'),
      objectsOf(each)
        .map((object) => `${JSON.stringify(object)}\n`)
        .join('---\n'),
    );
  }
  return `dist/${plan.name}`;
}

/** Guests of a group, by pod, which have finished all trials. @param change of a record; boot: ID of the boot of the VMs */
export function finishedGuests(planned: PlannedGroup, change: (vm: string, trial: string) => Record = () => ({}), boot = BOOT) {
  return Object.fromEntries(
    vmsOf(planned).map((vm, index) => {
      const barrier = { expected: planned.vms, outcome: 'together' as const };
      const common = { group: planned.id, workload: 'bench', index, barrier, guest: { boot } };
      const records = planned.trials.map(({ id, name }) => ({ ...common, name, ...change(vm, id) }));
      return [podOf(vm), guestOf(vm, records, { group: planned.id, index, boot })];
    }),
  );
}

/** Kinds that a check and the facts need. */
export const OUTSIDE: readonly FakeKind[] = [
  { kind: 'StorageClass', apiVersion: 'storage.k8s.io/v1', plural: 'storageclasses', cluster: true },
  { kind: 'StorageProfile', apiVersion: 'cdi.kubevirt.io/v1beta1', plural: 'storageprofiles', cluster: true },
  { kind: 'CSIDriver', apiVersion: 'storage.k8s.io/v1', plural: 'csidrivers', cluster: true },
  { kind: 'Node', apiVersion: 'v1', plural: 'nodes', cluster: true },
  { kind: 'ResourceQuota', apiVersion: 'v1', plural: 'resourcequotas' },
  { kind: 'KubeVirt', apiVersion: 'kubevirt.io/v1', plural: 'kubevirts', cluster: true },
];
export const CLASSES = ['rbd', 'cephfs'].map((name) => own('StorageClass', name));
export const NODES = ['worker-1', 'worker-2'].map((name) => ({
  ...own('Node', name, { labels: { 'kubevirt.io/schedulable': 'true' } }),
  status: { allocatable: { cpu: '8', memory: '32Gi' } },
}));
export const RBD = group('rbd-3f9a1c', { storage: 'rbd' });
export const CEPHFS = group('cephfs-77b0e2', { storage: 'cephfs' }, 1);

export interface SetUp {
  readonly cluster: FakeCluster;
  readonly guests: { [pod: string]: Guest };
  readonly dist: string;
  /** The records that are stored, below groups/. */
  readonly stored: (run: string) => string[];
}

/** A cluster with storage classes and nodes, an experiment in `dist/rank`, and guests that have finished. */
export async function setUp(groups: readonly PlannedGroup[] = [RBD, CEPHFS], scenario: Scenario = {}): Promise<SetUp> {
  const guests: { [pod: string]: Guest } = Object.assign({}, ...groups.map((each) => finishedGuests(each)));
  const objects = [...CLASSES, ...NODES, ...(scenario.objects ?? [])];
  const cluster = await fakeCluster({
    pods: true,
    kinds: [...ALL_KINDS, ...OUTSIDE],
    ...scenario,
    objects,
    guests: new FakeGuests(guests),
  });
  const dist = writeExperiment(cluster, planOf(groups));
  const stored = (run: string) => {
    const folder = join(cluster.cwd, run, 'groups');
    return existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith('.gz')).sort() : [];
  };
  return { cluster, guests, dist, stored };
}
