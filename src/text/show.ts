/** How messages show values: cut, and never a private key; and what no output shows as it is. */

const LONGEST = 80;
const PEM = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY[^"]*|PuTTY-User-Key-File-[^"]*|Private-(?:Lines|MAC|Hash):[^"]*/g;
const BASE64 = /[A-Za-z0-9+/]{40,}={0,2}/g;
/** Tokens by the marks that their makers give them: of Git servers, registries, clouds, Kubernetes, OpenShift, Vault; and keys of age. */
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
/** Hashes of passwords as crypt(3) writes them, and what an HTTP header holds. */
const CRYPT = /\$(?:[1567y]|2[abxy]?|gy|argon2\w*|scrypt)\$[\w./$=+,-]*[\w./$=+-]{8}|\bBearer\s+[\w.~+/-]{8,}/g;
/** The password in `https://user:password@host`. */
const IN_URL = /(\b[a-z][a-z0-9+.-]{1,20}:\/{1,2}[^\s/:@"'<>]{0,100}:)[^\s/@"'<>]{1,500}(?=@)/gi;

/**
 * What steers a terminal, turns the direction of a text around, or has no width: C0 and C1 control characters but tab and line break, and the
 * format characters of Unicode that are not seen. A range is several times faster than its property.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/;
const ALL_UNSEEN = new RegExp(UNSEEN, 'g');

/** Whether a text has characters that do things to a terminal, or hide in it. */
export function hasUnseen(text: string): boolean {
  return UNSEEN.test(text);
}

/** The text with these characters as JSON escapes them, such as `\u001b`: a JSON text stays what it says. */
export function visible(text: string): string {
  if (!hasUnseen(text)) return text;
  return text.replace(ALL_UNSEEN, (unseen) => unseen.split('').map(escaped).join(''));
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A value as JSON, cut at 80 characters. */
export function show(raw: unknown): string {
  const shown = JSON.stringify(raw) ?? String(raw);
  if (looksPrivate(shown)) return 'a value that looks like a key or a password and is not shown';
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 3)}…` : shown;
}

/** What a value is, for messages that must not show it. */
export function kindOf(raw: unknown): string {
  if (raw === null || raw === undefined) return 'nothing';
  if (Array.isArray(raw)) return 'a list';
  return typeof raw === 'object' ? 'a map' : typeof raw === 'string' ? 'a text' : `a ${typeof raw}`;
}

/** A value where a text or a number is meant: of a list or a map, which may hold anything, only that it is one. */
export function showScalar(raw: unknown): string {
  return typeof raw === 'object' && raw !== null ? kindOf(raw) : show(raw);
}

/** Whether a text holds a private key or a part of one, a token, or a URL with a password. */
export function looksPrivate(text: string): boolean {
  return withoutKeys(text) !== text;
}

/** The text without what looks like a private key, a token or a password, for texts that quote what they have not chosen. */
export function withoutKeys(text: string): string {
  return text
    .replace(PEM, '(private key, not shown)')
    .replace(TOKEN, '(not shown)')
    .replace(CRYPT, '(not shown)')
    .replace(IN_URL, '$1(not shown)')
    .replace(BASE64, (run) => (isRandom(run) ? '(not shown)' : run));
}

/** Paths and digests have long runs of these characters too, but no long part of all three kinds, nor so many changes between these. */
function isRandom(run: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/];
  const hasAll = (text: string) => kinds.every((kind) => kind.test(text));
  const changes = run.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])/g)?.length ?? 0;
  return run.split('/').some((part) => part.length >= 20 && hasAll(part)) || (hasAll(run) && changes > 0.45 * run.length);
}
