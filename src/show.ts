/** How messages show values: cut, and never a private key. */

const LONGEST = 80;
const PEM = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY[^"]*|PuTTY-User-Key-File-[^"]*|Private-(?:Lines|MAC|Hash):[^"]*/g;
const BASE64 = /[A-Za-z0-9+/]{40,}={0,2}/g;

/** A value as JSON, cut at 80 characters. */
export function show(raw: unknown): string {
  const shown = JSON.stringify(raw) ?? String(raw);
  if (looksPrivate(shown)) return 'a value that looks like a key and is not shown';
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 3)}…` : shown;
}

/** Whether a text holds a private key, or a part of one. */
export function looksPrivate(text: string): boolean {
  return withoutKeys(text) !== text;
}

/** The text without what looks like a private key, for texts that quote what they have not chosen. */
export function withoutKeys(text: string): string {
  return text.replace(PEM, '(private key, not shown)').replace(BASE64, (run) => (isRandom(run) ? '(not shown)' : run));
}

/** Paths and digests have long runs of these characters too, but no long part of all three kinds. */
function isRandom(run: string): boolean {
  return run.split('/').some((part) => part.length >= 20 && [/[a-z]/, /[A-Z]/, /[0-9]/].every((kind) => kind.test(part)));
}
