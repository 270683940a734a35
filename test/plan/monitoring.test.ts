import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlan } from '../../src/load-plan';
import type { MonitoringPlan } from '../../src/plan/component-plan';
import type { Plan } from '../../src/plan/plan';
import { tempDir } from '../support/render';

async function planned(config: string): Promise<Plan> {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), `components: [monitoring]\n${config}`);
  return (await loadPlan({ flags: {}, env: {}, cwd })).plan;
}

const NET = 'networks: [{ name: lan, multus: vlan, binding: bridge }]';

test.each<[string, string, MonitoringPlan['ports']]>([
  ['all guests', 'workloads: { cpu: {}, network: {} }', [{ name: 'health-9998', port: 9998 }]],
  ['another port', 'health_port: 80\nworkloads: { cpu: {} }', [{ name: 'health-80', port: 80 }]],
  [
    'two ports',
    'workloads: { cpu: {}, memory: {}, network: { health_port: 1234 } }',
    [
      { name: 'health-9998', port: 9998, workloads: ['cpu', 'memory'] },
      { name: 'health-1234', port: 1234, workloads: ['network'] },
    ],
  ],
  ['not those without it', 'workloads: { cpu: {}, memory: { health_port: 0 } }', [{ name: 'health-9998', port: 9998, workloads: ['cpu'] }]],
  [
    'not those off the pod network',
    `workloads: { cpu: {}, memory: { ${NET} } }`,
    [{ name: 'health-9998', port: 9998, workloads: ['cpu'] }],
  ],
])('the component monitoring reads %s', async (_, config, ports) => {
  const { components } = await planned(config);
  expect(components).toEqual([expect.objectContaining({ kind: 'monitoring', name: 'virtwork', ports })]);
});

test('another run in the namespace has objects of another name', async () => {
  const { components } = await planned('run: two\nworkloads: { cpu: {} }');
  expect((components?.[0] as MonitoringPlan).name).toMatch(/^virtwork-[0-9a-f]{8}$/);
});

test('what it does not read is a warning', async () => {
  const { warnings } = await planned(`workloads: { cpu: {}, memory: { health_port: 0 }, disk: { ${NET} } }`);
  expect(warnings.filter((text) => text.includes('the component'))).toEqual([
    expect.stringMatching(/components: the component monitoring does not read the metrics of memory, disk: no health endpoint/),
  ]);
});

test.each([
  'workloads: { cpu: { health_port: 0 } }',
  `workloads: { cpu: { ${NET} } }`,
])('nothing to read is an error: %s', async (config) => {
  await expect(planned(config)).rejects.toThrow(/components: the component monitoring needs a health endpoint on the pod network/);
});

test('it watches the signals of each role, and knows which VMs stay up', async () => {
  const { components } = await planned('workloads: { cpu: { run_strategy: Manual }, network: {} }');
  const { watched } = components?.[0] as MonitoringPlan;
  expect(watched.map(({ signals: _, ...each }) => each)).toEqual([
    { workload: 'cpu', vms: 'virtwork-cpu', isKeptRunning: false },
    { workload: 'network', role: 'server', vms: 'virtwork-network-server', isKeptRunning: true },
    { workload: 'network', role: 'client', vms: 'virtwork-network-client', isKeptRunning: true },
  ]);
  for (const { signals } of watched) expect(signals.map(({ name }) => name)).toContain('cpu');
});
