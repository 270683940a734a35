import type { OptionKey } from '../options/table';
import type { Args, Context } from './context';

/** A flag that belongs to one verb and is no option of the configuration. */
export interface Flag {
  readonly describe: string;
  readonly alias?: string;
  readonly choices?: readonly string[];
  /** No message shows its value. */
  readonly secret?: true;
  /** May be given several times. */
  readonly many?: true;
  /** Placeholder of its value. Absent: a switch. */
  readonly metavar?: string;
}

export interface Verb {
  readonly name: string;
  readonly describe: string;
  /** What the words after the verb are, e.g. ENTRY; they arrive under this name. @default none are taken */
  readonly words?: string;
  /** What the words after a `--` are; they arrive under `--`. @default none are taken */
  readonly rest?: string;
  readonly flags: { readonly [flag: string]: Flag };
  /** Options of the configuration that the verb takes as flags. */
  readonly options: readonly OptionKey[];
  readonly examples?: readonly (readonly [command: string, what: string])[];
  /** @returns the exit code */
  readonly run: (args: Args, context: Context) => Promise<number>;
}

/** Verbs of one subject, as in `virtwork lab up`. */
export interface VerbGroup {
  readonly name: string;
  readonly describe: string;
  readonly verbs: readonly (Verb | VerbGroup)[];
}
