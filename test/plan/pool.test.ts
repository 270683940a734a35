import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { UserError } from '../../src/errors';
import { loadPlan } from '../../src/load-plan';
import { totals } from '../../src/plan/totals';
import { objectCounts, render } from '../../src/synth/render';
import type { Manifest } from '../../src/validation/manifest';
import { entryOf, UNIT } from '../support/entry-folder';
import { likePooled, vmOfPool } from '../support/pool';
import { tempDir, textOf } from '../support/render';

async function plan(file: string, flags: { readonly [flag: string]: unknown } = {}) {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), file);
  return (await loadPlan({ flags, env: {}, cwd })).plan;
}

async function objects(file: string, flags: { readonly [flag: string]: unknown } = {}): Promise<Manifest[]> {
  return render(await plan(file, flags))
    .filter(({ name }) => !name.startsWith('kustom'))
    .flatMap((each) => loadAll(textOf(each)) as Manifest[]);
}

async function faults(file: string, flags: { readonly [flag: string]: unknown } = {}): Promise<string> {
  return plan(file, flags).then(
    () => '',
    (error) => (error instanceof UserError ? error.message.replace(/virtwork\.yaml:\d+:\d+: /g, '') : Promise.reject(error)),
  );
}

const ofKind = (all: readonly Manifest[], kind: string) => all.filter((each) => each.kind === kind);

// Every setting that touches a VM.
test.each([
  ['disk', ''],
  ['cpu', 'firmware: secure-boot'],
  ['database', 'boot: dataSource:images/rhel9, storage_class: fast, disk_discard: false, disk_bus: scsi'],
  ['memory', 'labels: { team: a }, annotations: { team: a b }, spread: pack, instancetype: u1.medium, run_strategy: Manual'],
  ['chaos-disk', 'node_selector: { zone: b }, health_port: 0'],
  ['fio-bench', 'params: { size: 1G }'],
])('the VMs of a pool of %s are those without a pool: { %s }', async (workload, settings) => {
  const file = (pool: boolean) => `workloads: { ${workload}: { vm_count: 3, pool: ${pool}${settings && `, ${settings}`} } }\n`;
  const flags = { workloads: workload };
  const [pooled, single] = [await objects(file(true), flags), await objects(file(false), flags)];
  const [pool, ...more] = ofKind(pooled, 'VirtualMachinePool') as [Manifest];
  const vms = ofKind(single, 'VirtualMachine');
  expect(more).toEqual([]);
  expect(vms).toHaveLength(3);
  expect(vms.map((_, index) => vmOfPool(pool, index))).toEqual(vms.map(likePooled));
  const others = (all: readonly Manifest[]) => all.filter(({ kind }) => !kind.startsWith('VirtualMachine'));
  expect(others(pooled)).toEqual(others(single));
});

test('a pool has the number of VMs, a selector that stays, and strategies that change no running guest', async () => {
  const [pool] = ofKind(await objects('labels: { team: a }\nworkloads: { cpu: { vm_count: 7, pool: true } }\n'), 'VirtualMachinePool');
  const { virtualMachineTemplate: _, ...spec } = pool?.spec as { readonly [field: string]: unknown };
  expect([pool?.apiVersion, pool?.metadata.name, pool?.metadata.namespace]).toEqual([
    'pool.kubevirt.io/v1beta1',
    'virtwork-cpu',
    'virtwork',
  ]);
  expect(pool?.metadata.labels).toMatchObject({ team: 'a', 'managed-by': 'virtwork', 'virtwork/workload': 'cpu' });
  expect(spec).toEqual({
    replicas: 7,
    selector: { matchLabels: { 'virtwork/workload': 'cpu' } },
    updateStrategy: { opportunistic: {} },
    scaleInStrategy: { proactive: { selectionPolicy: { sortPolicy: 'DescendingOrder' }, statePreservation: 'Disabled' } },
  });
});

test('each role of a workload without pairs is a pool', async () => {
  const manifest = 'description: d\nroles: [{ name: a, vm-count: 2 }, { name: b }]\n';
  const folder = entryOf({ 'workload.yaml': manifest, 'a.service': UNIT, 'b.service': UNIT });
  const flags = { 'catalog-dir': dirname(folder), 'from-catalog': 'my-entry', pool: true, 'vm-count': '4' };
  const pools = ofKind(await objects('', flags), 'VirtualMachinePool');
  expect(pools.map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
    [
      'virtwork-my-entry-a',
      expect.objectContaining({ replicas: 2, selector: { matchLabels: { 'virtwork/role': 'a', 'virtwork/workload': 'my-entry' } } }),
    ],
    [
      'virtwork-my-entry-b',
      expect.objectContaining({ replicas: 4, selector: { matchLabels: { 'virtwork/role': 'b', 'virtwork/workload': 'my-entry' } } }),
    ],
  ]);
});

test('totals and counts: one object, and all its VMs', async () => {
  const made = await plan('workloads: { disk: { vm_count: 12, pool: true }, cpu: {} }\n');
  expect(totals(made)).toMatchObject({ vms: 13, cpuCores: 26, diskBytes: 120n << 30n });
  expect(objectCounts(made)).toMatchObject({ VirtualMachinePool: 1, VirtualMachine: 1 });
});

test.each([
  ['workloads: { network: { pool: true } }', {}, 'workloads.network.pool'],
  ['workloads: { tps: {}, cpu: {} }\npool: true', {}, 'pool'],
  ['', { pool: true, workloads: 'network' }, 'flag --pool'],
  ['', { workloads: 'network', set: 'network.pool=true' }, 'flag --set network.pool'],
])('pairs cannot be a pool: %s %j', async (file, flags, where) => {
  expect((await faults(`${file}\n`, flags)).replaceAll('tps', 'network')).toBe(
    `${where}: cannot be true for workload network: its VMs belong together in pairs, and the VMs of a pool all have the same labels
  hint: omit it for this workload, or use --set network.pool=false`,
  );
});

test('ten thousand VMs of a pool take less than 1 MB, and no longer than one', async () => {
  const made = await plan('workloads: { disk: { vm_count: 10000, pool: true } }\n');
  const bytes = (files: ReturnType<typeof render>) => files.reduce((sum, each) => sum + Buffer.byteLength(textOf(each)), 0);
  const one = bytes(render(await plan('workloads: { disk: { pool: true } }\n')));
  expect(bytes(render(made))).toBeLessThan(1_000_000);
  expect(bytes(render(made)) - one).toBeLessThan(10);
});
