import { kindOf } from '../text/show';
import { type Kind, list, type Parsed, path, type Rejection } from './kinds';
import { type Fields, fromText, isMap, record } from './structured';
import { GOT, MUST } from './value-messages';

// Kinds of values about what guests get before their packages.

/** The proxy of the guests, for downloads of packages. */
export interface GuestProxy {
  /** URL of the proxy for `http://`. */
  readonly http?: string;
  /** URL of the proxy for `https://`. */
  readonly https?: string;
  /** Hosts, domains such as `.example.com`, and networks that are reached without the proxy. */
  readonly no_proxy?: readonly string[];
}

/** The user of the URL comes first, and neither apt, dnf, systemd nor a shell gives the characters a meaning. */
const PROXY_URL = /^https?:\/\/(?:[^\s"'`\\$@/?#]+@)?(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\/?$/;
const NO_PROXY = /^(?:\*|\.?[A-Za-z0-9*][A-Za-z0-9*_.:/-]*|\[?[0-9A-Fa-f:]+\]?(?:\/[0-9]{1,3})?)$/;

const proxyUrl: Kind<string> = {
  parse: (raw) => (typeof raw === 'string' && PROXY_URL.test(raw) && URL.canParse(raw) ? { value: raw } : { must: MUST.proxy }),
  schema: { type: 'string' },
  metavar: 'URL',
};
const unproxied: Kind<string> = {
  parse: (raw) => (typeof raw === 'string' && NO_PROXY.test(raw) ? { value: raw } : { must: MUST.noProxy }),
  schema: { type: 'string' },
  metavar: 'HOST',
};

/** A password in a URL is not shown, also when the URL is wrong. */
export const proxy = concealed(
  fromText(
    record<{ [K in keyof GuestProxy]: GuestProxy[K] }>({ http: proxyUrl, https: proxyUrl, no_proxy: list(unproxied) }),
    '{http: "http://proxy.example.com:3128"}',
  ),
);

function concealed<T>(kind: Kind<T>): Kind<T> {
  const conceal = (rejection: Rejection): Rejection => ({ ...rejection, got: GOT.secret });
  return {
    ...kind,
    parse: (raw) => {
      const parsed = kind.parse(raw);
      if ('value' in parsed || !JSON.stringify(raw).includes('@')) return parsed;
      return { ...conceal(parsed), others: (parsed.others ?? []).map(conceal) };
    },
  };
}

/** The names of the time zone database begin each part with a capital letter; Node.js also accepts other letters and offsets. */
const ZONE = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*){0,2}$/;

export const timezone: Kind<string> = {
  parse: (raw) => {
    if (typeof raw === 'string' && ZONE.test(raw) && isZone(raw)) return { value: raw };
    const near =
      typeof raw === 'string' ? zones().find((zone) => zone.toLowerCase() === raw.toLowerCase().replaceAll(' ', '_')) : undefined;
    return { must: MUST.timezone, ...(near === undefined ? {} : { hint: `use ${near}` }) };
  },
  schema: { type: 'string' },
  metavar: 'ZONE',
};

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return false;
  }
  return !zones().some((zone) => zone !== name && zone.toLowerCase() === name.toLowerCase());
}

function zones(): readonly string[] {
  return Intl.supportedValuesOf('timeZone');
}

/** Files that the guests get, by their paths. */
export const guestFiles = list({ ...path, metavar: 'FILE' });

/** A cloud-config: the path of a file, or its content as a map or as text. */
export type ExtraUserData = { readonly file: string } | { readonly text: string } | { readonly config: Fields };

/** Whether a string is a cloud-config and not the path of one. */
function isContent(text: string): boolean {
  return text.includes('\n') || text.trimStart().startsWith('{');
}

export const extraUserData: Kind<ExtraUserData> = {
  parse: (raw): Parsed<ExtraUserData> => {
    if (isMap(raw)) return { value: { config: raw } };
    if (typeof raw !== 'string') return { must: MUST.userData, got: kindOf(raw) };
    if (isContent(raw)) return { value: { text: raw } };
    const parsed = path.parse(raw);
    return 'value' in parsed ? { value: { file: parsed.value } } : parsed;
  },
  schema: { type: ['string', 'object'] },
  isPath: (text) => !isContent(text),
  metavar: 'FILE',
};
