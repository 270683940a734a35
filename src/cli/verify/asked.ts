import { resolve } from 'node:path';
import type { Problem } from '../../errors';
import { refusedPath } from '../../errors';
import { readBounded } from '../../files/bounded-file';
import { shownPath } from '../../files/shown-path';
import { textOf } from '../../files/text-file';
import { certificatesIn } from '../../options/guest/certificates';
import { duration } from '../../options/kinds';
import { LONGEST } from '../../verify/truth';
import type { Args, Context } from '../context';
import { wrongDuration } from '../messages';
import {
  longerThanTime,
  NEEDS_TRUTH,
  NO_SOURCE,
  NO_SUCH_FILE,
  NO_TOKEN,
  needsOther,
  notReadable,
  oneSource,
  tooLong,
  tooShort,
  VIA_PROMETHEUS,
  without,
  wrongReport,
  wrongUrl,
} from './messages';
import { outputFaults } from './written';

/** What the arguments ask for. */
export interface Asked {
  /** Absent: the truth is only recorded. */
  readonly source?: Source;
  /** Absolute paths. */
  readonly truth?: string;
  readonly record?: string;
  /** Seconds. Absent: the longest window of the signals. */
  readonly seconds?: number;
  readonly interval: number;
  readonly warmUp: number;
  /** Absent: all. */
  readonly signals?: readonly string[];
  /** Whether the truth is what Prometheus has scraped of the guests. */
  readonly isScraped: boolean;
  /** Whether to repeat it. */
  readonly isWatch: boolean;
  /** Absolute paths by format. */
  readonly reports: readonly { readonly path: string; readonly format: string }[];
}

export interface ReadingsSource {
  readonly kind: 'readings';
  readonly path: string;
  readonly text: string;
}

export type Source =
  | ReadingsSource
  | { readonly kind: 'openshift'; readonly token?: string; readonly ca?: Buffer }
  | { readonly kind: 'url'; readonly url: URL; readonly token?: string; readonly ca?: Buffer }
  | { readonly kind: 'service'; readonly path: string };

/** The value of --via for a truth that Prometheus has. */
export const SCRAPED = 'prometheus';
const INTERVAL = 15;
const SHORTEST = { for: 10, interval: 1 } as const;
const SOURCES = ['prometheus', 'openshift', 'readings'] as const;
const OF_TIME = ['for', 'interval', 'warm-up', 'record', 'via'] as const;
/** Flags that choose VMs, and say what to expect of them. */
const OF_VMS = ['workloads', 'vm-count', 'params', 'from-catalog', 'run', 'run-id'] as const;
/** Flags for requests to guests. */
const OF_REQUESTS = ['interval', 'warm-up'] as const;
/** Flags with files that are of one time. */
const NOT_REPEATED = ['truth', 'readings', 'record'] as const;
const LARGEST = 256 << 20;

/** The formats of reports by the end of their file names. */
export const ENDS: { readonly [end: string]: string } = { '.html': 'html', '.json': 'json', '.md': 'markdown', '.xml': 'junit' };

/** Reads the flags of the verb itself. @param problems gets every wrong one */
export function askedFor(args: Args, { cwd, env }: Context, problems: Problem[]): Asked {
  const given = sourcesIn(args);
  if (given.length === 0 && args.record === undefined) problems.push(NO_SOURCE);
  if (args.readings !== undefined && args.truth === undefined) problems.push(NEEDS_TRUTH);
  if (args.truth !== undefined)
    for (const flag of [...OF_TIME, ...OF_VMS]) if (args[flag] !== undefined) problems.push(without(flag, 'truth'));
  if (args.watch === true) for (const flag of NOT_REPEATED) if (args[flag] !== undefined) problems.push(without('watch', flag));
  const isScraped = args.via === SCRAPED;
  if (isScraped) {
    if (args.prometheus === undefined && args.openshift !== true) problems.push(VIA_PROMETHEUS);
    for (const flag of OF_REQUESTS) if (args[flag] !== undefined) problems.push(without(flag, 'via prometheus'));
  }
  const seconds = durationOf(args, 'for', problems);
  if (isScraped && seconds !== undefined && seconds > LONGEST) problems.push(tooLong('for', LONGEST));
  const interval = durationOf(args, 'interval', problems) ?? Math.min(INTERVAL, (seconds ?? INTERVAL * 2) / 2);
  if (seconds !== undefined && interval > seconds / 2 && interval >= SHORTEST.interval && seconds >= SHORTEST.for)
    problems.push(longerThanTime(interval, seconds));
  const path = (flag: string) => (args[flag] === undefined ? undefined : resolve(cwd, String(args[flag])));
  const signals = listOf(args.signals);
  problems.push(...outputFaults(args, cwd));
  const [truth, record, source] = [path('truth'), path('record'), sourceOf(args, { cwd, env }, problems)];
  return {
    ...(source === undefined ? {} : { source }),
    ...(truth === undefined ? {} : { truth }),
    ...(record === undefined ? {} : { record }),
    ...(seconds === undefined ? {} : { seconds }),
    interval,
    warmUp: durationOf(args, 'warm-up', problems) ?? 0,
    ...(signals.length === 0 ? {} : { signals }),
    isScraped,
    isWatch: args.watch === true,
    reports: [args.report ?? []].flat().flatMap((file) => reportOf(String(file), cwd, problems)),
  };
}

function sourcesIn(args: Args): readonly string[] {
  return SOURCES.filter((flag) => args[flag] !== undefined && args[flag] !== false);
}

/** The product that the flags name. @param problems gets every wrong flag */
export function sourceOf(args: Args, { cwd, env }: Pick<Context, 'cwd' | 'env'>, problems: Problem[]): Source | undefined {
  const given = sourcesIn(args);
  if (given.length > 1) problems.push(oneSource(given));
  const remote = { ...tokenOf(args, cwd, env, problems), ...caOf(args, cwd, problems) };
  const url = args.prometheus === undefined ? undefined : String(args.prometheus);
  const isService = url?.startsWith('svc/') === true;
  for (const flag of ['token-file', 'ca-file']) {
    if (args[flag] === undefined) continue;
    if (isService) problems.push({ ...without(flag, 'prometheus svc/…') });
    else if (url === undefined && args.openshift !== true) problems.push(needsOther(flag, 'prometheus'));
  }
  if (args.readings !== undefined) {
    const path = shownPath(resolve(cwd, String(args.readings)), cwd);
    const bytes = bytesOf(String(args.readings), cwd, problems);
    // Spreadsheets begin a file with a byte order mark, which says nothing in UTF-8.
    const read = bytes && textOf(path, bytes.subarray(0, 3).toString('hex') === 'efbbbf' ? bytes.subarray(3) : bytes);
    if (read && !('text' in read)) problems.push(read);
    return read && 'text' in read ? { kind: 'readings', path, text: read.text } : undefined;
  }
  if (args.openshift === true) return { kind: 'openshift', ...remote };
  if (url === undefined) return undefined;
  const [, namespace, name, port] = /^svc\/([a-z0-9-]+)\/([a-z0-9-]+):([a-z0-9-]+)$/.exec(url) ?? [];
  if (namespace !== undefined) return { kind: 'service', path: `/api/v1/namespaces/${namespace}/services/${name}:${port}/proxy` };
  const parsed = URL.canParse(url) && /^https?:\/\//.test(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.username !== '' || parsed.search !== '') problems.push(wrongUrl(url));
  return parsed && { kind: 'url', url: parsed, ...remote };
}

function tokenOf(args: Args, cwd: string, env: NodeJS.ProcessEnv, problems: Problem[]): { readonly token?: string } {
  const file = args['token-file'];
  const given = file === undefined ? env.PROMETHEUS_TOKEN || undefined : bytesOf(String(file), cwd, problems)?.toString('utf8');
  const token = given?.trim();
  const where = file === undefined ? 'PROMETHEUS_TOKEN' : 'flag --token-file';
  if (token === '' || /[^\x21-\x7e]/.test(token ?? '')) problems.push({ where, message: NO_TOKEN });
  return token ? { token } : {};
}

function caOf(args: Args, cwd: string, problems: Problem[]): { readonly ca?: Buffer } {
  const ca = args['ca-file'] === undefined ? undefined : bytesOf(String(args['ca-file']), cwd, problems);
  if (ca === undefined) return {};
  // Node.js ignores what is no certificate.
  const found = certificatesIn(String(args['ca-file']), ca).problems;
  problems.push(...found.map((problem) => ({ where: 'flag --ca-file', ...problem })));
  return { ca };
}

/** The content of a file that the user named. */
export function bytesOf(file: string, cwd: string, problems: Problem[]): Buffer | undefined {
  const path = resolve(cwd, file);
  try {
    const bytes = readBounded(path, LARGEST);
    if (Buffer.isBuffer(bytes)) return bytes;
    problems.push({ where: file, ...notReadable(bytes) });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const refused = refusedPath(error);
    if (code === 'ENOENT') problems.push({ where: file, message: NO_SUCH_FILE });
    else if (code === 'EISDIR') problems.push({ where: file, ...notReadable('a folder') });
    else if (refused) problems.push({ ...refused, where: file });
    else throw error;
  }
  return undefined;
}

function reportOf(file: string, cwd: string, problems: Problem[]): { readonly path: string; readonly format: string }[] {
  const end = Object.keys(ENDS).find((each) => file.endsWith(each));
  if (end !== undefined) return [{ path: resolve(cwd, file), format: ENDS[end] as string }];
  problems.push(wrongReport(file, Object.keys(ENDS)));
  return [];
}

export function durationOf(args: Args, flag: string, problems: Problem[]): number | undefined {
  const raw = args[flag];
  // An empty value is reported already.
  if (raw === undefined || raw === '') return undefined;
  const parsed = duration.parse(raw);
  const least = (SHORTEST as { readonly [flag: string]: number })[flag] ?? 0;
  if (!('value' in parsed)) problems.push({ where: `flag --${flag}`, message: wrongDuration(parsed.must, raw) });
  else if (parsed.value < least) problems.push(tooShort(flag, least));
  else return parsed.value;
  return undefined;
}

export function listOf(raw: unknown): string[] {
  return [raw ?? []]
    .flat()
    .flatMap((each) => String(each).split(','))
    .map((name) => name.trim())
    .filter(Boolean);
}
