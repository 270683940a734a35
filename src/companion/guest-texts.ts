import type { Answer } from '../http/get';
import { type Asked, trouble } from '../results/ask';
import { badStatus, GARBAGE, incomplete, SILENT } from '../results/messages';
import type { Protocol } from './guest-requests';
import { notServed, otherType } from './messages';

/** What the health endpoint of a guest serves as text. */
export type Text = 'metrics' | 'events';

const TYPES: { readonly [text in Text]: RegExp } = {
  metrics: /^text\/plain\b/,
  events: /^(application\/(x-)?(nd)?json|application\/jsonl|text\/plain)\b/,
};

/** The metrics and the events of guests. A text that is cut is no answer. */
export const TEXTS: Protocol<Text> = {
  paths: '/(metrics|events)',
  pathOf: (text) => `/${text}`,
  asked: judged,
};

function judged(answer: Answer, text: Text): Asked {
  const { status, headers, body, cut } = answer;
  if (status === 404) return trouble('unmeasured', notServed(text));
  if (status !== 200 && status !== 0) return trouble('other', badStatus(status));
  if (cut === 'not-http') return trouble('other', GARBAGE);
  if (cut !== undefined) return cut === 'silent' ? trouble('silent', SILENT) : trouble('other', incomplete(cut));
  const type = String(headers['content-type'] ?? '');
  return TYPES[text].test(type) ? { body, isCut: false } : trouble('other', otherType(text, type));
}
