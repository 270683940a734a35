import type { OptionKey } from '../options/table';
import type { Args, Context } from './context';

/** A flag of a verb. */
export interface Flag {
  /** For --help: a short imperative or noun phrase without a period at its end. */
  readonly describe: string;
  readonly alias?: string;
  readonly choices?: readonly string[];
  /** Messages must not show its value. @default they may */
  readonly secret?: true;
  /** May be given several times. @default once */
  readonly many?: true;
  /** Placeholder of its value. Absent: a switch, without a value. */
  readonly metavar?: string;
}

/** A command of the program, as in `virtwork synth`. */
export interface Verb {
  readonly name: string;
  /** For --help, like that of a flag. */
  readonly describe: string;
  /** Placeholder of the arguments, such as ENTRY; {@link Args} has them under this name. @default no arguments */
  readonly words?: string;
  /** Placeholder of the arguments after a `--`; {@link Args} has them under `--`. @default none */
  readonly rest?: string;
  readonly flags: { readonly [flag: string]: Flag };
  /** Options of the configuration that are flags of the verb. */
  readonly options: readonly OptionKey[];
  readonly examples?: readonly (readonly [command: string, what: string])[];
  /** @returns the exit code */
  readonly run: (args: Args, context: Context) => Promise<number>;
}

/** Verbs under a common first word, as in `virtwork lab up`. */
export interface VerbGroup {
  readonly name: string;
  readonly describe: string;
  readonly verbs: readonly (Verb | VerbGroup)[];
}
