import { executionRows, planColumns, rowOfVm } from '../../src/audit/rows';
import { loadPlan } from '../../src/load-plan';
import { tempDir } from '../support/render';

async function planned(flags: object) {
  return loadPlan({ flags: flags as { [flag: string]: unknown }, env: {}, cwd: tempDir() });
}

test('a plan becomes a row for each workload and VM', async () => {
  const { options, plan } = await planned({ workloads: 'cpu,disk', 'vm-count': '2', namespace: 'ns' });
  const { log, workloads } = executionRows({ options, plan, kubeconfig: '/k', log: { command: 'run' } });
  expect(log).toEqual({
    command: 'run',
    kubeconfig_path: '/k',
    namespace: 'ns',
    ssh_auth_configured: 0,
    linked_run_ids: JSON.stringify([options.runId]),
    container_disk_image: expect.any(String),
    default_cpu_cores: expect.any(Number),
    default_memory: expect.any(String),
    data_disk_size: expect.any(String),
    ...planColumns(plan),
  });
  expect(planColumns(plan)).toEqual({ workloads_csv: 'cpu,disk', total_vm_count: 4, total_workload_count: 2 });
  expect(workloads.map(({ row }) => [row.workload_type, row.vm_count, row.has_data_disk, row.requires_service])).toEqual([
    ['cpu', 2, 0, 0],
    ['disk', 2, 1, 0],
  ]);
  expect(workloads[1]?.vms.map((vm) => [vm.vm_name, vm.component, vm.has_data_disk])).toEqual([
    ['virtwork-disk-0', 'disk', 1],
    ['virtwork-disk-1', 'disk', 1],
  ]);
});

test('a command without a plan has no defaults and no workloads', async () => {
  const { options } = await planned({ namespace: 'ns' });
  const { log, workloads } = executionRows({ options, kubeconfig: undefined, log: { command: 'cleanup', linked_run_ids: '[]' } });
  expect({ log, workloads }).toEqual({
    log: { command: 'cleanup', kubeconfig_path: null, namespace: 'ns', ssh_auth_configured: 0, linked_run_ids: '[]' },
    workloads: [],
  });
});

test.each([
  [
    'with all fields',
    { template: { spec: { domain: { cpu: { sockets: 2 }, memory: { guest: '1Gi' } } } }, dataVolumeTemplates: [{}] },
    [2, '1Gi', 1],
  ],
  ['with empty fields', undefined, [null, null, 0]],
])('the row of a manifest %s', (_, spec, [cpu, memory, disk]) => {
  const labels = { 'virtwork/workload': 'tps', 'virtwork/role': 'server' };
  expect(rowOfVm({ kind: 'VirtualMachine', metadata: { name: 'a', labels }, spec }, 'ns', 'planned')).toEqual({
    vm_name: 'a',
    namespace: 'ns',
    component: 'tps',
    role: 'server',
    cpu_cores: cpu,
    memory,
    has_data_disk: disk,
    status: 'planned',
  });
});
