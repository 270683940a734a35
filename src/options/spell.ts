import type { OptionKey } from './table';

/**
 * An option as the user writes it, for hints: `--memory 4Gi` on the command line, `memory: '4Gi'` in a program. Without a value the name
 * of the option alone.
 */
export type Spell = (key: OptionKey, value?: string) => string;
