import type { Answer } from '../http/get';
import { badStatus, GARBAGE, incomplete, NO_RESULTS, NOT_YET, notResults, SILENT } from './messages';

/** Asks a guest for its state and its records from one on. */
export type Ask = (from: number) => Promise<Asked>;

/** An answer to read, or why there is none. */
export type Asked = { readonly body: Buffer; readonly isCut: boolean } | { readonly trouble: Trouble };

export interface Trouble {
  readonly kind: TroubleKind;
  readonly message: string;
}

/**
 * - unmeasured: the guest has no `/results`, or no health endpoint
 * - halted: the VM is stopped because its spec says so, or it was deleted
 * - stopped: the VM does not run, but should
 * - unreachable: the way that was taken does not lead to the guest
 * - forbidden: the account may not take that way
 * - silent: the guest does not answer yet
 * - other: the answer is not one of virtwork
 */
export type TroubleKind = 'unmeasured' | 'halted' | 'stopped' | 'unreachable' | 'forbidden' | 'silent' | 'other';

/** Limits of one answer. What does not fit is asked for again, from the first record that is missing. */
export const ANSWER_BOUNDS = { patience: 60_000, most: 8 << 20 } as const;

/** The path for the state and the records from one on. */
export function pathOf(from: number): string {
  return from <= 1 ? '/results' : `/results/${from}`;
}

/** Judges what the guest answered. */
export function asked({ status, headers, body, cut }: Answer): Asked {
  if (status === 200) {
    const type = String(headers['content-type'] ?? '');
    const isResults = /^application\/(x-)?gzip\b/.test(type) && headers['content-encoding'] === undefined;
    if (!isResults) return trouble('other', notResults(type));
    return { body, isCut: cut !== undefined };
  }
  if (status === 404) return trouble('unmeasured', NO_RESULTS);
  if (status === 503) return trouble('silent', NOT_YET);
  if (status !== 0) return trouble('other', badStatus(status));
  if (cut === 'not-http') return trouble('other', GARBAGE);
  return cut === 'silent' ? trouble('silent', SILENT) : trouble('other', incomplete(cut ?? ''));
}

export function trouble(kind: TroubleKind, message: string): { readonly trouble: Trouble } {
  return { trouble: { kind, message } };
}
