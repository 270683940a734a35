/** Every message of `virtwork verify`. */
import { show } from '../../text/show';

export const NO_SOURCE = {
  where: 'virtwork verify',
  message: 'needs the readings of a product: --prometheus URL, --openshift or --readings FILE; or --record FILE',
  hint: 'see docs/how-to/verify.md',
};

export function oneSource(given: readonly string[]) {
  return {
    where: `flag --${given.at(-1)}`,
    message: `must be the only source of readings, got ${given.map((flag) => `--${flag}`).join(' and ')}`,
  };
}

export const NEEDS_TRUTH = {
  where: 'flag --readings',
  message: 'needs --truth FILE: a file of readings is of a time that has passed',
  hint: 'run: virtwork verify --record truth.json; then export the readings of that time',
};

/** @param flag without a meaning beside another one */
export function without(flag: string, other: string) {
  return { where: `flag --${flag}`, message: `has no meaning with --${other}`, hint: `omit --${flag}` };
}

export function needsOther(flag: string, other: string) {
  return { where: `flag --${flag}`, message: `has a meaning only with --${other}`, hint: `use --${other}, or omit --${flag}` };
}

export function wrongUrl(got: string) {
  return {
    where: 'flag --prometheus',
    message: `must be an address with http or https, or svc/NAMESPACE/NAME:PORT, got ${show(got)}`,
    hint: 'example: --prometheus https://prometheus.example.com, or --prometheus svc/monitoring/prometheus-k8s:9090',
  };
}

export function tooShort(flag: string, seconds: number) {
  return { where: `flag --${flag}`, message: `must be at least ${seconds} s` };
}

export const VIA_PROMETHEUS = {
  where: 'flag --via',
  message: 'prometheus needs a Prometheus that scrapes the guests: --prometheus URL or --openshift',
  hint: 'see docs/how-to/prometheus.md',
};

export function tooLong(flag: string, seconds: number) {
  return { where: `flag --${flag}`, message: `must be at most ${seconds / 86_400} days, ${seconds} s` };
}

export function longerThanTime(interval: number, seconds: number) {
  return { where: 'flag --interval', message: `must be at most half of --for, ${seconds / 2} s, got ${interval} s` };
}

export function wrongReport(got: string, known: readonly string[]) {
  return { where: 'flag --report', message: `must be a file that ends with ${known.join(', ')}, got ${show(got)}` };
}

export function noSignal(name: string, known: readonly string[]) {
  return { where: 'flag --signals', message: `no workload has the signal ${show(name)}; known: ${known.join(', ')}` };
}

/** @param what the path leads to */
export function notReadable(what: string) {
  return { message: `must be a file, got ${what}` };
}

export const NO_SUCH_FILE = 'no such file';

/** Of a file that is to be written. */
export const NO_FOLDER = { message: 'cannot be written: its folder does not exist', hint: 'create the folder, or choose another file' };

export const NO_RIGHT = { message: 'cannot be written: its folder is not writable', hint: 'choose a file in another folder' };

/** @param other flag that names the same file */
export function sameFile(flag: string, other: string, file: string) {
  return {
    where: `flag --${flag}`,
    message: `must be another file than that of --${other}, got ${show(file)}`,
    hint: 'choose another file',
  };
}

/** @param truth file that is of another namespace than the flag */
export function notNamespace(truth: string, known: string, got: unknown) {
  return { where: 'flag --namespace', message: `must be ${known}, that of ${truth}, got ${show(got)}`, hint: 'omit --namespace' };
}

/** @param detail of a file with another content */
export function notTruth(detail: string) {
  return {
    message: `must be a file that virtwork verify --record wrote: ${detail}`,
    hint: 'run virtwork verify --record with the name of a new file',
  };
}

export const NO_TOKEN = 'must contain a token and nothing else, got no text, or spaces or control characters in it';

// Rounds.

export const ROUND = { failed: 'a round could not be done' } as const;

export function changedLine(subject: string, verdict: string, before: string | undefined): string {
  return `${subject}: ${verdict}${before === undefined ? '' : ` (before: ${before})`}`;
}

export function roundsLine(bad: number, all: number): string {
  if (bad === 0) return `all of ${all} ${all === 1 ? 'round' : 'rounds'} as expected`;
  return `${bad} of ${all} ${all === 1 ? 'round' : 'rounds'} not as expected`;
}

// Watch.

export const WATCH = {
  headline: (namespace: string, time: string, ready: number, all: number) =>
    `namespace ${namespace}, ${time} UTC: ${ready} of ${all} ${all === 1 ? 'VM' : 'VMs'} ready`,
  more: (count: number) => `and ${count} more ${count === 1 ? 'line' : 'lines'}`,
} as const;

export function warmingUp(seconds: number): string {
  return `waiting ${seconds} s for the warm-up`;
}

export function measuring(vms: number, seconds: number): string {
  return `reading ${vms} ${vms === 1 ? 'guest' : 'guests'} for ${seconds} s`;
}

export function lookingBack(vms: number, seconds: number): string {
  return `reading what Prometheus has of ${vms} ${vms === 1 ? 'guest' : 'guests'} for the last ${seconds} s`;
}

export function recorded(path: string): string {
  return `wrote ${path}`;
}

export function entryMissing(name: string) {
  return { where: `entry ${name}`, message: 'is not in the catalog: only what systemd counts is checked', hint: 'use --catalog-dir' };
}

export const NOT_THERE = 'does not exist';

export const GOOD_LEFT_OUT = (count: number) =>
  `and ${count} more that ${count === 1 ? 'is' : 'are'} as expected; -o json has all of them\n`;

export function noRoute(why: string) {
  return { where: 'flag --openshift', message: `must find the route thanos-querier in the namespace openshift-monitoring: ${why}` };
}

export function noLogin(why: string) {
  return { where: 'flag --openshift', message: `needs the token of oc whoami -t: ${why}`, hint: 'run: oc login; or use --token-file FILE' };
}

export const NOT_OC = 'KUBECTL must be oc';
