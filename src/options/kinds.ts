import { isDnsLabel } from '../kubernetes/dns-label';
import { canonicalQuantity, parseBytes } from '../kubernetes/quantity';
import { CONTROL } from '../text/control';
import { showScalar } from '../text/show';
import { keyProblem, splitKeys } from './authorized-key';

/** The value in its final form, or what it must be instead. */
export type Parsed<T> = { readonly value: T } | Refusal;

export interface Refusal {
  readonly must: string;
  /** What was given, in words. @default the value itself */
  readonly got?: string;
  /** Index of the faulty item of a list. @default the value as a whole is faulty */
  readonly item?: number;
  /** Further faulty items. @default none */
  readonly others?: readonly Refusal[];
}

/**
 * What an option accepts. One kind reads all sources: text from flags and the environment, typed values
 * from the file.
 */
export interface Kind<T = unknown> {
  readonly parse: (raw: unknown) => Parsed<T>;
  /** JSON Schema of the value in the configuration file. */
  readonly schema: object;
  /** What joins the values of a flag that is given several times. @default the last one holds */
  readonly joint?: string;
  /** A path: in the file it starts at the folder of the file. @default it is none */
  readonly isPath?: true;
  /** Placeholder in the help text, e.g. NAME. Absent for a switch. */
  readonly metavar?: string;
}

const DNS_SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const IMAGE = /^[a-zA-Z0-9][\w.-]*(:[0-9]+)?(\/[\w.-]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const USER = /^[a-z_][a-z0-9_-]{0,31}$/;

/** As Linux has it. */
const LONGEST_PATH = 4096;

export const label = textKind('a DNS label (lower-case letters, digits and hyphens, at most 63 characters)', 'NAME', isDnsLabel);
export const objectName = matching(DNS_SUBDOMAIN, 'the name of an object (lower-case letters, digits, hyphens and dots)', 'NAME');
export const labelValue = matching(LABEL_VALUE, 'a label value (letters, digits, - _ and ., at most 63 characters)', 'ID');
export const image = matching(IMAGE, 'an image reference such as quay.io/containerdisks/fedora:43', 'IMAGE');
export const userName = matching(USER, 'a user name (lower-case letters, digits, _ and -, at most 32 characters)', 'USER');
export const text = textKind('a text of one line without control characters', 'TEXT', (value) => !CONTROL.test(value));
export const path: Kind<string> = {
  ...text,
  parse: (raw) =>
    typeof raw === 'string' && raw.length > LONGEST_PATH ? { must: `be a path of at most ${LONGEST_PATH} characters` } : text.parse(raw),
  metavar: 'PATH',
  isPath: true,
};
/** A text that no message shows. */
export const secret: Kind<string> = {
  ...text,
  parse: (raw) => ({ got: 'a value that is not shown', ...text.parse(raw) }),
};
export const boot = matching(
  /^(containerDisk|dataSource:[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?)$/,
  'containerDisk or dataSource:NAMESPACE/NAME',
  'SOURCE',
);

export function choice<const T extends string>(...words: readonly T[]): Kind<T> {
  return {
    parse: (raw) => (words.includes(raw as T) ? { value: raw as T } : { must: `be one of ${words.join(', ')}` }),
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
      return fits ? { value: value as number } : { must: `be a whole number from ${minimum} to ${maximum}` };
    },
    schema: { type: 'integer', minimum, maximum },
    metavar: 'N',
  };
}

export const bool: Kind<boolean> = {
  parse: (raw) => {
    if (raw === true || raw === 'true' || raw === '1') return { value: true };
    if (raw === false || raw === 'false' || raw === '0') return { value: false };
    return { must: 'be true or false' };
  },
  schema: { type: 'boolean' },
};

/** Kubernetes counts in 64 bits. */
const MOST = 2n ** 63n - 1n;

/** A quantity of bytes in its canonical form. */
export function bytes(least: string): Kind<string> {
  const minimum = parseBytes(least) as bigint;
  return {
    parse: (raw) => {
      const amount = typeof raw === 'string' || typeof raw === 'number' ? parseBytes(String(raw)) : undefined;
      if (amount === undefined) return { must: 'be a quantity such as 512Mi, 2Gi or 10G' };
      if (amount < minimum) return { must: `be at least ${least}` };
      if (amount > MOST) return { must: 'be less than 8Ei' };
      return { value: canonicalQuantity(String(raw)) };
    },
    schema: { type: ['string', 'integer'] },
    metavar: 'SIZE',
  };
}

/** Seconds; bare, or with units as in `10m` and `1h30m`. */
export const duration: Kind<number> = {
  parse: (raw) => {
    if (typeof raw === 'number') return Number.isInteger(raw) && raw >= 0 ? { value: raw } : { must: DURATION };
    if (typeof raw !== 'string' || raw === '') return { must: DURATION };
    if (/^[0-9]{1,9}$/.test(raw)) return { value: Number(raw) };
    const match = /^(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?$/.exec(raw);
    if (!match) return { must: DURATION };
    const [, hours = '0', minutes = '0', seconds = '0'] = match;
    return { value: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) };
  },
  schema: { type: ['string', 'integer'] },
  metavar: 'DURATION',
};
const DURATION = 'be a duration such as 600, 90s, 10m or 1h';

/** A list: YAML list in the file, separated by commas elsewhere. */
export function list<T>(item: Kind<T>): Kind<readonly T[]> {
  return { ...listOf(item, splitCommas), joint: ',', metavar: `${item.metavar},…` };
}

const PUBLIC_KEY = 'be a public key such as "ssh-ed25519 AAAA… me@host"';
const keyList = listOf<string>(
  {
    parse: (raw) => {
      const got =
        typeof raw !== 'string'
          ? 'something else'
          : CONTROL.test(raw.replaceAll('\t', ''))
            ? (keyProblem(raw) ?? 'several lines')
            : keyProblem(raw);
      return got === undefined ? { value: raw as string } : { must: PUBLIC_KEY, got };
    },
    schema: { type: 'string' },
  },
  splitKeys,
);

/** Lines of an authorized_keys file: one an item in the file; elsewhere several, apart at commas before the next key. */
export const authorizedKeys: Kind<readonly string[]> = {
  ...keyList,
  parse: (raw) => (typeof raw === 'string' && splitKeys(raw).length === 0 ? { must: PUBLIC_KEY, got: 'no key' } : keyList.parse(raw)),
  joint: '\n',
  metavar: 'KEY,…',
};

function listOf<T>(item: Kind<T>, split: (text: string) => unknown[]): Kind<readonly T[]> {
  return {
    parse: (raw) => {
      const items: unknown[] | undefined = typeof raw === 'string' ? split(raw) : Array.isArray(raw) ? raw.map(trimmed) : undefined;
      if (!items) return { must: 'be a list' };
      const values: T[] = [];
      const refusals = items.flatMap((each, index): Refusal[] => {
        const parsed = item.parse(each);
        if ('must' in parsed) return [{ got: showScalar(each), ...parsed, item: index }];
        values.push(parsed.value);
        return [];
      });
      const [first, ...others] = refusals;
      return first ? { ...first, others } : { value: [...new Set(values)] };
    },
    schema: { type: 'array', items: item.schema },
  };
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

function matching(pattern: RegExp, what: string, metavar: string): Kind<string> {
  return textKind(what, metavar, (value) => pattern.test(value));
}

function textKind(what: string, metavar: string, accepts: (value: string) => boolean): Kind<string> {
  return {
    parse: (raw) => (typeof raw === 'string' && accepts(raw) ? { value: raw } : { must: `be ${what}` }),
    schema: { type: 'string' },
    metavar,
  };
}
