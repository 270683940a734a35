import { SERIES } from './rules';

/** A query of a panel. */
export interface PanelQuery {
  /** PromQL with the variables of {@link VARIABLES}. */
  readonly expr: string;
  /** Name of each series: `{{label}}` becomes the value of the label. In a table, the heading of its values. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly description?: string;
  /** `lanes`: a bar for each series, over the time in which it exists. */
  readonly kind: 'lines' | 'lanes' | 'table' | 'number';
  /** As Grafana names it. */
  readonly unit: string;
  readonly queries: readonly PanelQuery[];
}

export interface Row {
  readonly title: string;
  /** There is one for each value of the variable `component`. */
  readonly isRepeated?: true;
  readonly panels: readonly Panel[];
}

/** What the user of a dashboard chooses: values of a label of a series. */
export interface Variable {
  readonly name: string;
  readonly series: string;
  readonly label: string;
  /** Whether several values, or all, may be chosen. */
  readonly isMultiple: boolean;
}

export const TITLE = 'virtwork: expected beside seen';

export const VARIABLES: readonly Variable[] = [
  { name: 'namespace', series: SERIES.info, label: 'namespace', isMultiple: false },
  { name: 'component', series: `${SERIES.info}{namespace=~"$namespace"}`, label: 'workload', isMultiple: true },
  { name: 'name', series: `${SERIES.info}{namespace=~"$namespace", workload=~"$component"}`, label: 'name', isMultiple: true },
];

const VMS = 'namespace=~"$namespace", workload=~"$component", name=~"$name"';
/** KubeVirt's metrics do not have the workload of a VM. */
const NAMED = 'namespace=~"$namespace", name=~"$name"';
const VM = '{{name}}';

/** Signals with a panel of their own, which every workload has. */
const COMMON = [
  ['cpu', 'CPUs', 'short'],
  ['disk-read', 'Read from disks', 'Bps'],
  ['disk-write', 'Written to disks', 'Bps'],
  ['network-receive', 'Received from networks', 'Bps'],
  ['network-transmit', 'Sent to networks', 'Bps'],
] as const;

/** The rows of the dashboard, for every run in the same Prometheus. */
export const ROWS: readonly Row[] = [
  {
    title: 'All VMs',
    panels: [
      {
        title: 'Guests that answer',
        kind: 'number',
        unit: 'short',
        queries: [{ expr: `count(${SERIES.info}{${VMS}})`, legend: 'guests' }],
      },
      {
        title: 'VMs by status',
        kind: 'lines',
        unit: 'short',
        queries: [{ expr: `count by (status_group) (kubevirt_vm_info{${NAMED}})`, legend: '{{status_group}}' }],
      },
      {
        title: 'Alerts',
        kind: 'lanes',
        unit: 'short',
        queries: [
          {
            expr: 'max by (alertname, alertstate, name, signal) (ALERTS{alertname=~"Virtwork.+", namespace=~"$namespace|"})',
            legend: '{{alertname}} {{name}} {{signal}} {{alertstate}}',
          },
        ],
      },
      {
        title: 'Expected beside seen',
        description: 'What each guest counts, and what the metrics of KubeVirt show of it.',
        kind: 'table',
        unit: 'short',
        queries: [
          { expr: signal('guest', VMS), legend: 'expected' },
          { expr: signal('outside', VMS), legend: 'seen' },
          { expr: ratio(VMS), legend: 'seen / expected' },
        ],
      },
    ],
  },
  {
    title: '$component',
    isRepeated: true,
    panels: [
      ...COMMON.map(([name, title, unit]) => compared(title, unit, `${VMS}, signal="${name}"`, VM)),
      compared('Other signals', 'short', `${VMS}, signal!~"${COMMON.map(([name]) => name).join('|')}"`, `${VM} {{signal}}`),
      {
        title: 'Seen / expected',
        description: 'Only of guests that do enough to be seen.',
        kind: 'lines',
        unit: 'percentunit',
        queries: [{ expr: ratio(VMS), legend: `${VM} {{signal}}` }],
      },
    ],
  },
  {
    title: 'Migrations',
    panels: [
      {
        title: 'Node of each VM',
        kind: 'lanes',
        unit: 'short',
        queries: [{ expr: ofVms('max by (namespace, name, node) (kubevirt_vmi_info{$V})'), legend: `${VM} on {{node}}` }],
      },
      {
        title: 'Migrations',
        description: 'KubeVirt keeps five finished migrations of a VM.',
        kind: 'lines',
        unit: 'short',
        queries: [
          { expr: 'sum by (vmi) (kubevirt_vmi_migration_succeeded{namespace=~"$namespace", vmi=~"$name"})', legend: '{{vmi}} succeeded' },
          { expr: 'sum by (vmi) (kubevirt_vmi_migration_failed{namespace=~"$namespace", vmi=~"$name"})', legend: '{{vmi}} failed' },
          { expr: 'sum(kubevirt_vmi_migrations_in_running_phase)', legend: 'running in the cluster' },
        ],
      },
    ],
  },
  {
    title: 'Chaos',
    panels: [
      {
        title: 'Chaos at work',
        kind: 'lanes',
        unit: 'short',
        queries: [{ expr: `max by (namespace, name, workload) (virtwork_chaos_active{${VMS}}) > 0`, legend: `${VM} {{workload}}` }],
      },
      {
        title: 'Chaos events in 5 minutes',
        kind: 'lines',
        unit: 'short',
        queries: [{ expr: `sum by (namespace, name, kind) (increase(virtwork_chaos_events_total{${VMS}}[5m]))`, legend: `${VM} {{kind}}` }],
      },
      {
        title: 'Restarts of units in 5 minutes',
        kind: 'lines',
        unit: 'short',
        queries: [
          { expr: `sum by (namespace, name, unit) (increase(virtwork_unit_restarts_total{${VMS}}[5m]))`, legend: `${VM} {{unit}}` },
        ],
      },
    ],
  },
  {
    title: 'What KubeVirt shows',
    panels: [
      seen('Memory in use', 'bytes', '(kubevirt_vmi_memory_available_bytes{$V} - kubevirt_vmi_memory_usable_bytes{$V})'),
      seen('Waits of vCPUs', 's', 'rate(kubevirt_vmi_vcpu_wait_seconds_total{$V}[5m])'),
      seen('Reads per second', 'iops', 'rate(kubevirt_vmi_storage_iops_read_total{$V}[5m])'),
      seen('Writes per second', 'iops', 'rate(kubevirt_vmi_storage_iops_write_total{$V}[5m])'),
      seen('Flushes per second', 'ops', 'rate(kubevirt_vmi_storage_flush_requests_total{$V}[5m])'),
      seen('Read from swap', 'Bps', 'rate(kubevirt_vmi_memory_swap_in_traffic_bytes{$V}[5m])'),
    ],
  },
];

function seen(title: string, unit: string, expr: string): Panel {
  return { title, kind: 'lines', unit, queries: [{ expr: ofVms(`sum by (namespace, name) (${expr})`), legend: VM }] };
}

/** `$V` becomes matchers; of the VMs that these select, those of the chosen workloads are left. */
function ofVms(expr: string): string {
  return `${expr.replaceAll('$V', NAMED)} and on (namespace, name) ${SERIES.info}{${VMS}}`;
}

function compared(title: string, unit: string, matchers: string, legend: string): Panel {
  return {
    title,
    kind: 'lines',
    unit,
    // Grafana draws later series on top: the dashed line of what is expected must be on that of what is seen.
    queries: [
      { expr: signal('outside', matchers), legend: `${legend} seen` },
      { expr: signal('guest', matchers), legend: `${legend} expected` },
      { expr: `max by (signal) (${SERIES.floor}{${matchers}})`, legend: 'floor of {{signal}}' },
    ],
  };
}

function signal(which: 'guest' | 'outside', matchers: string): string {
  return `sum by (namespace, name, workload, role, signal) (${SERIES[which]}{${matchers}})`;
}

function ratio(matchers: string): string {
  const on = 'on (namespace, name, workload, role, signal)';
  const enough = `(${SERIES.guest}{${matchers}} >= ${on} ${SERIES.floor}{${matchers}})`;
  return `${SERIES.outside}{${matchers}} / ${on} ${enough}`;
}
