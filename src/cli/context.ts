import type { Problem } from '../errors';

/** The outside world of a verb. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The product and nothing else. */
  readonly out: (text: string) => void;
  /** Like {@link out}, for a product of any size: waits until the reader has taken it. */
  readonly stream: (pieces: Iterable<string>) => Promise<void>;
  /** Progress and warnings, on stderr. */
  readonly log: Log;
  /** What is wrong with the words of the command line; told together with what else is wrong. */
  readonly problems: readonly Problem[];
}

export interface Log {
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
  /** Only with --verbose. */
  readonly debug: (message: string) => void;
}

/** Flags as given, by long name. */
export type Args = { readonly [flag: string]: unknown };
