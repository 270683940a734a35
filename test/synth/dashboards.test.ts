import { loadPlan } from '../../src/load-plan';
import { consoleDashboard, grafanaDashboard } from '../../src/synth/dashboards';
import { render } from '../../src/synth/render';
import { SHIPPED } from '../support/entries';
import { eventually } from '../support/eventually';
import { answer, type Prometheus, prometheus } from '../support/prometheus';
import { monitoringOf, rulesOf } from '../support/prometheus-rules';
import { tempDir, textOf } from '../support/render';
import { isInstalled, needs } from '../support/tools';

const CONFIG = 'namespace: load\nworkloads: { cpu: {}, disk: {}, chaos-disk: {} }\n';

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}
interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly Target[];
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}
interface FieldConfig {
  readonly overrides: readonly {
    readonly matcher: { readonly options: string };
    readonly properties: readonly { readonly id: string; readonly value: { readonly fixedColor?: string; readonly fill?: string } }[];
  }[];
}
interface Variable {
  readonly name: string;
  readonly query: string;
}
interface Dashboard {
  readonly panels?: readonly Panel[];
  readonly rows?: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
  readonly templating: { readonly list: readonly Variable[] };
}

const GRAFANA = grafanaDashboard() as Dashboard;
const CONSOLE = consoleDashboard() as Dashboard;
const DASHBOARDS = [
  ['Grafana', GRAFANA, GRAFANA.panels ?? []],
  ['the console of OpenShift', CONSOLE, (CONSOLE.rows ?? []).flatMap(({ panels }) => panels)],
] as const;

/** Half an hour of a VM with a load, in the format of OpenMetrics: a sample each 30 seconds, of counters and of gauges. */
function recorded(runId: string, now: number): string {
  const target = `namespace="load",name="virtwork-cpu-0",workload="cpu",run_id="${runId}",pod="p"`;
  const vm = 'namespace="load",name="virtwork-cpu-0",node="n"';
  const counters = [
    `virtwork_unit_cpu_seconds_total{${target},unit="u"}`,
    ...['read', 'write'].map((direction) => `virtwork_unit_io_bytes_total{${target},unit="u",direction="${direction}"} 1e6`),
    ...['receive', 'transmit'].map((direction) => `virtwork_unit_network_bytes_total{${target},unit="u",direction="${direction}"} 1e6`),
    `virtwork_unit_restarts_total{${target},unit="u"}`,
    `virtwork_chaos_events_total{${target},kind="fill"}`,
    `kubevirt_vmi_cpu_usage_seconds_total{${vm}}`,
    ...['read', 'write'].map((each) => `kubevirt_vmi_storage_${each}_traffic_bytes_total{${vm},drive="datadisk"} 1e6`),
    ...['receive', 'transmit'].map((each) => `kubevirt_vmi_network_${each}_bytes_total{${vm},interface="default"} 1e6`),
    ...['read', 'write'].map((each) => `kubevirt_vmi_storage_iops_${each}_total{${vm},drive="datadisk"}`),
    `kubevirt_vmi_storage_flush_requests_total{${vm},drive="datadisk"}`,
    `kubevirt_vmi_vcpu_wait_seconds_total{${vm},id="0"}`,
    `kubevirt_vmi_memory_swap_in_traffic_bytes{${vm}}`,
  ];
  const gauges = [
    `virtwork_workload_info{${target}}`,
    `virtwork_chaos_active{${target}}`,
    `kubevirt_vmi_info{${vm},phase="running"}`,
    `kubevirt_vm_info{namespace="load",name="virtwork-cpu-0",status_group="running"}`,
    `kubevirt_vm_info{namespace="load",name="virtwork-disk-0",status_group="error"}`,
    `kubevirt_vmi_memory_available_bytes{${vm}} 2e9`,
    `kubevirt_vmi_memory_usable_bytes{${vm}} 1e9`,
    'kubevirt_vmi_migration_succeeded{namespace="load",vmi="virtwork-cpu-0",vmim="m"}',
    'kubevirt_vmi_migration_failed{namespace="load",vmi="virtwork-cpu-0",vmim="n"}',
    'kubevirt_vmi_migrations_in_running_phase',
  ];
  const times = Array.from({ length: 61 }, (_, index) => now - (60 - index) * 30);
  const lines = (series: string, valueAt: (index: number) => number) => {
    const [labels = '', factor = '1'] = series.split('} ');
    const name = series.includes('} ') ? `${labels}}` : series;
    return times.map((time, index) => `${name} ${valueAt(index) * Number(series.includes('} ') ? factor : 1)} ${time}`);
  };
  return `${[...counters.flatMap((each) => lines(each, (index) => index * 30)), ...gauges.flatMap((each) => lines(each, () => 1))].join('\n')}\n# EOF\n`;
}

/** What the user of the dashboard has chosen. */
function chosen(expr: string): string {
  return expr.replaceAll('$namespace', 'load').replaceAll('$component', '.*').replaceAll('$name', '.*');
}

describe('in a real Prometheus', () => {
  const both = needs('prometheus', 'promtool');
  let server: Prometheus | undefined;
  const time = Math.floor(Date.now() / 1000);

  beforeAll(async () => {
    if (!['prometheus', 'promtool'].every(isInstalled)) return;
    const { rules, runId } = await rulesOf(CONFIG);
    server = await prometheus(recorded(runId, time), rules);
    const { url } = server;
    await eventually(async () => {
      // The rules of the second group need what the first one records.
      expect(await answer(url, 'query', { query: 'vm:virtwork_signal:floor' })).toMatchObject({ result: { length: 5 } });
      expect(await answer(url, 'query', { query: 'ALERTS' })).not.toEqual(expect.objectContaining({ result: [] }));
    }, 120);
  }, 300_000);

  afterAll(() => server?.stop());

  const queries = DASHBOARDS.flatMap(([name, , panels]) =>
    panels.flatMap(({ title, targets = [] }) => targets.map(({ expr, legendFormat }) => [name, title, legendFormat, expr] as const)),
  );

  both.each(queries)('%s: the panel "%s" shows "%s"', async (_name, title, legend, expr) => {
    const { result } = (await answer(server?.url ?? '', 'query', { query: chosen(expr) })) as {
      readonly result: readonly { readonly metric: { readonly [label: string]: string } }[];
    };
    // Only what has gone wrong is empty here.
    if (!MAY_BE_EMPTY.includes(title)) expect(result.length).toBeGreaterThan(0);
    // Every label of the legend exists.
    for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
      if (result.length > 0 && !MAY_BE_ABSENT.includes(label)) expect(result[0]?.metric).toHaveProperty(label);
    }
  });

  both.each(
    DASHBOARDS.flatMap(([name, { templating }]) =>
      templating.list.filter(({ name: variable }) => variable !== 'datasource').map((each) => [name, each.name, each.query] as const),
    ),
  )('%s: the variable %s has values', async (_name, _variable, query) => {
    const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
    expect(await answer(server?.url ?? '', `label/${label}/values`, { 'match[]': chosen(series) })).not.toEqual([]);
  });
});

/** Signals that only some workloads have. */
const MAY_BE_EMPTY = ['Other signals'];
/** An alert about a run has no VM. */
const MAY_BE_ABSENT = ['signal', 'name'];

describe('a dashboard', () => {
  test.each(DASHBOARDS)('of %s has a title for each panel', (_, __, panels) => {
    for (const { title } of panels) expect(title).toMatch(/^[A-Z$]/);
  });

  test('of Grafana has no panels that overlap, or leave the grid', () => {
    const boxes = (GRAFANA.panels ?? []).map(({ gridPos }) => gridPos ?? { x: 0, y: 0, w: 0, h: 0 });
    for (const [at, one] of boxes.entries()) {
      expect(one.x + one.w).toBeLessThanOrEqual(24);
      for (const other of boxes.slice(at + 1)) {
        const apart = one.x + one.w <= other.x || other.x + other.w <= one.x || one.y + one.h <= other.y || other.y + other.h <= one.y;
        expect([one, other, apart]).toEqual([one, other, true]);
      }
    }
  });

  const properties = (title: string, series: string) => {
    const { fieldConfig } = GRAFANA.panels?.find((panel) => panel.title === title) as Panel & { readonly fieldConfig: FieldConfig };
    const matching = fieldConfig.overrides.filter(({ matcher }) => new RegExp(matcher.options.slice(1, -1)).test(series));
    const found = Object.fromEntries(matching.flatMap((override) => override.properties.map(({ id, value }) => [id, value])));
    return [found.color?.fixedColor ?? 'any', found['custom.lineStyle']?.fill ?? 'solid'];
  };

  test.each([
    ['CPUs', 'virtwork-cpu-0 seen', 'blue', 'solid'],
    ['CPUs', 'virtwork-cpu-0 expected', 'dark-blue', 'dash'],
    ['CPUs', 'virtwork-cpu-1 seen', 'orange', 'solid'],
    ['CPUs', 'virtwork-network-client-11 expected', 'dark-orange', 'dash'],
    ['CPUs', 'virtwork-cpu-9 seen', 'purple', 'solid'],
    ['CPUs', 'floor of cpu', 'any', 'dash'],
    ['CPUs', 'a-virtwork-cpu-0-b seen', 'any', 'solid'],
    ['Other signals', 'virtwork-memory-5 memory seen', 'red', 'solid'],
    ['Other signals', 'virtwork-memory-5 memory expected', 'dark-red', 'dash'],
    ['Alerts', 'VirtworkSignalAbsent virtwork-cpu-0 cpu firing', 'red', 'solid'],
    ['Alerts', 'VirtworkNoMetrics   pending', 'yellow', 'solid'],
    ['Chaos at work', 'virtwork-chaos-disk-0 chaos-disk', 'blue', 'solid'],
  ])('of Grafana: in "%s", "%s" is %s and %s', (title, series, ...expected) => {
    expect(properties(title as string, series as string)).toEqual(expected);
  });

  test('of Grafana draws what is expected after what is seen, so that it is on top', () => {
    const [compared] = (GRAFANA.panels ?? []).filter(({ title }) => title === 'CPUs');
    expect(compared?.targets?.map(({ legendFormat }) => legendFormat)).toEqual([
      '{{name}} seen',
      '{{name}} expected',
      'floor of {{signal}}',
    ]);
  });

  test('of Grafana has a number for each panel', () => {
    const ids = (GRAFANA.panels ?? []).map((panel) => (panel as unknown as { id: number }).id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is the same for every configuration', async () => {
    const texts = await Promise.all(
      ['workloads: { cpu: {} }\n', `workloads: { ${SHIPPED.map((name) => `${name}: {}`).join(', ')} }\n`].map(async (config) => {
        const { objects } = await monitoringOf(config);
        return objects.find(({ kind }) => kind === 'ConfigMap')?.data;
      }),
    );
    expect(texts[0]).toEqual(texts[1]);
    expect(JSON.parse((texts[0] as { readonly [file: string]: string })['virtwork-signals.json'] ?? '')).toEqual(GRAFANA);
  });

  test('is found by a label: that of Grafana in the namespace, that of OpenShift in the namespace of its console', async () => {
    const flags = { components: 'monitoring,monitoring-openshift', workloads: 'cpu', namespace: 'load' };
    const { plan } = await loadPlan({ flags, env: {}, cwd: tempDir() });
    const texts = render(plan)
      .filter(({ name }) => name.endsWith('/dashboard.yaml'))
      .map(textOf);
    expect(
      texts.map((text) => [
        /^ {2}namespace: (.*)$/m.exec(text)?.[1],
        /^ {4}(grafana_dashboard|console.openshift.io\/dashboard): (.*)$/m.exec(text)?.slice(1),
      ]),
    ).toEqual([
      ['load', ['grafana_dashboard', "'1'"]],
      ['openshift-config-managed', ['console.openshift.io/dashboard', "'true'"]],
    ]);
  });
});
