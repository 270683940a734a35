import { resolve } from 'node:path';
import { isDnsLabel } from '../kubernetes/dns-label';
import { canonicalQuantity, parseBytes } from '../kubernetes/quantity';
import { CONTROL } from '../text/control';
import { didYouMean } from '../text/messages';
import { showScalar } from '../text/show';
import { nearest } from '../text/suggest';
import type { DocumentPath } from '../yaml/yaml-file';
import { keyProblem, splitKeys } from './authorized-key';
import { GOT, MUST } from './value-messages';

/** The value in its final form, or what it must be instead. */
export type Parsed<T> = { readonly value: T } | Rejection;

export interface Rejection {
  /** A phrase after `must`, as in `be true or false`. */
  readonly must: string;
  /** What was given, in words. @default the value itself */
  readonly got?: string;
  /** Path of the wrong part within the value. @default the value as a whole is wrong */
  readonly at?: DocumentPath;
  /** What to do. @default none */
  readonly hint?: string;
  /** Further wrong parts. @default none */
  readonly others?: readonly Rejection[];
}

/** What an option accepts. The same kind reads all sources: strings from flags and the environment, typed values from the file. */
export interface Kind<T = unknown> {
  readonly parse: (raw: unknown) => Parsed<T>;
  /** JSON Schema of the value in the configuration file. */
  readonly schema: object;
  /** Separator that joins the values of a flag that is given several times. @default the last value is used */
  readonly joint?: string;
  /** A path, or a list of paths: in the file they are relative to the folder of the file. A function says which strings are. @default not a path */
  readonly isPath?: true | ((text: string) => boolean);
  /** Placeholder in the help text, e.g. NAME. Absent for a switch. */
  readonly metavar?: string;
}

/** The value of a file, with its relative paths as absolute ones. */
export function fromFolder({ isPath }: Kind, raw: unknown, folder: string): unknown {
  if (isPath === undefined) return raw;
  const absolute = (each: unknown) =>
    typeof each === 'string' && !isBlank(each) && !each.startsWith('~') && (isPath === true || isPath(each)) ? resolve(folder, each) : each;
  return Array.isArray(raw) ? raw.map(absolute) : absolute(raw);
}

const DNS_SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const IMAGE = /^[a-zA-Z0-9][\w.-]*(:[0-9]+)?(\/[\w.-]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const USER = /^[a-z_][a-z0-9_-]{0,31}$/;

/** PATH_MAX of Linux. */
const LONGEST_PATH = 4096;

export const label = textKind(MUST.label, 'NAME', isDnsLabel);
export const objectName = matching(DNS_SUBDOMAIN, MUST.objectName, 'NAME');
export const labelValue = matching(LABEL_VALUE, MUST.labelValue, 'ID');
export const image = matching(IMAGE, MUST.image, 'IMAGE');
export const userName = matching(USER, MUST.userName, 'USER');
const line = textKind(MUST.text, 'TEXT', (value) => !CONTROL.test(value));
export const text: Kind<string> = { ...line, parse: (raw) => (isBlank(raw) ? { must: MUST.notEmpty } : line.parse(raw)) };
export const path: Kind<string> = {
  ...text,
  parse: (raw) => (typeof raw === 'string' && raw.length > LONGEST_PATH ? { must: MUST.path(LONGEST_PATH) } : text.parse(raw)),
  metavar: 'PATH',
  isPath: true,
};
/** A string that no message shows. */
export const secret: Kind<string> = {
  ...text,
  parse: (raw) => ({ got: GOT.secret, ...text.parse(raw) }),
};
export const boot = matching(
  /^(containerDisk|dataSource:[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?)$/,
  MUST.boot,
  'SOURCE',
);

/** Common other words for words of options. */
const OTHER_WORDS: { readonly [word: string]: string } = {
  ...{ rwo: 'ReadWriteOnce', rwx: 'ReadWriteMany', rox: 'ReadOnlyMany', rwop: 'ReadWriteOncePod' },
  ...{ x86_64: 'amd64', aarch64: 'arm64', efi: 'uefi', secureboot: 'secure-boot', file: 'Filesystem' },
  ...{ running: 'Always', stopped: 'Halted' },
};

/** One of some words. The hint for another one is the word that it probably means. */
export function choice<const T extends string>(...words: readonly T[]): Kind<T> {
  const meant = (raw: unknown): T | undefined => {
    if (typeof raw !== 'string') return undefined;
    const other = Object.hasOwn(OTHER_WORDS, raw.toLowerCase()) ? OTHER_WORDS[raw.toLowerCase()] : undefined;
    return words.find((word) => word === other) ?? (nearest(raw, words) as T | undefined);
  };
  return {
    parse: (raw) => {
      if (words.includes(raw as T)) return { value: raw as T };
      const near = meant(raw);
      return { must: MUST.choice(words), ...(near === undefined ? {} : { hint: didYouMean(near) }) };
    },
    schema: { enum: words },
    metavar: words.join('|'),
  };
}

/** A whole number within limits. */
export function integer(minimum: number, maximum: number): Kind<number> {
  return {
    parse: (raw) => {
      const value = typeof raw === 'string' && /^[0-9]{1,15}$/.test(raw) ? Number(raw) : raw;
      const fits = Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
      return fits ? { value: value as number } : { must: MUST.integer(minimum, maximum) };
    },
    schema: { type: 'integer', minimum, maximum },
    metavar: 'N',
  };
}

export const bool: Kind<boolean> = {
  parse: (raw) => {
    if (raw === true || raw === 'true' || raw === '1') return { value: true };
    if (raw === false || raw === 'false' || raw === '0') return { value: false };
    return { must: MUST.bool };
  },
  schema: { type: 'boolean' },
};

/** Kubernetes stores quantities in 64 bits. */
const MOST = 2n ** 63n - 1n;

/**
 * A quantity of bytes in its canonical form.
 * @param least the smallest quantity that is accepted
 */
export function bytes(least: string): Kind<string> {
  const minimum = parseBytes(least) as bigint;
  return {
    parse: (raw) => {
      const amount = typeof raw === 'string' || typeof raw === 'number' ? parseBytes(String(raw)) : undefined;
      if (amount === undefined) return { must: MUST.quantity };
      if (amount < minimum) return { must: MUST.atLeast(least) };
      if (amount > MOST) return { must: MUST.belowMaximum };
      return { value: canonicalQuantity(String(raw)) };
    },
    schema: { type: ['string', 'integer'] },
    metavar: 'SIZE',
  };
}

/** A number of seconds, or a duration with units such as `10m` and `1h30m`. The value is in seconds. */
export const duration: Kind<number> = {
  parse: (raw) => {
    if (typeof raw === 'number') return Number.isInteger(raw) && raw >= 0 ? { value: raw } : { must: MUST.duration };
    if (typeof raw !== 'string' || raw === '') return { must: MUST.duration };
    if (/^[0-9]{1,9}$/.test(raw)) return { value: Number(raw) };
    const match = /^(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?$/.exec(raw);
    if (!match) return { must: MUST.duration };
    const [, hours = '0', minutes = '0', seconds = '0'] = match;
    return { value: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) };
  },
  schema: { type: ['string', 'integer'] },
  metavar: 'DURATION',
};

/** A list: a YAML list in the file, separated by commas elsewhere. */
export function list<T>(item: Kind<T>): Kind<readonly T[]> {
  return { ...listOf(item, splitCommas), joint: ',', metavar: `${item.metavar},…`, ...(item.isPath ? { isPath: item.isPath } : {}) };
}

const keyList = listOf<string>(
  {
    parse: (raw) => {
      const got =
        typeof raw !== 'string'
          ? GOT.noString
          : CONTROL.test(raw.replaceAll('\t', ''))
            ? (keyProblem(raw) ?? GOT.severalLines)
            : keyProblem(raw);
      return got === undefined ? { value: raw as string } : { must: MUST.publicKey, got };
    },
    schema: { type: 'string' },
  },
  splitKeys,
);

/** Lines of an authorized_keys file: one per item in the file; elsewhere several, separated by commas before the next key. */
export const authorizedKeys: Kind<readonly string[]> = {
  ...keyList,
  parse: (raw) => (typeof raw === 'string' && splitKeys(raw).length === 0 ? { must: MUST.publicKey, got: GOT.noKey } : keyList.parse(raw)),
  joint: '\n',
  metavar: 'KEY,…',
};

function listOf<T>(item: Kind<T>, split: (text: string) => unknown[]): Kind<readonly T[]> {
  return {
    parse: (raw) => {
      const items: unknown[] | undefined = typeof raw === 'string' ? split(raw) : Array.isArray(raw) ? raw.map(trimmed) : undefined;
      if (!items || isBlank(raw)) return { must: MUST.list };
      const values: T[] = [];
      const rejections = items.flatMap((each, index): Rejection[] => {
        const parsed = item.parse(each);
        if ('must' in parsed) return inPart(index, each, parsed);
        values.push(parsed.value);
        return [];
      });
      return together(rejections) ?? { value: [...new Set(values)] };
    },
    schema: { type: 'array', items: item.schema },
  };
}

/** The rejections of a part of a value, as those of the whole. */
export function inPart(step: string | number, part: unknown, rejected: Rejection): Rejection[] {
  const { others = [], ...first } = rejected;
  return [{ got: showScalar(part), ...first }, ...others].map((each) => ({ ...each, at: [step, ...(each.at ?? [])] }));
}

/** @returns all of them as one; undefined if there are none */
export function together([first, ...others]: readonly Rejection[]): Rejection | undefined {
  return first && { ...first, others };
}

/** As a path, an empty string would be the folder that it is relative to. */
function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function trimmed(item: unknown): unknown {
  return typeof item === 'string' ? item.trim() : item;
}

function splitCommas(text: string): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function matching(pattern: RegExp, must: string, metavar: string): Kind<string> {
  return textKind(must, metavar, (value) => pattern.test(value));
}

function textKind(must: string, metavar: string, accepts: (value: string) => boolean): Kind<string> {
  return {
    parse: (raw) => (typeof raw === 'string' && accepts(raw) ? { value: raw } : { must }),
    schema: { type: 'string' },
    metavar,
  };
}
