import { UserError } from '../errors';
import { atATime } from '../results/at-a-time';
import { query, type Signal } from '../signals/signal';
import type { SeenAlert } from './alerts';
import { severalSeries, WHY, withoutName } from './messages';
import { alertsOf } from './outside-alerts';
import type { Prometheus, PromSeries } from './prometheus';
import type { Series } from './samples';
import type { Seen, Window } from './seen';
import type { Truth, TruthVm } from './truth';
import type { Outside, Wanted } from './verification';

/** VMs of one query: their names must fit into the longest URL that proxies accept. */
const VMS_AT_A_TIME = 100;
const QUERIES_AT_A_TIME = 4;
/** Points of a chart, and seconds between two. */
const POINTS = 200;
const SHORTEST = 15;
/** Seconds of the windows of a chart, at least: a rate needs two scrapes. */
const FINE = 60;

/**
 * What Prometheus saw of all VMs of the truth.
 * @param wanted what is checked
 * @throws UserError when it does not answer, or not as it should
 */
export async function seenBy(prometheus: Prometheus, place: string, truth: Truth, wanted: Wanted = {}): Promise<Outside> {
  const clockOffset = await prometheus.synchronize();
  const found = new Map<string, Seen>();
  const scraped = new Set<string>();
  const jobs = truth.workloads.flatMap(({ workload, role, signals }) => {
    const vms = truth.vms.filter((vm) => vm.workload === workload && vm.role === role);
    const parts = Array.from({ length: Math.ceil(vms.length / VMS_AT_A_TIME) }, (_, part) =>
      vms.slice(part * VMS_AT_A_TIME, (part + 1) * VMS_AT_A_TIME).map(({ name }) => name),
    );
    const checked = signals.filter((signal) => signal.guest && signal.outside !== undefined && wanted.signal?.(signal) !== false);
    return parts.flatMap((names) => [
      async () => {
        for (const name of await namesScraped(prometheus, truth, names)) scraped.add(name);
      },
      ...checked.map((signal) => async () => {
        for (const [name, seen] of await seenOf(prometheus, truth, signal, names)) found.set(`${name} ${signal.name}`, seen);
      }),
    ]);
  });
  let alerts: readonly SeenAlert[] = [];
  const ofAlerts = async () => {
    alerts = await alertsOf(prometheus, truth);
  };
  await atATime(QUERIES_AT_A_TIME, [...jobs, ...(wanted.alerts === false ? [] : [ofAlerts])], (job) => job());
  return {
    kind: 'prometheus',
    place,
    clockOffset,
    alerts,
    of: (vm: TruthVm, signal: Signal) => {
      const seen = found.get(`${vm.name} ${signal.name}`);
      const windows = windowsOf(truth, signal);
      return seen ?? { windows, why: scraped.has(vm.name) ? WHY.otherSeries : WHY.notScraped };
    },
  };
}

/** Windows of the length of the signal that end with the truth. A shorter truth is one window. */
export function windowsOf({ from, to }: Pick<Truth, 'from' | 'to'>, { windowSeconds }: Pick<Signal, 'windowSeconds'>): Window[] {
  const length = Math.min(windowSeconds, to - from);
  const count = Math.max(1, Math.floor((to - from + 1) / length));
  return Array.from({ length: count }, (_, index) => ({ from: to - (count - index) * length, to: to - (count - index - 1) * length }));
}

async function seenOf(prometheus: Prometheus, truth: Truth, signal: Signal, vms: readonly string[]): Promise<Map<string, Seen>> {
  const windows = windowsOf(truth, signal);
  const [first, last] = [windows[0] as Window, windows.at(-1) as Window];
  const length = Math.round(last.to - last.from);
  const ask = (seconds: number, start: number, step: number) =>
    prometheus.range(query(signal, { namespace: truth.namespace, vms, windowSeconds: seconds }), { start, end: truth.to, step });
  const judged = byVm(signal, vms, await ask(length, first.to, last.to - last.from));
  const fine = Math.min(length, Math.max(FINE, truth.interval));
  const step = Math.max(SHORTEST, (truth.to - truth.from) / POINTS);
  const drawn = byVm(signal, vms, await ask(fine, truth.from + ((truth.to - truth.from) % step), step));
  const steps = Array.from({ length: Math.floor((truth.to - truth.from) / step) + 1 }, (_, index) => truth.to - index * step).reverse();
  return new Map(
    [...judged].map(([vm, { samples, hasNaN }]) => {
      const points = steps.map((to) => withValue({ from: to - fine, to }, drawn.get(vm)?.samples ?? [], step));
      const why = hasNaN && samples.length === 0 ? { why: WHY.notANumber } : { why: WHY.otherSeries };
      return [vm, { windows: windows.map((window) => withValue(window, samples, length)), points, ...why }];
    }),
  );
}

/** Prometheus evaluates a range at fixed times, so that the sample of a window is within a part of a step. */
function withValue(window: Window, samples: Series, step: number): Window {
  const found = samples.find(([time]) => Math.abs(time - window.to) < Math.min(1, step / 2));
  return found ? { ...window, value: found[1] } : window;
}

function byVm(signal: Signal, vms: readonly string[], all: readonly PromSeries[]): Map<string, PromSeries> {
  const found = new Map<string, PromSeries>();
  for (const series of all) {
    const { name } = series.labels;
    if (typeof name !== 'string') throw new UserError([withoutName(signal.name)]);
    if (!vms.includes(name)) continue;
    if (found.has(name)) throw new UserError([severalSeries(signal.name, name)]);
    found.set(name, series);
  }
  return found;
}

/** The VMs of which Prometheus has any series of KubeVirt. */
async function namesScraped(prometheus: Prometheus, { namespace, from, to }: Truth, vms: readonly string[]): Promise<string[]> {
  const outside = '__name__=~"kubevirt_vmi_.+",$vms';
  const any = { name: 'any', desc: '', unit: '1', floor: 0, windowSeconds: Math.max(1, Math.round(to - from)) };
  const text = query({ ...any, outside: `count by (name) (last_over_time({${outside}}[$window]))` }, { namespace, vms });
  const all = await prometheus.range(text, { start: to, end: to, step: 1 });
  return all.flatMap(({ labels }) => labels.name ?? []);
}
