import { resolve } from 'node:path';
import type { Problem } from '../errors';
import { showScalar } from '../text/show';
import type { ConfigFile } from './config-file';
import type { Origin } from './origin';
import { PREFIX, variableFor } from './other-names';
import { type OptionKey, type OptionSpec, specs, type Values } from './table';

/** Variables by name. Not the type of node: users of the library need none of its types. */
export type Environment = { readonly [name: string]: string | undefined };

/** The values of all options, and where each came from. */
export interface Folded {
  readonly values: Values;
  readonly origins: { readonly [K in OptionKey]: Origin };
  /** What all sources gave, also those that another one overrides; the first wins. */
  readonly given: { readonly [K in OptionKey]: readonly Given[] };
}

/** What one source gave. */
export interface Given {
  readonly origin: Origin;
  readonly value: unknown;
  /** For error texts; of an item of a list, or of the whole. */
  readonly where: (item?: number) => string;
}

interface Unparsed extends Omit<Given, 'value'> {
  readonly raw: unknown;
}

/**
 * Flags > environment > file > defaults. Every value of every source is checked, also the ones that another
 * source overrides: a problem that hides today shows up on the day the flag is left out. What a file that nobody named may
 * not decide is checked and then left out.
 */
export function fold(flags: { readonly [flag: string]: unknown }, env: Environment, file: ConfigFile, problems: Problem[]): Folded {
  const values: { [key: string]: unknown } = {};
  const origins: { [key: string]: Origin } = {};
  const all: { [key: string]: readonly Given[] } = {};
  for (const [key, spec] of specs()) {
    const good = sources(key, spec, flags, env, file).flatMap((source) => parse(spec, source, problems));
    const given = file.isFound && spec.byHand ? good.filter(({ origin }) => origin !== 'file') : good;
    const [first] = given;
    values[key] = first ? (spec.added ? added(given) : first.value) : spec.fallback;
    origins[key] = first?.origin ?? 'default';
    all[key] = given;
  }
  return { values: values as Values, origins: origins as Folded['origins'], given: all as Folded['given'] };
}

/** Names under the prefix that no option reads. They may belong to something else, so they are no problem. */
export function unknownVariables(env: Environment): string[] {
  const known = specs().flatMap(([, spec]) => (spec.env ? [PREFIX + spec.env] : []));
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .sort()
    .map((name) => `${name} is set but virtwork reads no such variable${variableFor(name, known)}`);
}

function sources(
  key: OptionKey,
  spec: OptionSpec,
  flags: { readonly [flag: string]: unknown },
  env: Environment,
  file: ConfigFile,
): Unparsed[] {
  const candidates: Unparsed[] = [];
  const { flag } = spec;
  if (flag && flags[flag] !== undefined) {
    const all = [flags[flag]].flat();
    const raw = all.length > 1 && spec.kind.joint !== undefined ? all.join(spec.kind.joint) : all.at(-1);
    candidates.push({ origin: 'flag', raw, where: () => `flag --${flag}` });
  }
  // An empty variable is how shells and CI systems say «unset».
  if (spec.env && env[PREFIX + spec.env]) candidates.push({ origin: 'env', raw: env[PREFIX + spec.env], where: () => PREFIX + spec.env });
  const inFile = spec.notInFile ? undefined : (file.values[key] ?? undefined);
  if (inFile !== undefined) {
    const raw = spec.kind.isPath && typeof inFile === 'string' && !inFile.startsWith('~') ? resolve(file.folder, inFile) : inFile;
    const where = (item?: number) => file.place(item === undefined || !Array.isArray(raw) ? [key] : [key, item]);
    candidates.push({ origin: 'file', raw, where });
  }
  return candidates;
}

function parse(spec: OptionSpec, { origin, raw, where }: Unparsed, problems: Problem[]): Given[] {
  const parsed = spec.kind.parse(raw);
  if ('value' in parsed) return [{ origin, value: parsed.value, where }];
  for (const { must, got = showScalar(raw), item } of [parsed, ...(parsed.others ?? [])]) {
    problems.push({ where: where(item), message: `must ${must}, got ${got}` });
  }
  return [];
}

/** What flags give stands beside what the environment or the file gives, of which the first wins as always. */
function added(given: readonly Given[]): unknown[] {
  const fromFlag = given.find(({ origin }) => origin === 'flag')?.value as unknown[] | undefined;
  const other = given.find(({ origin }) => origin !== 'flag')?.value as unknown[] | undefined;
  return [...new Set([...(other ?? []), ...(fromFlag ?? [])])];
}
