import { type OptionKey, specs } from '../options/table';

/** The options that decide about what is rendered. */
export const GENERATION: readonly OptionKey[] = specs()
  .filter(([, spec]) => spec.flag && !spec.companion)
  .map(([key]) => key);

/** All options, for verbs that talk to a cluster too. */
export const COMPANION: readonly OptionKey[] = specs()
  .filter(([, spec]) => spec.flag)
  .map(([key]) => key);

/** What every verb with a configuration takes. */
export const CONFIG_FLAG = {
  config: { metavar: 'FILE', describe: 'configuration file; - is standard input (default: virtwork.yaml if present)' },
} as const;
