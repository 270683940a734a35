import type { Problem } from '../errors';

/** What a verb gets from, and writes to, its surroundings. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Writes to stdout: only the result. */
  readonly out: (text: string) => void;
  /** Like {@link out}, for a result of any size: waits until the reader has taken it. */
  readonly stream: (pieces: Iterable<string>) => Promise<void>;
  /** Writes a result that is not text. */
  readonly bytes: (bytes: Buffer) => Promise<void>;
  /** Progress and warnings, on stderr. */
  readonly log: Log;
  /** Problems of the arguments, which the verb reports together with those that it finds. */
  readonly problems: readonly Problem[];
}

export interface Log {
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
  /** Only with --verbose. */
  readonly debug: (message: string) => void;
}

/** Flags as given, by long name; arguments by the placeholder of the verb, such as ENTRY. */
export type Args = { readonly [flag: string]: unknown };
