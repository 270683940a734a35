/** Every message of verify: about readings, about what Prometheus answers, and reasons of verdicts. */
import { didYouMean } from '../text/messages';
import { show, showScalar, visible } from '../text/show';
import { nearest } from '../text/suggest';

// Units, for messages.

export const UNITS: { readonly [base: string]: string } = {
  's/s': 's/s, cores, millicores, % (of one CPU), or a time such as s, which is that of the whole reading',
  'B/s': 'B/s, kB/s, MiB/s, Mbit/s and so on, or an amount such as MiB, which is that of the whole reading',
  '1/s': '1/s, /min, iops, or 1, which is the number during the whole reading',
  B: 'B, kB, MiB, GiB and so on',
  '1': '1, ratio or %',
  s: 's, ms or us',
};

// A file of readings.

const HEADER = 'begin with a header, with commas, semicolons or tabs: vm,signal,from,to,value,unit';

export const READINGS = {
  none: {
    message: 'must have at least one reading, got none',
    hint: 'example: virtwork-cpu-0,cpu,2026-01-31T12:00:00Z,2026-01-31T12:05:00Z,0.98,s/s',
  },
  empty: { message: 'must have readings, is empty', hint: HEADER },
  openQuote: 'this quote is not closed',
  fields: (header: number) => `must have as many fields as the header, ${header}`,
  object: 'must be a map with vm, signal, from, to, value and unit',
  json: 'must be JSON',
  cutOff: { message: 'must be JSON, but ends here, within a list or a map', hint: 'was the download cut off?' },
  text: 'be a name',
  time: 'be a time with its zone, such as 2026-01-31T12:00:00Z, or seconds since 1970',
  number: 'be a number with a decimal point',
  negative: 'be 0 or more',
  large: 'be at most 1e30',
  after: 'be after from',
  namespace: 'be the one in vm',
} as const;

/** @param line that was read as the header */
export function notReadings(missing: readonly string[], twice: readonly string[], all: number, line: string) {
  const some = missing.length < all ? `; missing: ${missing.join(', ')}` : '';
  const parts = [
    ...(missing.length > 0 ? [`must name the columns vm, signal, from, to, value and unit${some}`] : []),
    ...(twice.length > 0 ? [`must name each column once, not ${twice.join(', ')} more often`] : []),
  ];
  return { message: `the header ${parts.join('; ')}; got ${show(line)}`, hint: HEADER };
}

/** @param reason of the JavaScript engine */
export function notJson(reason: string): string {
  return `${READINGS.json}: ${visible(reason)}`;
}

/** @param more whether there are more than these values */
export function gotOf(values: readonly unknown[], more: boolean): string {
  const shown = [...new Set(values.map((value) => showScalar(value ?? null)))].join(', ');
  return `, got ${shown}${more ? ' and others' : ''}`;
}

/** The rows of a fault. @param rest number of those after the ranges */
export function alsoIn(place: 'line' | 'item', ranges: readonly (readonly [from: number, to: number])[], rest: number): string {
  const shown = ranges.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`));
  const last = rest > 0 ? `${rest} more` : shown.length > 1 ? shown.pop() : undefined;
  const isOne = last === undefined && ranges.every(([from, to]) => from === to);
  return isOne ? '' : ` (${place}s ${shown.join(', ')}${last === undefined ? '' : ` and ${last}`})`;
}

export function wrongUnit(signal: string, base: string) {
  const units = Object.hasOwn(UNITS, base) ? UNITS[base] : base;
  return { message: `unit must be one for a signal in ${base}, such as ${signal}`, hint: `use ${units}` };
}

export function repeated(place: string): string {
  return `has the same VM, signal and times as ${place}, and another value`;
}

export function signalUnknown(unknown: ReadonlyMap<string, number>, known: readonly string[]) {
  const near = nearestOf(unknown, known);
  return {
    message: `ignores readings of unknown signals: ${counted(unknown)}`,
    hint: near ? didYouMean(near) : `known: ${known.join(', ')}`,
  };
}

export function vmUnknown(unknown: ReadonlyMap<string, number>, known: readonly string[]) {
  const near = nearestOf(unknown, known);
  return { message: `ignores readings of unknown VMs: ${counted(unknown)}`, ...(near ? { hint: didYouMean(near) } : {}) };
}

/** @param vms with their namespace @param own the namespace of the truth */
export function otherNamespaces(vms: ReadonlyMap<string, number>, own: string): string {
  const all = vms.size === 1 ? '1 VM of another namespace' : `${vms.size} VMs of other namespaces`;
  return `ignores readings of ${all} than ${own}: ${counted(vms)}`;
}

/** Names in a message. */
const MOST_NAMES = 10;

function counted(names: ReadonlyMap<string, number>): string {
  const shown = [...names].slice(0, MOST_NAMES).map(([name, count]) => `${show(name)} (${rows(count)})`);
  return `${shown.join(', ')}${names.size > shown.length ? ` and ${names.size - shown.length} more` : ''}`;
}

function nearestOf(names: ReadonlyMap<string, number>, known: readonly string[]): string | undefined {
  return [...names.keys()]
    .slice(0, MOST_NAMES)
    .map((name) => nearest(name, known))
    .find(Boolean);
}

export function noReadingOfVms(known: readonly string[]) {
  return { message: `must have readings of the VMs, got none of ${known.slice(0, 5).join(', ')}${known.length > 5 ? ', …' : ''}` };
}

/** @param times of the readings, and of the truth */
export function otherTime(readings: string, truth: string) {
  return {
    message: `must have readings of the time of the truth, ${truth}, got those of ${readings}`,
    hint: 'do the times have the right zone?',
  };
}

function rows(count: number): string {
  return count === 1 ? '1 reading' : `${count} readings`;
}

// Prometheus.

export const PROMETHEUS = {
  silent: (seconds: number) => `does not answer within ${seconds} s`,
  refused: (code: string) => `cannot be reached (${code})`,
  notHttp: 'does not answer in HTTP',
  closed: 'ended the connection before its answer was complete',
  slow: (seconds: number) => `took more than ${seconds} s for its answer`,
  large: (mebibytes: number) => `must answer with at most ${mebibytes} MiB`,
  unauthorized: (status: number, reason: string | undefined) => `does not allow the request (status ${status})${because(reason)}`,
  status: (status: number, reason: string | undefined) => `answers with status ${status}${because(reason)}`,
  html: 'must answer in JSON, got an HTML page',
  notJson: (type: string) => `must answer in JSON, got ${type === '' ? 'no content type' : show(type)}`,
  failed: (error: string) => `rejects the query: ${error}`,
  shape: 'must answer as the HTTP API of Prometheus does',
  redirect: (to: string) => `redirects to ${show(to)}`,
} as const;

/** @param reason that the server states */
function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${show(reason)}`;
}

export const TOKEN_HINT = 'use --token-file FILE';
export const OTHER_TOKEN_HINT = 'the token may have expired, or may not have the rights: use another one with --token-file FILE';
export const SERVER_HINT = 'see the log of the server, or try again later';
export const URL_HINT =
  'the address must be that of Prometheus itself, or of Thanos or Mimir up to /api/v1, such as https://prometheus.example.com';

export function waitingFor(url: string, seconds: number): string {
  return `waiting for ${url}, for at most ${seconds} s`;
}

export function severalSeries(signal: string, vm: string) {
  return {
    where: `signal ${signal}`,
    message: `must have one series for each VM, got several for ${vm}`,
    hint: 'aggregate the query, such as: sum by (namespace, name) (…)',
  };
}

export function withoutName(signal: string) {
  return {
    where: `signal ${signal}`,
    message: 'must have series with the label name, got one without it',
    hint: 'keep the labels, such as: sum by (namespace, name) (…)',
  };
}

export function clockApart(seconds: number) {
  return {
    message: `its clock and the one of this machine must be at most 60 s apart, got ${Math.round(Math.abs(seconds))} s`,
    hint: 'synchronize the clocks',
  };
}

export function clockOffset(seconds: number): string {
  return `the clock of Prometheus is ${Math.abs(seconds).toFixed(1)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine: compensated`;
}

// What Prometheus has scraped of the guests.

const SCRAPE_HINT = 'see docs/how-to/prometheus.md; or omit --via prometheus';

/** @param labels of a guest that it scrapes in another way. Absent: there is none */
export function notScraped(namespace: string, labels: { readonly [label: string]: string } | undefined) {
  const where = `namespace ${namespace}`;
  if (labels === undefined)
    return { where, message: 'Prometheus scrapes none of its guests', hint: `add the component monitoring to the base: ${SCRAPE_HINT}` };
  const got = Object.entries(labels).filter(([label]) => !/^(__name__$|exported_)/.test(label));
  const shown = got
    .slice(0, 8)
    .map(([label, value]) => `${label}=${show(value)}`)
    .join(', ');
  return {
    where,
    message: `the series of guests in Prometheus must have the labels namespace and name of their VM, got {${shown}}`,
    hint: `add the labels with relabel_configs: ${SCRAPE_HINT}`,
  };
}

export function tooFewScrapes(interval: number, least: number) {
  return {
    where: 'flag --for',
    message: `must be at least ${Math.ceil(least)} s with --via prometheus: Prometheus scrapes the guests every ${Math.round(interval)} s`,
  };
}

// Reasons of verdicts.

export const WHY = {
  notReady: (why: string) => `the VM is not ready: ${why}`,
  noAnswer: (why: string) => `its guest does not answer: ${why}`,
  noMetric: (metric: string) => `its guest does not serve ${metric}`,
  shortTruth: (percent: number) => `its guest answered during ${percent} % of that time`,
  guestNotScraped: 'Prometheus does not scrape its guest: is its pod a target of the ServiceMonitor?',
  guestUnreachable: 'Prometheus gets no answer from its guest (up is 0)',
  shortScrapes: (percent: number) => `Prometheus has scraped its guest in ${percent} % of that time: wait, or use a shorter --for`,
  noAgent: 'its guest agent is not connected',
  notScraped: 'Prometheus has no kubevirt_vmi_* series of the VM: is virt-handler scraped?',
  otherSeries: 'Prometheus has series of the VM, but not this one',
  notInFile: 'the readings do not have it',
  ofAnotherTime: 'the readings of it are of another time',
  notANumber: 'the series has no numbers (NaN)',
  gap: (windows: number, all: number) => `no reading in ${windows} of ${all} windows`,
  guestBelow: (got: string, floor: string) => `the guest did ${got}, below the floor of ${floor}`,
  outsideBelow: (floor: string) => `below the floor of ${floor}`,
  notIdle: (got: string) => `the guest of this idle VM did ${got}`,
  loud: (got: string, floor: string) => `an idle VM shows ${got}, not below the floor of ${floor}`,
  less: (percent: string, expected: string) => `${percent} too little: ${expected}`,
  more: (percent: string, expected: string) => `${percent} too much: ${expected}`,
  fromGuest: (guest: string) => `the guest did ${guest}`,
  windows: (bad: number, all: number) => (all > 1 ? `, in ${bad} of ${all} windows` : ''),
} as const;

export function expectedRange(low: string, high: string | undefined): string {
  return high === undefined ? `at least ${low} expected` : `${low} to ${high} expected`;
}

export const NOTHING_SEEN = 'nothing of this VM was seen: is its load stopped?';

/** Of the whole. */
export function answerLine(good: boolean, seen: number, checked: number, vms: number): string {
  const what = `${seen} of ${checked} signals of ${vms} ${vms === 1 ? 'VM' : 'VMs'} are as expected`;
  return good ? `${what}.` : `${what}; see what is not.`;
}

export const CONTROL = {
  quiet: 'The idle VMs are quiet: the check does not pass on anything.',
  loud: 'An idle VM is not quiet: the check would pass on anything.',
  busy: 'An idle VM is not idle, so it is not known whether the check would pass on anything.',
  unknown: 'Nothing was read of the idle VMs, so it is not known whether the check would pass on anything.',
  none: 'Without an idle VM, it is not known whether the check would pass on anything; add the workload idle.',
} as const;

export const PLAIN_HINT = 'use http:// if the server has no TLS';
export const TLS_HINT = 'use --ca-file FILE for the certificate authority of the server';

// The page.

export const PAGE = {
  title: (namespace: string) => `What was seen of namespace ${namespace}`,
  caption: 'What each guest did, and what was seen from outside. Means over the windows that were judged.',
  alertsCaption: 'The alerts that the configuration is expected to fire, and others about the VMs.',
  eventsCaption: 'What happened in the guests and to them.',
  source: (place: string, offset: number | undefined) =>
    `Source: ${place}.${offset === undefined || Math.abs(offset) < 0.5 ? '' : ` Its clock is ${Math.abs(offset).toFixed(1)} s ${offset > 0 ? 'ahead' : 'behind'}; compensated.`}`,
  legend: ['what the guest did', 'what was seen from outside'],
  curve: 'the curve of its load shape',
  events: 'vertical lines: events',
  empty: 'No values.',
} as const;

export function eventsDrawn(count: number): string {
  return count === 0
    ? 'The table has the figures.'
    : `${count === 1 ? '1 event is' : `${count} events are`} marked. The table has the figures.`;
}

export function chartsLeftOut(count: number): string {
  return `${count} more ${count === 1 ? 'signal is' : 'signals are'} not drawn.`;
}

// Alerts.

export const ALERT_WHY = {
  noAlerts: 'a file of readings has no alerts',
  noPlan: 'which alerts are expected is not known without workloads',
  notReady: (vm: string, why: string) => `${vm} is not ready: ${why}`,
  notDue: (seconds: number) => `due in ${inWords(seconds)}`,
  pending: 'its condition holds, but not for long enough yet',
  notFired: (why: string) =>
    `Prometheus has no such alert of these VMs: are the rules of KubeVirt loaded?${why === '' ? '' : ` It fires when ${why}`}`,
  unexpected: 'no workload is expected to fire it',
  since: (time: string) => `since ${time} UTC`,
} as const;

function inWords(seconds: number): string {
  return seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

export function alertLine(fired: number, expected: number): string {
  return `${fired} of ${expected} expected alerts ${fired === 1 ? 'has' : 'have'} fired.`;
}

// Load shapes.

export const CURVE = {
  row: 'load shape',
  /** @param levels as shares of the full load */
  level: (time: number, got: number, expected: number) =>
    `at ${clock(time)}, its guest is at ${hundredths(got)} % of the full load, where the curve is at ${hundredths(expected)} %: is its clock right, and are its params those of the configuration?`,
  differs: (signal: string, time: number, level: number, got: string, expected: string) =>
    `the guest does not follow the curve: at ${clock(time)}, where it is at ${hundredths(level)} %, ${signal} was ${got}, not ${expected}`,
  full: (signal: string, got: string, full: string) =>
    `the guest follows the curve, but ${signal} at full load is ${got}, not the ${full} of its params: does it reach them, and are they those of the configuration?`,
  outside: (time: number, level: number, got: string, expected: string) =>
    `does not follow the curve: at ${clock(time)}, where it is at ${hundredths(level)} %, it shows ${got}, not ${expected}`,
  low: (level: number) => `; its load shape was at ${hundredths(level)} % of the full load`,
  short: 'the curve changes too little in this time, or the readings are too few: use a longer --for',
} as const;

function hundredths(share: number): number {
  return Math.round(100 * share);
}

/** In UTC. */
function clock(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(11, 19)} UTC`;
}

// Events.

export const NO_EVENTS = 'Events in the guests, such as kills and restarts, are not checked: Prometheus does not have them.';

/** Guests that are named in a note. */
const MOST_CLOCKS = 3;

/** @param guests at least one, with the seconds that its clock is ahead */
export function clocksOff(guests: readonly { readonly name: string; readonly ahead: number }[]): string {
  const sorted = guests.toSorted((a, b) => Math.abs(b.ahead) - Math.abs(a.ahead));
  const named = sorted
    .slice(0, MOST_CLOCKS)
    .map(({ name, ahead }) => `${name} ${Math.abs(ahead).toFixed(1)} s ${ahead > 0 ? 'ahead' : 'behind'}`);
  const rest = guests.length - named.length;
  const all = [...named, ...(rest > 0 ? [`${rest} more`] : [])];
  return `Clocks of guests that are off: ${all.join(', ')}. The times of their events are compensated.`;
}

export const BOOTED = 'the guest has booted again';

export function migrated(from: string, to: string): string {
  return `moved from node ${from} to node ${to}`;
}

// What the series from outside shows around an event.

export const CONTINUITY = {
  steady: 'goes on',
  gap: (missing: number, all: number) => `${missing} of ${all} readings after it are missing`,
  twice: (ratio: number) => `${ratio.toFixed(1)} times what the guest did: is it counted twice?`,
  jump: (ratio: number) => `${ratio.toFixed(1)} times what the guest did`,
} as const;
