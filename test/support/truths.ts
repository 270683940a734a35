import { type Signal, signalsOf } from '../../src/signals/signal';
import type { Series } from '../../src/verify/samples';
import type { Truth, TruthVm } from '../../src/verify/truth';

/** A CPU signal whose tolerance finds a reading that is wrong by 20 %. */
export const CPU: Signal = {
  name: 'cpu',
  desc: 'CPU time of the load',
  guest: { metric: 'virtwork_unit_cpu_seconds_total', labels: { unit: 'virtwork-cpu.service' }, as: 'rate' },
  outside: 'sum by (namespace, name) (rate(kubevirt_vmi_cpu_usage_seconds_total{$vms}[$window]))',
  unit: 's/s',
  relation: { low: 0.9, high: 1.1, slack: 0.05 },
  floor: 0.2,
  windowSeconds: 300,
};
const signals = signalsOf({ signals: [CPU] });

export interface TruthProps {
  /** First second. @default 1000000 */
  readonly from?: number;
  /** @default 600 */
  readonly seconds?: number;
  /** Of the configuration. @default it is not known */
  readonly alerts?: Truth['alerts'];
  /** Changes VMs: `cpu-0` and `cpu-1`, which use one CPU, and `idle-0`. */
  readonly change?: (vm: TruthVm) => Partial<TruthVm>;
}

/** Two VMs that use one CPU, and one that does nothing. */
export function truthOf({ from = 1_000_000, seconds = 600, alerts, change = () => ({}) }: TruthProps = {}): Truth {
  const vm = (name: string, workload: string, rate: number): TruthVm => {
    const plain: TruthVm = {
      name,
      workload,
      agent: true,
      times: times(from, seconds),
      series: { cpu: [counter(from, seconds, rate)] },
      events: [],
    };
    return { ...plain, ...change(plain) };
  };
  return {
    schema: 'virtwork.truth/1',
    namespace: 'ns',
    from,
    to: from + seconds,
    interval: 15,
    ...(alerts === undefined ? {} : { alerts }),
    workloads: [
      { workload: 'cpu', signals },
      { workload: 'idle', signals, idle: true },
    ],
    vms: [vm('cpu-0', 'cpu', 1), vm('cpu-1', 'cpu', 1), vm('idle-0', 'idle', 0.01)],
  };
}

export function times(from: number, seconds: number, step = 15): number[] {
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => from + index * step);
}

/** A counter that grows by a rate. @param resets times at which it begins at 0 again */
export function counter(from: number, seconds: number, rate: number, resets: readonly number[] = []): Series {
  return times(from, seconds).map((time) => {
    const began = resets.findLast((each) => each <= time) ?? from - 1000;
    return [time, rate * (time - began)];
  });
}

/** Readings as CSV: of each VM and signal, the means of windows of 300 s. NaN: there is no reading. */
export function csvOf(values: { readonly [vmAndSignal: string]: number | readonly number[] }, from = 1_000_000, shift = 0): string {
  const rows = Object.entries(values).flatMap(([key, value]) =>
    [value, value].map((each, index) => {
      const [start, figure] = [from + shift + index * 300, Array.isArray(each) ? each[index] : each];
      return Number.isNaN(figure) ? '' : `${key.replace(' ', ',')},${start},${start + 300},${figure},s/s\n`;
    }),
  );
  return `vm,signal,from,to,value,unit\n${rows.join('')}`;
}
