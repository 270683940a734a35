/** An hour of a run as Prometheus would have recorded it, with fixed times: the load of each VM, and what KubeVirt shows of it. */

/** Start and end of the hour, in seconds of Unix time. */
export const FROM = Date.UTC(2026, 0, 15, 12) / 1000;
export const TO = FROM + 3600;
/** Seconds between samples, and between evaluations of rules. */
export const STEP = 30;
/** Rules look back for so many seconds. Samples are not at the times of evaluations, so that no sample is at the edge of a window. */
const BEFORE = 1200;
const SCRAPED_AFTER = 7;

export const CONFIG = 'namespace: load\nworkloads: { cpu: { vm_count: 2 }, disk: { vm_count: 2 }, network: {}, chaos-disk: {} }\n';

/** Of the minutes of the hour. */
type Over<T> = (minute: number) => T;

interface Vm {
  readonly name: string;
  readonly workload: string;
  readonly role?: string;
  readonly unit: string;
  readonly cpu: Over<number>;
  /** Bytes per second. */
  readonly read?: Over<number>;
  readonly write?: Over<number>;
  readonly receive?: Over<number>;
  readonly transmit?: Over<number>;
  readonly memory: number;
  readonly node: Over<string>;
  readonly runs?: Over<boolean>;
  /** Share of the CPU time that KubeVirt's metrics show. */
  readonly seen?: Over<number>;
  readonly chaos?: Over<boolean>;
  readonly fills?: Over<number>;
}

const at = (node: string) => () => node;
const cycle = (minute: number, period: number) => (((minute % period) + period) % period) / period;
/** A load that rises in steps, and begins again. */
const steps: Over<number> = (minute) => 0.4 + 0.4 * Math.floor(cycle(minute, 30) * 4);
const duty: Over<number> = (minute) => (cycle(minute + 4, 20) < 0.5 ? 1.7 : 0.3);
const MIGRATES = 21;
const CHAOS = 12;
/** Ten minutes full, ten minutes released. */
const isFull: Over<boolean> = (minute) => minute >= CHAOS && cycle(minute - CHAOS, 20) < 0.5;
const isFilling: Over<boolean> = (minute) => isFull(minute) && cycle(minute - CHAOS, 20) < 0.1;

const VMS: readonly Vm[] = [
  {
    name: 'virtwork-cpu-0',
    workload: 'cpu',
    unit: 'virtwork-cpu.service',
    cpu: steps,
    memory: 0.4e9,
    node: (minute) => (minute < MIGRATES ? 'worker-1' : 'worker-3'),
  },
  {
    name: 'virtwork-cpu-1',
    workload: 'cpu',
    unit: 'virtwork-cpu.service',
    cpu: duty,
    memory: 0.45e9,
    node: at('worker-2'),
    seen: (minute) => (minute >= 24 && minute < 50 ? 0.04 : 1),
  },
  {
    name: 'virtwork-disk-0',
    workload: 'disk',
    unit: 'virtwork-disk.service',
    cpu: () => 0.3,
    read: () => 42e6,
    write: () => 18e6,
    memory: 0.6e9,
    node: at('worker-1'),
  },
  {
    name: 'virtwork-disk-1',
    workload: 'disk',
    unit: 'virtwork-disk.service',
    cpu: () => 0.28,
    read: () => 37e6,
    write: () => 16e6,
    memory: 0.62e9,
    node: at('worker-2'),
    runs: (minute) => minute < 33,
  },
  {
    name: 'virtwork-network-server-0',
    workload: 'network',
    role: 'server',
    unit: 'virtwork-iperf3-server.service',
    cpu: () => 0.55,
    receive: () => 58e6,
    transmit: () => 56e6,
    memory: 0.35e9,
    node: at('worker-3'),
  },
  {
    name: 'virtwork-network-client-0',
    workload: 'network',
    role: 'client',
    unit: 'virtwork-iperf3-client.service',
    cpu: () => 0.6,
    receive: () => 56e6,
    transmit: () => 58e6,
    memory: 0.33e9,
    node: at('worker-1'),
  },
  {
    name: 'virtwork-chaos-disk-0',
    workload: 'chaos-disk',
    unit: 'virtwork-chaos-disk.service',
    cpu: (minute) => (isFilling(minute) ? 0.35 : 0.02),
    write: (minute) => (isFilling(minute) ? 60e6 : 0),
    memory: 0.3e9,
    node: at('worker-2'),
    chaos: (minute) => minute >= CHAOS,
    fills: (minute) => (isFull(minute) ? 7.2e9 : 0),
  },
];

type Labels = { readonly [label: string]: string };

/** The samples in the format of OpenMetrics, without its last line. */
export function recordedRun(runId: string): string {
  const times = Array.from({ length: (TO - FROM + BEFORE) / STEP + 1 }, (_, index) => FROM - BEFORE + index * STEP);
  const texts: string[] = [];
  const gauge = (name: string, labels: Labels, valueAt: Over<number | undefined>) => {
    const own = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    for (const time of times) {
      const value = valueAt((time - FROM) / 60);
      if (value !== undefined) texts.push(`${name}{${own}} ${value} ${time + SCRAPED_AFTER}`);
    }
  };
  const counter = (name: string, labels: Labels, rate: Over<number | undefined>) => {
    let sum = 0;
    gauge(name, labels, (minute) => {
      const now = rate(minute);
      sum += STEP * (now ?? 0);
      return now === undefined ? undefined : sum;
    });
  };
  for (const [index, vm] of VMS.entries()) {
    const wave: Over<number> = (minute) => 1 + 0.03 * Math.sin(minute * 1.3 + index * 2) + 0.02 * Math.sin(minute * 0.6 + index);
    record(vm, runId, wave, gauge, counter);
  }
  const migrates = (minute: number) => minute >= MIGRATES - 2 && minute < MIGRATES;
  gauge('kubevirt_vmi_migrations_in_running_phase', {}, (minute) => (migrates(minute) ? 1 : 0));
  const migration = { namespace: 'load', vmi: VMS[0]?.name ?? '', vmim: 'evacuation-4f7xq' };
  gauge('kubevirt_vmi_migration_succeeded', migration, (minute) => (minute < MIGRATES ? undefined : 1));
  return texts.join('\n');
}

type Write = (name: string, labels: Labels, valueAt: Over<number | undefined>) => void;

function record(vm: Vm, runId: string, wave: Over<number>, gauge: Write, counter: Write): void {
  const { name, workload, role, unit, seen = () => 1, runs = () => true } = vm;
  const id = { namespace: 'load', name };
  const guest = { ...id, workload, ...(role === undefined ? {} : { role }), run_id: runId, pod: `virt-launcher-${name}-abcde` };
  const outside = (minute: number) => ({ ...id, node: vm.node(minute) });
  const running =
    (value: Over<number>): Over<number | undefined> =>
    (minute) =>
      runs(minute) ? value(minute) : undefined;
  const rate = (of: Over<number> = () => 0) => running((minute) => of(minute) * wave(minute));
  /** The counters of KubeVirt have the node, and begin again on another one. In between is the time that Prometheus looks back. */
  const perNode = (write: Write, metric: string, more: Labels, value: Over<number | undefined>) => {
    for (const node of new Set([vm.node(0), vm.node(59)])) {
      write(metric, { ...outside(0), node, ...more }, (minute) =>
        vm.node(minute) === node && vm.node(minute + 1) === node ? value(minute) : undefined,
      );
    }
  };
  /** The rest of the system adds a little to what the units do. */
  const system = (of: Over<number> = () => 0, rest = 0): Over<number | undefined> =>
    running((minute) => (of(minute) * 1.04 + rest) * wave(minute + 0.4));

  gauge(
    'virtwork_workload_info',
    guest,
    running(() => 1),
  );
  counter('virtwork_unit_cpu_seconds_total', { ...guest, unit }, rate(vm.cpu));
  counter(
    'virtwork_unit_restarts_total',
    { ...guest, unit },
    running((minute) => (workload === 'disk' && minute >= 14 && minute < 14.5 ? 1 / STEP : 0)),
  );
  for (const direction of ['read', 'write'] as const) {
    counter('virtwork_unit_io_bytes_total', { ...guest, unit, direction }, rate(vm[direction]));
    const drive = { drive: 'data' };
    perNode(counter, `kubevirt_vmi_storage_${direction}_traffic_bytes_total`, drive, system(vm[direction], 30e3));
    perNode(
      counter,
      `kubevirt_vmi_storage_iops_${direction}_total`,
      drive,
      system((minute) => (vm[direction]?.(minute) ?? 0) / 16384, 4),
    );
  }
  for (const direction of ['receive', 'transmit'] as const) {
    counter('virtwork_unit_network_bytes_total', { ...guest, unit, direction }, rate(vm[direction]));
    perNode(counter, `kubevirt_vmi_network_${direction}_bytes_total`, { interface: 'default' }, system(vm[direction], 4e3));
  }
  perNode(
    counter,
    'kubevirt_vmi_cpu_usage_seconds_total',
    {},
    system((minute) => (vm.cpu(minute) + 0.02) * seen(minute)),
  );
  perNode(
    counter,
    'kubevirt_vmi_storage_flush_requests_total',
    { drive: 'data' },
    system((minute) => (vm.write?.(minute) ?? 0) / 4e6, 0.2),
  );
  perNode(
    counter,
    'kubevirt_vmi_vcpu_wait_seconds_total',
    { id: '0' },
    system((minute) => ((vm.read?.(minute) ?? 0) + (vm.write?.(minute) ?? 0)) / 4e8, 0.002),
  );
  perNode(
    gauge,
    'kubevirt_vmi_memory_swap_in_traffic_bytes',
    {},
    running(() => 0),
  );
  perNode(
    gauge,
    'kubevirt_vmi_memory_available_bytes',
    {},
    running(() => 1.9e9),
  );
  perNode(
    gauge,
    'kubevirt_vmi_memory_usable_bytes',
    {},
    running((minute) => 1.9e9 - vm.memory * wave(minute)),
  );
  perNode(
    gauge,
    'kubevirt_vmi_info',
    { phase: 'running' },
    running(() => 1),
  );
  gauge(
    'kubevirt_vm_info',
    { ...id, status_group: 'running' },
    running(() => 1),
  );
  gauge('kubevirt_vm_info', { ...id, status_group: 'error' }, (minute) => (runs(minute) ? undefined : 1));
  if (!vm.chaos || !vm.fills) return;
  const { chaos, fills } = vm;
  gauge('virtwork_chaos_active', guest, (minute) => Number(chaos(minute)));
  const begins = (minute: number) => isFull(minute) && !isFull(minute - STEP / 60);
  counter('virtwork_chaos_events_total', { ...guest, kind: 'fill' }, (minute) => (begins(minute) ? 1 / STEP : 0));
  gauge('virtwork_chaos_disk_fill_bytes', guest, fills);
  gauge(
    'kubevirt_vmi_filesystem_used_bytes',
    { ...outside(0), mount_point: '/mnt/data', disk_name: 'vdc' },
    (minute) => fills(minute) + 0.1e9,
  );
}
