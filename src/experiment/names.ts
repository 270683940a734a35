import { hash } from 'node:crypto';
import type { Axis, AxisValue } from './axes';

/** Characters of the readable part of a group's ID. */
const READABLE = 24;
/** Characters of the digest that makes an ID or a name unique. */
const DIGEST = 6;
/** Characters of the name of a trial. */
const LONGEST_TRIAL = 40;

export function sha256(value: unknown): string {
  return hash('sha256', JSON.stringify(value));
}

/**
 * The ID of a group: what its values are called, and a digest.
 * @param words readable parts; none: the name of the experiment
 * @param settings what decides about the digest
 */
export function groupId(words: readonly string[], settings: unknown): string {
  return `${shortened(words, READABLE) || 'group'}-${sha256(settings).slice(0, DIGEST)}`;
}

/** The word for a value in the ID of its group: numbers get the initial of their axis, as in `c5` for a count of 5. */
export function groupWord({ name: axis, listOf }: Axis, { name }: AxisValue): string {
  const initial = listOf && /^[0-9]/.test(name) ? (axis.split(/[_-]/).at(-1) ?? '').charAt(0) : '';
  return initial + name;
}

/** The word for a value in the name of its trials: values of lists get the name of their axis. */
export function trialWord({ name: axis, listOf }: Axis, { name }: AxisValue): string {
  return listOf ? `${axis}-${name}` : name;
}

/** A name of the words that is no longer than that of a trial, and that begins with a letter. */
export function trialName(words: readonly string[]): string {
  const whole = dnsWord(words.join('-'));
  const named = /^[a-z]/.test(whole) ? whole : `t-${whole}`;
  if (named.length <= LONGEST_TRIAL && whole !== '') return named;
  return withDigest(shortened(words, LONGEST_TRIAL - DIGEST - 3), words);
}

/** A name that another one has already. */
export function withDigest(name: string, words: readonly string[]): string {
  const named = /^[a-z]/.test(name) ? name : `t-${name}`;
  return `${named.slice(0, LONGEST_TRIAL - DIGEST - 1)}-${sha256(words).slice(0, DIGEST)}`;
}

/** The words, the longest of them cut until all fit. */
function shortened(words: readonly string[], most: number): string {
  const parts = words.map(dnsWord).filter((part) => part !== '');
  const length = () => parts.reduce((sum, part) => sum + part.length, parts.length - 1);
  while (length() > most) {
    const longest = parts.reduce((at, part, index) => (part.length >= (parts[at] as string).length ? index : at), 0);
    if ((parts[longest] as string).length <= 1) parts.pop();
    else parts[longest] = (parts[longest] as string).slice(0, -1);
  }
  return dnsWord(parts.join('-'));
}

function dnsWord(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
