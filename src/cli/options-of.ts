import { type OptionKey, specs } from '../options/table';
import type { Flag } from './verb';

/** The options for what only `synth` writes: the folder of the base, and the components in it. */
export const OF_FOLDER: readonly OptionKey[] = ['output_dir', 'components'];

/** The options that change what is rendered. */
export const GENERATION: readonly OptionKey[] = specs()
  .filter(([key, spec]) => spec.flag && !spec.companion && !OF_FOLDER.includes(key))
  .map(([key]) => key);

/** All options, for verbs that also access a cluster. */
export const COMPANION: readonly OptionKey[] = specs()
  .filter(([key, spec]) => spec.flag && !OF_FOLDER.includes(key))
  .map(([key]) => key);

/** The flag of every verb that reads the configuration. */
export const CONFIG_FLAG = {
  config: {
    metavar: 'FILE',
    many: true,
    describe: 'configuration file, or - for standard input; later files override earlier ones (default: virtwork.yaml if it exists)',
  },
} as const;

/** The flag that chooses a format of the result. The first one is the default. */
export function outputFlag(...formats: readonly [string, ...string[]]): Flag {
  const [fallback] = formats;
  const listed = `${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}`;
  return { alias: 'o', metavar: 'FORMAT', choices: formats, describe: `output format: ${listed} (default: ${fallback})` };
}
