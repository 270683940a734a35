import { EXIT, UserError } from '../errors';
import { atATime } from '../results/at-a-time';
import { query, type Signal } from '../signals/signal';
import type { GuestEvent } from './events';
import type { Exposed } from './exposition';
import { notScraped, tooFewScrapes } from './messages';
import { movesIn } from './moves';
import type { Prometheus, PromSeries } from './prometheus';
import type { Sample } from './samples';
import { GuestSeries, LEVEL, type TruthVm } from './truth';

export interface ScrapedVm {
  readonly name: string;
  readonly signals: readonly Signal[];
}

/** What Prometheus has scraped of guests. Times are seconds since 1970. */
export interface Scrapes {
  /** The newest time of which each guest is known, and the time before it that was asked for. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two scrapes of a guest. */
  readonly interval: number;
  readonly of: (vm: string) => Scraped;
}

export interface Scraped {
  readonly series: GuestSeries;
  readonly scraped: NonNullable<TruthVm['scraped']>;
  /** Its moves to other nodes. What else happened in a guest, Prometheus does not have. */
  readonly moves: readonly GuestEvent[];
}

export interface ScrapesProps {
  readonly namespace: string;
  readonly vms: readonly ScrapedVm[];
  /** How long to look back. */
  readonly seconds: number;
  readonly now: number;
  /** The end at the latest. @default now */
  readonly until?: number;
}

/** VMs of one query, and samples of its answer about. */
const VMS_AT_A_TIME = 100;
const SAMPLES_AT_A_TIME = 400_000;
const SERIES_OF_A_VM = 20;
const QUERIES_AT_A_TIME = 4;
/** Seconds before the time that was asked for: the newest scrape is not of now. */
const EARLIER = 600;
/** Seconds between two points of the nodes of VMs, at least, and their number. */
const STEP = 15;
const POINTS = 5000;
/** Scrapes that a rate needs in its window. */
const LEAST = 4;
/** Scrapes by which one guest may be behind another, and seconds by which Prometheus may be late. */
const LATE = 3;
const LATEST = 300;

type Targets = ReadonlyMap<string, readonly PromSeries[]>;

/**
 * Reads what Prometheus has scraped of guests until now. A series of a guest has the labels `namespace` and `name` of its VM.
 * @throws UserError when it does not answer, scrapes none of the guests, or too seldom
 */
export async function scrapesOf(prometheus: Prometheus, { namespace, vms, seconds, now, until = now }: ScrapesProps): Promise<Scrapes> {
  await prometheus.synchronize();
  const reach = seconds + EARLIER;
  const asked = async (outside: string, those: readonly ScrapedVm[]) =>
    prometheus.raw(query({ ...ANY, outside }, { namespace, vms: those.map(({ name }) => name), windowSeconds: Math.ceil(reach) }), now);
  const targets = byName((await parts(vms, VMS_AT_A_TIME, (part) => asked('up{$vms}[$window]', part))).flat());
  if (targets.size === 0) throw new UserError([notScraped(namespace, await otherLabels(prometheus, namespace, now))]);
  const interval = intervalOf([...targets.values()].flat());
  if (seconds < LEAST * interval) throw new UserError([tooFewScrapes(interval, LEAST * interval)], EXIT.timeout);
  const to = Math.min(until, newestOf(targets, interval, now));
  const series = new Map(vms.map(({ name, signals }) => [name, new GuestSeries(signals)]));
  const size = Math.max(1, Math.min(VMS_AT_A_TIME, Math.floor((SAMPLES_AT_A_TIME * interval) / (SERIES_OF_A_VM * reach))));
  await parts(vms, size, async (part) => {
    const found = byName(await asked(`{__name__=~${JSON.stringify(metricsOf(part).join('|'))},$vms}[$window]`, part));
    for (const { name } of part) addAll(series.get(name) as GuestSeries, targets.get(name) ?? [], found.get(name) ?? []);
  });
  const from = to - seconds;
  const step = Math.max(STEP, seconds / POINTS);
  const nodes = await parts(vms, VMS_AT_A_TIME, (part) => {
    const outside = 'group by (name, node) (kubevirt_vmi_cpu_usage_seconds_total{$vms})';
    const text = query({ ...ANY, outside }, { namespace, vms: part.map(({ name }) => name) });
    return prometheus.range(text, { start: from, end: to, step });
  });
  const moves = movesIn(nodes.flat(), step);
  return {
    from,
    to,
    interval,
    of: (vm) => {
      const own = series.get(vm) as GuestSeries;
      return {
        series: own,
        moves: moves.get(vm) ?? [],
        scraped: !targets.has(vm) ? 'no' : own.times.some((time) => time >= from) ? 'yes' : 'unreachable',
      };
    },
  };
}

const ANY = { name: 'any', desc: '', unit: '1', floor: 0, windowSeconds: 0 };

async function parts<T>(vms: readonly ScrapedVm[], size: number, work: (part: readonly ScrapedVm[]) => Promise<T>): Promise<T[]> {
  const all = Array.from({ length: Math.ceil(vms.length / size) }, (_, index) => vms.slice(index * size, (index + 1) * size));
  const results: T[] = [];
  await atATime(QUERIES_AT_A_TIME, all, async (part) => {
    results.push(await work(part));
  });
  return results;
}

function byName(all: readonly PromSeries[]): Map<string, PromSeries[]> {
  const found = new Map<string, PromSeries[]>();
  for (const series of all) {
    const name = series.labels.name ?? '';
    found.set(name, [...(found.get(name) ?? []), series]);
  }
  return found;
}

function metricsOf(vms: readonly ScrapedVm[]): string[] {
  return [...new Set([LEVEL, ...vms.flatMap(({ signals }) => signals.flatMap(({ guest }) => guest?.metric ?? []))])];
}

/** The median, because a scrape may be late. */
function intervalOf(targets: readonly PromSeries[]): number {
  const steps = targets.flatMap(({ samples }) => samples.slice(1).map(([time], index) => time - (samples[index] as Sample)[0]));
  steps.sort((a, b) => a - b);
  return Math.max(1, steps[Math.floor(steps.length / 2)] ?? 1);
}

/** The newest time of which each guest is known, apart from those that are not scraped any more. */
function newestOf(targets: Targets, interval: number, now: number): number {
  const lasts = [...targets.values()].map((own) => Math.max(...own.flatMap(({ samples }) => samples.filter(isUp).map(([time]) => time))));
  const last = Math.max(...lasts);
  if (last < now - Math.max(LATEST, LEAST * interval)) return now;
  return Math.min(...lasts.filter((time) => time >= last - LATE * interval));
}

function isUp([, value]: Sample): boolean {
  return value === 1;
}

/**
 * Adds scrapes in the order of their times. Labels that Prometheus has added are omitted: those of a guest are the same in another pod, after
 * a migration, and from two replicas of Prometheus.
 */
function addAll(series: GuestSeries, targets: readonly PromSeries[], all: readonly PromSeries[]): void {
  const added = new Set(targets.flatMap(({ labels }) => Object.keys(labels)));
  const scrapes = new Map<number, Map<string, Exposed>>();
  const add = (time: number, key: string, exposed: Exposed) => {
    const scrape = scrapes.get(time);
    if (scrape) scrape.set(key, exposed);
    else scrapes.set(time, new Map([[key, exposed]]));
  };
  for (const { samples } of targets) for (const [time] of samples.filter(isUp)) add(time, '', { metric: 'up', labels: {}, value: 1 });
  for (const { labels, samples } of all) {
    const own = Object.fromEntries(
      Object.entries(labels).flatMap(([label, value]) => (added.has(label) ? [] : [[ownName(label, added), value]])),
    );
    const [metric, key] = [labels.__name__ ?? '', JSON.stringify([labels.__name__, own])];
    for (const [time, value] of samples) add(time, key, { metric, labels: own, value });
  }
  for (const time of [...scrapes.keys()].sort((a, b) => a - b)) series.addSamples(time, [...(scrapes.get(time)?.values() ?? [])]);
}

/** Prometheus renames labels of a guest that it adds itself. */
function ownName(label: string, added: ReadonlySet<string>): string {
  const plain = label.replace(/^exported_/, '');
  return added.has(plain) ? plain : label;
}

/** The labels of any guest that Prometheus scrapes without those of its VM. @returns undefined if it scrapes none */
async function otherLabels(prometheus: Prometheus, namespace: string, now: number): Promise<PromSeries['labels'] | undefined> {
  const selectors = ['name=""', 'namespace=""', `namespace=${JSON.stringify(namespace)}`];
  const any = selectors.map((selector) => `virtwork_workload_info{${selector}}`).join(' or ');
  const [first] = await prometheus.range(`topk(1, ${any})`, { start: now, end: now, step: 1 });
  return first?.labels;
}
