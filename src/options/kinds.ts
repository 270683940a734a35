import { canonicalQuantity, parseBytes } from '../quantity';

/** The value in its final form, or what it must be instead. */
export type Parsed<T> = { readonly value: T } | { readonly must: string };

/**
 * What an option accepts. One kind reads all sources: text from flags and the environment, typed values
 * from the file.
 */
export interface Kind<T = unknown> {
  readonly parse: (raw: unknown) => Parsed<T>;
  /** JSON Schema of the value in the configuration file. */
  readonly schema: object;
  /** Placeholder in the help text, e.g. NAME. Absent for a switch. */
  readonly metavar?: string;
}

export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const IMAGE = /^[a-zA-Z0-9][\w.-]*(:[0-9]+)?(\/[\w.-]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const PUBLIC_KEY = /^(ssh-|ecdsa-|sk-)[\w@.-]+ [A-Za-z0-9+/]{16,}=*( .*)?$/;
const USER = /^[a-z_][a-z0-9_-]{0,31}$/;
/** Control characters: a value with one could add a line to a file of the guest. */
export const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/u;

export const label = matching(DNS_LABEL, 'a DNS label (lower-case letters, digits and hyphens, at most 63 characters)', 'NAME');
export const objectName = matching(DNS_SUBDOMAIN, 'the name of an object (lower-case letters, digits, hyphens and dots)', 'NAME');
export const labelValue = matching(LABEL_VALUE, 'a label value (letters, digits, - _ and ., at most 63 characters)', 'ID');
export const image = matching(IMAGE, 'an image reference such as quay.io/containerdisks/fedora:43', 'IMAGE');
export const userName = matching(USER, 'a user name (lower-case letters, digits, _ and -, at most 32 characters)', 'USER');
export const text = textKind('a text of one line without control characters', 'TEXT', (value) => !CONTROL.test(value));
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
  return {
    parse: (raw) => {
      const items = typeof raw === 'string' ? splitCommas(raw) : Array.isArray(raw) ? raw.flatMap(splitCommas) : undefined;
      if (!items) return { must: 'be a list' };
      const values: T[] = [];
      for (const each of items) {
        const parsed = item.parse(each);
        if ('must' in parsed) return { must: `${parsed.must} (in ${show(each)})` };
        values.push(parsed.value);
      }
      return { value: [...new Set(values)] };
    },
    schema: { type: 'array', items: item.schema },
    metavar: `${item.metavar},…`,
  };
}

export const publicKey = matching(PUBLIC_KEY, 'a public key such as «ssh-ed25519 AAAA… me@host»', 'KEY');

/** How a wrong value is shown; long ones are cut. */
export function show(raw: unknown): string {
  const shown = JSON.stringify(raw) ?? String(raw);
  return shown.length > 80 ? `${shown.slice(0, 77)}…` : shown;
}

function splitCommas(raw: unknown): unknown[] {
  if (typeof raw !== 'string') return [raw];
  return raw
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
