import { secret } from '../options/kinds';
import { type OptionSpec, specs } from '../options/table';
import type { Flag, Verb } from './verb';

/** Every flag of a verb: its own, those of the options, and those of all verbs. */
export function flagsOf(verb: Verb): { readonly [flag: string]: Flag } {
  const options = specs()
    .filter(([key]) => verb.options.includes(key))
    .map(([, spec]): [string, Flag] => [
      spec.flag as string,
      {
        describe: isShown(spec) ? `${spec.describe} (default: ${String(spec.fallback)})` : spec.describe,
        ...(spec.alias ? { alias: spec.alias } : {}),
        ...(spec.added || spec.kind.metavar?.endsWith(',…') ? { many: true as const } : {}),
        ...(spec.kind === secret ? { secret: true as const } : {}),
        ...(spec.kind.metavar ? { metavar: spec.kind.metavar } : {}),
      },
    ]);
  return { ...verb.flags, ...Object.fromEntries(options), ...GLOBAL };
}

/** Whether the help shows the default: not one that is off or empty. */
function isShown({ fallback, describe }: OptionSpec): boolean {
  return !['false', '""', '[]', '{}', undefined].includes(JSON.stringify(fallback)) && !describe.includes('default:');
}

const GLOBAL: { readonly [flag: string]: Flag } = {
  'log-format': {
    metavar: 'FORMAT',
    choices: ['text', 'json'],
    describe: 'format of messages on stderr: text, or json with one object per line (default: text)',
  },
};
