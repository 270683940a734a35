import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED } from '../support/entries';
import { rulesOf } from '../support/prometheus-rules';
import { tempDir } from '../support/render';
import { run } from '../support/run';
import { needs } from '../support/tools';

const promtool = needs('promtool');

const CONFIG = 'namespace: load\nworkloads: { cpu: {}, network: {} }\n';
const HOUR = 61;

/** A series for promtool: its value at each minute. */
interface Series {
  readonly series: string;
  readonly values: string;
}

/** By role, the metrics of a guest in `load` that uses a CPU for `load` seconds of each minute. */
function guest(runId: string, name: string, load: number, labels = 'workload="cpu"'): Series[] {
  const target = `namespace="load", name="${name}", run_id="${runId}", pod="virt-launcher-${name}", ${labels}`;
  return [
    { series: `virtwork_workload_info{${target}}`, values: `1x${HOUR}` },
    { series: `virtwork_unit_cpu_seconds_total{${target}, unit="virtwork-cpu.service"}`, values: `0+${load}x${HOUR}` },
  ];
}

function outside(name: string, load: number, namespace = 'load'): Series {
  return {
    series: `kubevirt_vmi_cpu_usage_seconds_total{namespace="${namespace}", name="${name}", node="n"}`,
    values: `0+${load}x${HOUR}`,
  };
}

function vm(name: string, status: string, namespace = 'load'): Series {
  return { series: `kubevirt_vm_info{namespace="${namespace}", name="${name}", status_group="${status}"}`, values: `1x${HOUR}` };
}

const WORKS = 'virtwork-cpu-0';

/** What happens for an hour, and the VMs and signals with an alert after half of it. */
const CASES: { readonly [what: string]: (runId: string) => { readonly series: Series[]; readonly alerts: readonly string[] } } = {
  'a load that is seen': (id) => ({ series: [...guest(id, WORKS, 60), outside(WORKS, 63)], alerts: [] }),
  'a load without any series outside': (id) => ({ series: guest(id, WORKS, 60), alerts: [`VirtworkSignalAbsent ${WORKS} cpu`] }),
  'a load with the series of another VM': (id) => ({
    series: [...guest(id, WORKS, 60), outside('virtwork-cpu-1', 60), outside(WORKS, 60, 'other')],
    alerts: [`VirtworkSignalAbsent ${WORKS} cpu`],
  }),
  'a load that is below the floor outside': (id) => ({
    series: [...guest(id, WORKS, 60), outside(WORKS, 5)],
    alerts: [`VirtworkSignalAbsent ${WORKS} cpu`],
  }),
  'a guest that does nothing': (id) => ({ series: [...guest(id, WORKS, 1), outside(WORKS, 2)], alerts: [] }),
  'a guest of another run': (id) => ({
    series: [...guest(id, WORKS, 60), outside(WORKS, 60), ...guest('other', 'virtwork-cpu-7', 60)],
    alerts: [],
  }),
  'a client whose server is seen': (id) => ({
    series: [
      ...guest(id, 'virtwork-network-server-0', 60, 'workload="network", role="server"'),
      ...guest(id, 'virtwork-network-client-0', 60, 'workload="network", role="client"'),
      outside('virtwork-network-server-0', 60),
    ],
    alerts: ['VirtworkSignalAbsent virtwork-network-client-0 cpu'],
  }),
  'a guest that starts again': (id) => ({
    series: [
      ...guest(id, WORKS, 60).slice(0, 1),
      {
        series: `virtwork_unit_cpu_seconds_total{namespace="load", name="${WORKS}", run_id="${id}", workload="cpu", unit="u"}`,
        values: `0+60x20 0+60x40`,
      },
      { series: `kubevirt_vmi_cpu_usage_seconds_total{namespace="load", name="${WORKS}"}`, values: '0+60x20 0+60x40' },
    ],
    alerts: [],
  }),
  'a VM that has stopped': (id) => ({
    series: [...guest(id, WORKS, 60), outside(WORKS, 60), vm(WORKS, 'running'), vm('virtwork-cpu-1', 'error')],
    alerts: ['VirtworkVMNotRunning virtwork-cpu-1'],
  }),
  'VMs with other names by an overlay': (id) => ({
    series: [
      ...guest(id, WORKS, 60),
      outside(WORKS, 60),
      vm('blue-virtwork-network-client-3-x', 'non_running'),
      vm('virtwork-cpux-1', 'error'),
    ],
    alerts: ['VirtworkVMNotRunning blue-virtwork-network-client-3-x'],
  }),
  'a VM that migrates, and one in another namespace': (id) => ({
    series: [...guest(id, WORKS, 60), outside(WORKS, 60), vm(WORKS, 'migrating'), vm('virtwork-cpu-1', 'error', 'other')],
    alerts: [],
  }),
  'no guest that answers': (id) => ({ series: guest('other', WORKS, 60), alerts: [`VirtworkNoMetrics ${id}`] }),
};

/** Evaluates the rules with promtool. @returns what it prints about what differs */
function evaluate(rules: object, { series, alerts }: { readonly series: Series[]; readonly alerts: readonly string[] }): string {
  const dir = tempDir();
  writeFileSync(join(dir, 'rules.json'), JSON.stringify(rules));
  // The query has one sample for each alert, with what it is about.
  const samples = alerts.map((alert) => {
    const [alertname, about, signal] = alert.split(' ');
    const key = alertname === 'VirtworkNoMetrics' ? 'run_id' : 'name';
    const labels = { alertname, [key]: about, ...(signal ? { signal } : {}) };
    return { value: 1, labels: `{${Object.entries(labels).map(([label, value]) => `${label}="${value}"`)}}` };
  });
  const named = 'count by (alertname, name, signal) (ALERTS{alertstate="firing", alertname!="VirtworkNoMetrics"})';
  const test = {
    rule_files: ['rules.json'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: series,
        promql_expr_test: [
          {
            expr: `${named} or count by (alertname, run_id) (ALERTS{alertstate="firing", alertname="VirtworkNoMetrics"})`,
            eval_time: '45m',
            exp_samples: samples,
          },
        ],
      },
    ],
  };
  writeFileSync(join(dir, 'test.json'), JSON.stringify(test));
  const { status, stdout, stderr } = run('promtool', ['test', 'rules', 'test.json'], { cwd: dir });
  return status === 0 ? '' : stdout + stderr;
}

describe('the rules of a configuration', () => {
  promtool.each(Object.keys(CASES))('find %s', async (what) => {
    const { rules, runId } = await rulesOf(CONFIG);
    const made = CASES[what]?.(runId) as ReturnType<(typeof CASES)[string]>;
    expect(evaluate(rules, made)).toBe('');
  });

  promtool('record what the guest counts beside what is seen', async () => {
    const { rules, runId } = await rulesOf(CONFIG);
    const dir = tempDir();
    writeFileSync(join(dir, 'rules.json'), JSON.stringify(rules));
    const labels = `{name="${WORKS}", namespace="load", run_id="${runId}", signal="cpu", workload="cpu"}`;
    const expected = (name: string, value: number) => ({
      expr: `${name}{signal="cpu"}`,
      eval_time: '30m',
      exp_samples: [{ labels: name + labels, value }],
    });
    const test = {
      rule_files: ['rules.json'],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: [...guest(runId, WORKS, 60), outside(WORKS, 66), outside('another', 60)],
          promql_expr_test: [expected('vm:virtwork_signal:guest', 1), expected('vm:virtwork_signal:outside', 1.1)],
        },
      ],
    };
    writeFileSync(join(dir, 'test.json'), JSON.stringify(test));
    expect(run('promtool', ['test', 'rules', 'test.json'], { cwd: dir })).toMatchObject({ status: 0 });
  });

  promtool('are valid for all shipped entries', async () => {
    const { rules } = await rulesOf(`workloads: { ${SHIPPED.map((name) => `${name}: {}`).join(', ')} }\n`);
    const file = join(tempDir(), 'rules.json');
    writeFileSync(file, JSON.stringify(rules));
    // It reports two rules for the same series without failing.
    expect(run('promtool', ['check', 'rules', file])).toMatchObject({ status: 0, stdout: expect.stringContaining('SUCCESS') as string });
  });

  test('name no namespace and no VM', async () => {
    const { rules } = await rulesOf(CONFIG);
    const text = JSON.stringify(rules);
    expect(text).not.toContain('"load"');
    expect(text).not.toContain('namespace=');
  });

  test('have no alert for VMs that may be stopped', async () => {
    const { rules } = await rulesOf('run_strategy: Halted\nworkloads: { cpu: {} }\n');
    expect(rules.groups[1]?.rules.map((rule) => ('alert' in rule ? rule.alert : ''))).toEqual([
      'VirtworkSignalAbsent',
      'VirtworkNoMetrics',
    ]);
  });
});
