import { KIND, MASK, NOT_SHOWN } from './messages';

/** How messages show values: cut, and without private keys. Also the characters that no output shows as they are. */

const LONGEST = 80;
const PEM = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY[^"]*|PuTTY-User-Key-File-[^"]*|Private-(?:Lines|MAC|Hash):[^"]*/g;
const BASE64 = /[A-Za-z0-9+/]{40,}={0,2}/g;
/** Tokens with a known prefix: of Git servers, registries, clouds, Kubernetes, OpenShift and Vault; and keys of age. */
const TOKEN = new RegExp(
  [
    'gh[a-z]_[A-Za-z0-9]{20,}|github_pat_\\w{20,}|gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas)-[\\w.-]{12,}',
    'xox[a-z]-[\\w-]{10,}|sk-(?:[a-z]+-)?\\w{20,}|(?:npm|hf)_[A-Za-z0-9]{30,}|pypi-[\\w-]{40,}|dckr_[a-z]+_[\\w-]{12,}|dop_v1_[0-9a-f]{20,}',
    'sha256~[\\w-]{20,}|hv[sbr]\\.[\\w-]{20,}|ya29\\.[\\w-]{20,}|AIza[\\w-]{30,}|A[KS]IA[A-Z0-9]{16}|AGE-SECRET-KEY-[A-Z0-9]{20,}',
    'eyJ[\\w-]{8,}\\.[\\w.-]+',
  ]
    .map((each) => `\\b(?:${each})`)
    .join('|'),
  'g',
);
/** Password hashes in the format of crypt(3), and bearer tokens of HTTP headers. */
const CRYPT = /\$(?:[1567y]|2[abxy]?|gy|argon2\w*|scrypt)\$[\w./$=+,-]*[\w./$=+-]{8}|\bBearer\s+[\w.~+/-]{8,}/g;
/** The password in `https://user:password@host`. */
const IN_URL = /(\b[a-z][a-z0-9+.-]{1,20}:\/{1,2}[^\s/:@"'<>]{0,100}:)[^\s/@"'<>]{1,500}(?=@)/gi;

/**
 * Characters that control a terminal, change the direction of text or have no width: C0 and C1 control characters except tab and line
 * break, and the invisible format characters of Unicode. A range is several times faster than its Unicode property.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/;
const ALL_UNSEEN = new RegExp(UNSEEN, 'g');

/** Whether a string has characters that control a terminal or are invisible in it. */
export function hasUnseen(text: string): boolean {
  return UNSEEN.test(text);
}

/** The string with these characters escaped as in JSON, such as `\u001b`; the meaning of a JSON document does not change. */
export function visible(text: string): string {
  if (!hasUnseen(text)) return text;
  return text.replace(ALL_UNSEEN, (unseen) => unseen.split('').map(escaped).join(''));
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A value as JSON, cut at 80 characters. What looks like a key or a password is not shown. */
export function show(raw: unknown): string {
  // JSON has no infinite numbers, and would show null.
  const shown = typeof raw === 'number' ? String(raw) : (JSON.stringify(raw) ?? String(raw));
  if (looksPrivate(shown)) return NOT_SHOWN;
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 3)}…` : shown;
}

/** The type of a value, for messages that must not show the value. */
export function kindOf(raw: unknown): string {
  if (raw === null || raw === undefined) return KIND.none;
  if (Array.isArray(raw)) return KIND.list;
  return typeof raw === 'object' ? KIND.map : KIND.scalar(typeof raw);
}

/** A value where a string or a number is required: of a list or a map, which may contain a password, only its type. */
export function showScalar(raw: unknown): string {
  return typeof raw === 'object' && raw !== null ? kindOf(raw) : show(raw);
}

/** Whether a string contains a private key or a part of one, a token, or a URL with a password. */
export function looksPrivate(text: string): boolean {
  return withoutKeys(text) !== text;
}

/** The string without what looks like a private key, a token or a password, for messages that quote input. */
export function withoutKeys(text: string): string {
  return text
    .replace(PEM, MASK.privateKey)
    .replace(TOKEN, MASK.other)
    .replace(CRYPT, MASK.other)
    .replace(IN_URL, `$1${MASK.other}`)
    .replace(BASE64, (run) => (isRandom(run) ? MASK.other : run));
}

/** Paths and digests have long runs of these characters too, but no long part with all three kinds, and fewer changes between the kinds. */
function isRandom(run: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/];
  const hasAll = (text: string) => kinds.every((kind) => kind.test(text));
  const changes = run.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])/g)?.length ?? 0;
  return run.split('/').some((part) => part.length >= 20 && hasAll(part)) || (hasAll(run) && changes > 0.45 * run.length);
}
