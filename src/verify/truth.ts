import type { ExpectedAlert } from '../signals/alert';
import type { FullLoad } from '../signals/full-load';
import type { Shape } from '../signals/shape';
import type { Signal } from '../signals/signal';
import type { GuestEvent } from './events';
import { type Exposed, samplesIn } from './exposition';
import { coverage, largestOver, meanOver, rateOver, resetsOf, type Sample, type Series } from './samples';

/** What guests said about themselves during a time: what a product should have seen. */
export interface Truth {
  readonly schema: 'virtwork.truth/1';
  readonly namespace: string;
  /** Absent: of every run in the namespace. */
  readonly run?: string;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two readings of a guest. */
  readonly interval: number;
  readonly workloads: readonly TruthWorkload[];
  readonly vms: readonly TruthVm[];
  /** Alerts that the configuration is expected to fire. Absent: the configuration is not known. */
  readonly alerts?: readonly TruthAlert[];
}

/** An alert that at least one of some VMs should fire. */
export interface TruthAlert extends Omit<ExpectedAlert, 'others'> {
  readonly workload: string;
  readonly vms: readonly string[];
}

/** A workload, or a role of it. */
export interface TruthWorkload {
  readonly workload: string;
  readonly role?: string;
  readonly signals: readonly Signal[];
  /** How its load changes over time. Absent: it is constant, or not known. */
  readonly shape?: Shape;
  /** The full load of the shape. Absent: its params do not state it. */
  readonly full?: FullLoad;
  /** Its VMs do nothing: a signal that is seen in them shows that the check passes on anything. */
  readonly idle?: true;
}

export interface TruthVm {
  readonly name: string;
  readonly workload: string;
  readonly role?: string;
  /** Why it is not ready at the end. Absent: it is ready. */
  readonly notReady?: string;
  /** Why its guest did not answer at the end. Absent: it did. */
  readonly trouble?: string;
  /** How Prometheus scrapes its guest; `unreachable`: without an answer. Absent: the guest itself was asked. */
  readonly scraped?: 'yes' | 'no' | 'unreachable';
  /** Whether its guest agent is connected. Absent: not known. */
  readonly agent?: boolean;
  /** When it was started, in seconds since 1970. Absent: not known. */
  readonly since?: number;
  /** When its guest answered. */
  readonly times: readonly number[];
  /** By name of the signal. A rate has the counter of each series, other signals have one gauge. */
  readonly series: { readonly [signal: string]: readonly Series[] };
  /** The level of its load shape. Absent: its guest reports none. */
  readonly levels?: Series;
  /** Seconds that the clock of its guest is ahead; its events are compensated. Absent: not more than can be measured. */
  readonly ahead?: number;
  readonly events: readonly GuestEvent[];
}

/** The metric of guests whose load has a shape. */
export const LEVEL = 'virtwork_shape_level_ratio';

/** The metric of a guest's clock. */
const CLOCK = 'virtwork_time_seconds';

/** Seconds of a truth, at most. */
export const LONGEST = 31 * 86_400;

/** A share of a window that the answers of a guest must cover. */
export const ENOUGH = 0.9;

/**
 * What a VM did in a time, in the unit of the signal.
 * @returns undefined if that is not known: the guest did not answer during most of it, or does not serve the metric
 */
export function didOf(vm: TruthVm, { name, guest }: Signal, from: number, to: number): number | undefined {
  const all = vm.series[name] ?? [];
  if (guest === undefined || all.length === 0 || coverage(vm.times, from, to) < ENOUGH) return undefined;
  // The part of the window that is known; the rest of it is at most a tenth.
  const [start, end] = [Math.max(from, vm.times[0] as number), Math.min(to, vm.times.at(-1) as number)];
  if (guest.as === 'rate') return all.reduce((sum, counter) => sum + (rateOver(counter, start, end) ?? 0), 0);
  const of = guest.as === 'max' ? largestOver : meanOver;
  return of(all[0] as Series, start, end);
}

/** When the counters of a VM were reset: its load, or the VM, was started again. */
export function resetTimes(vm: TruthVm): number[] {
  return [...new Set(Object.values(vm.series).flatMap((all) => all.flatMap(resetsOf)))].sort((a, b) => a - b);
}

/** Collects the answers of a guest to `/metrics`. */
export class GuestSeries {
  readonly times: number[] = [];
  /** Of the load shape. Empty: the guest reports none. */
  readonly levels: Sample[] = [];
  private readonly found = new Map<string, Map<string, Sample[]>>();
  private clock = { ahead: 0, within: Number.POSITIVE_INFINITY };

  constructor(private readonly signals: readonly Signal[]) {}

  /**
   * @param time seconds since 1970
   * @param metrics what the guest answered
   * @param within seconds that the time may be wrong by. @default the clock of the guest is not compared
   */
  add(time: number, metrics: string, within = Number.POSITIVE_INFINITY): void {
    const samples = samplesIn(metrics);
    this.addSamples(time, samples);
    const clock = samples.find(({ metric }) => metric === CLOCK);
    // The fastest answer says most.
    if (clock && within < this.clock.within) this.clock = { ahead: clock.value - time, within };
  }

  /** Seconds that the clock of the guest is ahead; 0 if that is not more than can be measured. */
  get ahead(): number {
    const { ahead, within } = this.clock;
    return Math.abs(ahead) > within ? ahead : 0;
  }

  addSamples(time: number, samples: readonly Exposed[]): void {
    if (samples.length === 0 || time <= (this.times.at(-1) ?? 0)) return;
    this.times.push(time);
    const level = samples.find(({ metric }) => metric === LEVEL);
    if (level) this.levels.push([time, level.value]);
    for (const { name, guest } of this.signals) {
      if (guest === undefined) continue;
      const wanted = Object.entries(guest.labels);
      const own = samples.filter(
        ({ metric, labels }) => metric === guest.metric && wanted.every(([label, value]) => labels[label] === value),
      );
      if (guest.as === 'rate') for (const { labels, value } of own) this.push(name, JSON.stringify(labels), [time, value]);
      else if (own.length > 0) this.push(name, '', [time, own.reduce((sum, { value }) => sum + value, 0)]);
    }
  }

  private push(signal: string, labels: string, sample: Sample): void {
    const all = this.found.get(signal) ?? new Map<string, Sample[]>();
    const series = all.get(labels);
    if (series) series.push(sample);
    else all.set(labels, [sample]);
    this.found.set(signal, all);
  }

  get series(): TruthVm['series'] {
    return Object.fromEntries([...this.found].map(([signal, all]) => [signal, [...all.values()]]));
  }
}
