import { App, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-29';
import { addWorkload, loadPlan, totals, UserError, VirtualMachine } from '../src';
import { planOf, tempDir } from './support/render';

test('a workload goes into a cdk8s app of your own, beside what you have there', async () => {
  const plan = await planOf({ workloads: 'network', namespace: 'mine' });
  const chart = new Chart(new App(), 'my-chart', { labels: { team: 'storage' } });
  new kplus.ConfigMap(chart, 'config', { data: { a: 'b' } });
  for (const workload of plan.workloads) addWorkload(chart, workload);
  const objects = Testing.synth(chart) as { kind: string; metadata: { name: string; labels?: { team?: string } } }[];
  expect(objects.map((object) => object.kind)).toEqual([
    'ConfigMap',
    'Secret',
    'Secret',
    'Service',
    'Service',
    'VirtualMachine',
    'VirtualMachine',
  ]);
  expect(objects.every((object) => object.metadata.labels?.team === 'storage')).toBe(true);
});

test('a single VM of a plan is a construct too', async () => {
  const [role] = (await planOf({ workloads: 'cpu' })).workloads[0]?.roles ?? [];
  if (!role?.vms[0]) throw new Error('no VM');
  const chart = Testing.chart();
  new VirtualMachine(chart, 'vm', { role: { ...role, memory: '8Gi' }, vm: role.vms[0], userDataHash: 'x' });
  expect(Testing.synth(chart)).toMatchObject([
    { kind: 'VirtualMachine', spec: { template: { spec: { domain: { memory: { guest: '8Gi' } } } } } },
  ]);
});

test('totals of a plan', async () => {
  const plan = await planOf({ workloads: 'cpu,disk,network', 'vm-count': '3', memory: '1Gi', 'disk-size': '20Gi' });
  expect(totals(plan)).toEqual({ vms: 12, cpuCores: 24, memoryBytes: 12n * 1024n ** 3n, diskBytes: 60n * 1024n ** 3n });
});

test('faults arrive as one error with all of them', async () => {
  const loading = loadPlan({ flags: { workloads: 'cpuu', memory: 'lots' }, env: {}, cwd: tempDir() });
  await expect(loading).rejects.toThrow(UserError);
  await expect(loading).rejects.toMatchObject({ problems: [{ hint: 'cpu' }, { where: 'flag --memory' }] });
});
