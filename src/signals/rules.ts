import { type GuestReading, query, type Signal } from './signal';

/** A rule of Prometheus that records a series. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: { readonly [label: string]: string };
}

/** A rule of Prometheus that fires an alert for each series of its expression. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  /** For so long the expression must have the series. */
  readonly for: string;
  readonly labels: { readonly [label: string]: string };
  readonly annotations: { readonly [name: string]: string };
}

/** The VMs of a role, and what is to be seen of them from outside. */
export interface Watched {
  readonly workload: string;
  /** Absent: the workload has a single role. */
  readonly role?: string;
  /** Their names without the index and the hyphen before it. */
  readonly vms: string;
  /** Whether KubeVirt starts the VMs again whenever they stop. */
  readonly isKeptRunning: boolean;
  readonly signals: readonly Signal[];
}

/** The series that the rules record, each with the labels of {@link VM}; those of signals have `signal` too. */
export const SERIES = {
  info: 'vm:virtwork_workload:info',
  guest: 'vm:virtwork_signal:guest',
  outside: 'vm:virtwork_signal:outside',
  floor: 'vm:virtwork_signal:floor',
} as const;

/** Labels of a target, which Prometheus sets itself: the same label of a guest's own gets a prefix. */
const OF_TARGET = ['namespace', 'name', 'workload', 'role', 'run_id', 'job', 'instance', 'pod', 'service', 'endpoint', 'container'];

const VM = 'namespace, name, workload, role, run_id';

/** Functions over a window, which is long enough for a few readings. */
const OVER_WINDOW: { readonly [as in GuestReading['as']]: string } = { rate: 'rate', value: 'avg_over_time', max: 'max_over_time' };

/**
 * What the guests of a run count beside what is seen from outside. The expressions name no namespace, and VMs only by the labels of their
 * guests, so that an overlay may change both.
 */
export function recordingRules(runId: string, watched: readonly Watched[]): RecordingRule[] {
  const info = { record: SERIES.info, expr: `max by (${VM}) (virtwork_workload_info${matchers({ run_id: runId })})` };
  const all = shared(watched).map(({ signal, by }) => ({ name: signal.name, exprs: expressions(signal, { run_id: runId, ...by }) }));
  const names = [...new Set(all.map(({ name }) => name))];
  // A series has one rule: Prometheus takes two rules with the same labels for a mistake.
  return [
    info,
    ...names.flatMap((name) =>
      (['guest', 'outside', 'floor'] as const).flatMap((which) => {
        const exprs = all.flatMap((each) => (each.name === name ? (each.exprs[which] ?? []) : []));
        return exprs.length === 0 ? [] : [{ record: SERIES[which], expr: exprs.join('\nor\n'), labels: { signal: name } }];
      }),
    ),
  ];
}

type Expressions = { readonly [which in 'guest' | 'outside' | 'floor']?: string };

function expressions(signal: Signal, vms: Matchers): Expressions {
  const { guest, outside, floor, windowSeconds } = signal;
  const info = `${SERIES.info}${matchers(vms)}`;
  const own = Object.fromEntries(Object.entries(guest?.labels ?? {}).map(([key, value]) => [ownLabel(key), value]));
  return {
    ...(guest
      ? { guest: `sum by (${VM}) (${OVER_WINDOW[guest.as]}(${guest.metric}${matchers({ ...vms, ...own })}[${windowSeconds}s]))` }
      : {}),
    ...(outside === undefined
      ? {}
      : {
          outside: `(${query(signal, {})})\n* on (namespace, name) group_left (workload, role, run_id) ${info}`,
          floor: `${info} * ${floor}`,
        }),
  };
}

/** What is wrong with a VM, or with how it is seen. */
export function alertingRules(runId: string, watched: readonly Watched[]): AlertingRule[] {
  const run = matchers({ run_id: runId });
  const on = `on (${VM}, signal)`;
  const started = watched.filter(({ isKeptRunning }) => isKeptRunning);
  // An overlay may add a prefix and a suffix to names.
  const names = `(.+-)?(${started.map(({ vms }) => vms).join('|')})-[0-9]+(-.+)?`;
  return [
    {
      alert: 'VirtworkSignalAbsent',
      expr: `(${SERIES.guest}${run} >= ${on} ${SERIES.floor}${run})\nunless ${on} (${SERIES.outside}${run} >= ${on} ${SERIES.floor}${run})`,
      for: '15m',
      labels: { severity: 'info' },
      annotations: {
        summary: 'The load of a VM is not seen from outside.',
        description:
          'The guest of VM {{ $labels.namespace }}/{{ $labels.name }} (workload {{ $labels.workload }}) counts {{ $value | humanize }} of the signal {{ $labels.signal }}, and the metrics of KubeVirt show less than its floor or nothing at all. Check that Prometheus reads the metrics of virt-handler on the node of the VM.',
      },
    },
    ...(started.length === 0
      ? []
      : [
          {
            alert: 'VirtworkVMNotRunning',
            expr: `max by (namespace, name) (kubevirt_vm_info${matchers({ name: new Pattern(names), status_group: new Pattern('running|migrating', '!~') })}) > 0\nand on (namespace) max by (namespace) (last_over_time(${SERIES.info}${run}[1d]))`,
            for: '15m',
            labels: { severity: 'warning', run_id: runId },
            annotations: {
              summary: 'A VM with a workload does not run.',
              description:
                'VM {{ $labels.namespace }}/{{ $labels.name }} does not run for 15 minutes. See why: kubectl describe vm {{ $labels.name }} -n {{ $labels.namespace }}',
            },
          },
        ]),
    {
      alert: 'VirtworkNoMetrics',
      expr: `absent(${SERIES.info}${run})`,
      for: '15m',
      labels: { severity: 'warning' },
      annotations: {
        summary: 'No guest of a run answers at its health port.',
        description:
          'Prometheus has no metrics of any guest of the run {{ $labels.run_id }} for 15 minutes. Check that its VMs run: kubectl get vm -A -l virtwork/run-id={{ $labels.run_id }}. If they do, check the targets of Prometheus and the network policies of the namespace.',
      },
    },
  ];
}

/** A signal, and the matchers of the VMs that have it. */
interface Shared {
  readonly signal: Signal;
  readonly by: Matchers;
}

/** Most workloads have the signals of systemd: one rule for all of them is enough. */
function shared(watched: readonly Watched[]): Shared[] {
  const groups = new Map<string, { readonly signal: Signal; readonly of: Watched[] }>();
  for (const each of watched) {
    for (const signal of each.signals) {
      const { name, guest, outside = '', floor, windowSeconds } = signal;
      const key = JSON.stringify([name, guest, outside, floor, windowSeconds]);
      groups.set(key, { signal, of: [...(groups.get(key)?.of ?? []), each] });
    }
  }
  return [...groups.values()].flatMap(({ signal, of }) => {
    if (of.length === watched.length) return [{ signal, by: {} }];
    const whole = of.filter(({ workload }) => watched.every((each) => each.workload !== workload || of.includes(each)));
    const workloads = [...new Set(whole.map(({ workload }) => workload))];
    return [
      ...(workloads.length === 0 ? [] : [{ signal, by: { workload: oneOf(workloads) } }]),
      ...of
        .filter((each) => !whole.includes(each))
        .map(({ workload, role = '' }) => ({ signal, by: { workload, ...(role === '' ? {} : { role }) } })),
    ];
  });
}

function oneOf(workloads: readonly string[]): string | Pattern {
  return workloads.length === 1 ? (workloads[0] as string) : new Pattern(workloads.join('|'));
}

/** A regular expression that the whole value of a label must match, or must not. */
class Pattern {
  constructor(
    readonly text: string,
    readonly operator: '=~' | '!~' = '=~',
  ) {}
}

interface Matchers {
  readonly [label: string]: string | Pattern;
}

function matchers(by: Matchers): string {
  const each = Object.entries(by).map(([label, value]) =>
    value instanceof Pattern ? `${label}${value.operator}${JSON.stringify(value.text)}` : `${label}=${JSON.stringify(value)}`,
  );
  return `{${each.join(', ')}}`;
}

function ownLabel(label: string): string {
  return OF_TARGET.includes(label) ? `exported_${label}` : label;
}
