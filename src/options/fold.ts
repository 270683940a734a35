import type { Problem } from '../errors';
import { showScalar } from '../text/show';
import type { DocumentPath } from '../yaml/yaml-file';
import type { ConfigFile } from './config-file';
import { fromFolder } from './kinds';
import { unknownVariable } from './messages';
import type { Given, Origin } from './origin';
import { nearVariable, PREFIX } from './other-names';
import { present } from './present';
import { type OptionKey, type OptionSpec, specs, TABLE, type Values } from './table';
import { wrongValue } from './value-messages';

/** Variables by name. Not Node's type, so that library users do not need the types of Node. */
export type Environment = { readonly [name: string]: string | undefined };

/** The values of all options, and the source of each. */
export interface Folded {
  readonly values: Values;
  readonly origins: { readonly [K in OptionKey]: Origin };
  /** What all sources gave, including values that another source overrides; the first has priority. */
  readonly given: { readonly [K in OptionKey]: readonly Given[] };
}

export interface Unparsed extends Omit<Given, 'value'> {
  readonly raw: unknown;
}

/**
 * Flags > environment > file > defaults. Every value of every source is checked, also one that another source overrides: otherwise
 * its problem would appear on the day that the user omits the flag. An option that only the user may set is checked and then ignored
 * in a file that the user did not name.
 */
export function fold(flags: { readonly [flag: string]: unknown }, env: Environment, file: ConfigFile, problems: Problem[]): Folded {
  // Most options are not given, and an experiment has the options of hundreds of groups.
  const values = { ...nothing().values };
  const origins = { ...nothing().origins };
  const all = { ...nothing().given };
  for (const [key, spec, variable] of nothing().rows) {
    const isGiven = (spec.flag && flags[spec.flag] !== undefined) || (variable && env[variable]) || file.values[key] !== undefined;
    const found = isGiven ? sources(key, spec, flags, env, file) : [];
    if (found.length === 0) continue;
    const good = found.flatMap((source) => parse(spec, source, problems));
    const given = file.isFound && spec.byHand ? good.filter(({ origin }) => origin !== 'file') : good;
    const [first] = given;
    values[key] = first ? (spec.added ? added(given) : spec.merged ? merged(given) : first.value) : spec.fallback;
    origins[key] = first?.origin ?? 'default';
    all[key] = given;
  }
  return { values: values as unknown as Values, origins: origins as Folded['origins'], given: all as Folded['given'] };
}

const NOT_GIVEN: readonly Given[] = [];

/** The options if no source gives any, and the variable of each. */
interface Nothing {
  readonly rows: readonly (readonly [OptionKey, OptionSpec, variable: string | undefined])[];
  readonly values: { readonly [key: string]: unknown };
  readonly origins: { readonly [key: string]: Origin };
  readonly given: { readonly [key: string]: readonly Given[] };
}

let none: Nothing | undefined;

function nothing(): Nothing {
  none ??= {
    rows: specs().map(([key, spec]) => [key, spec, spec.env && PREFIX + spec.env] as const),
    values: Object.fromEntries(specs().map(([key, { fallback }]) => [key, fallback])),
    origins: Object.fromEntries(specs().map(([key]) => [key, 'default' as const])),
    given: Object.fromEntries(specs().map(([key]) => [key, NOT_GIVEN])),
  };
  return none;
}

/** Warnings for variables with the prefix that no option reads. They may belong to another program, so they are not errors. */
export function unknownVariables(env: Environment): string[] {
  const ours = Object.keys(env).filter((name) => name.startsWith(PREFIX));
  if (ours.length === 0) return [];
  const known = nothing().rows.flatMap(([, , variable]) => variable ?? []);
  return ours
    .filter((name) => !known.includes(name))
    .sort()
    .map((name) => unknownVariable(name, nearVariable(name, known)));
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
  // The command line reports an empty flag, and the lab passes an empty list if it gets no entry, which it reports itself.
  if (flag && flags[flag] !== undefined && flags[flag] !== '') {
    const all = [flags[flag]].flat();
    const raw = all.length > 1 && spec.kind.joint !== undefined ? all.join(spec.kind.joint) : all.at(-1);
    candidates.push({ origin: 'flag', raw, where: () => `flag --${flag}` });
  }
  // Shells and CI systems often set a variable to the empty string to mean that it is unset.
  if (spec.env && env[PREFIX + spec.env]) candidates.push({ origin: 'env', raw: env[PREFIX + spec.env], where: () => PREFIX + spec.env });
  const inFile = spec.notInFile ? undefined : file.values[key];
  if (inFile !== undefined) {
    const raw = fromFolder(spec.kind, inFile, file.folder);
    candidates.push({ origin: 'file', raw, where: placeInFile(file, [key], raw) });
  }
  return candidates;
}

/** The place of a value of the file, or of a part of it unless it is written as a string. */
export function placeInFile(file: ConfigFile, path: DocumentPath, raw: unknown): Given['where'] {
  return (at = []) => file.place(typeof raw === 'object' ? [...path, ...at] : path);
}

/** @returns what the source gave, or nothing if it is wrong */
export function parse({ kind }: Pick<OptionSpec, 'kind'>, { origin, raw, where }: Unparsed, problems: Problem[]): Given[] {
  const parsed = kind.parse(raw);
  if ('value' in parsed) return [{ origin, value: parsed.value, where }];
  for (const { must, got = showScalar(raw), at, hint } of [parsed, ...(parsed.others ?? [])]) {
    problems.push({ where: where(at), message: wrongValue(must, got), ...present('hint', hint) });
  }
  return [];
}

/**
 * The options of one workload: what is stated for it comes after flags and the environment and before the top level of the file; what a
 * flag or a variable states for it alone comes first.
 */
export function foldOwn(general: Folded, own: ReadonlyMap<OptionKey, readonly Given[]>): Folded {
  const values: { [key: string]: unknown } = { ...general.values };
  const origins: { [key: string]: Origin } = { ...general.origins };
  const all: { [key: string]: readonly Given[] } = { ...general.given };
  for (const [key, stated] of own) {
    const given = [...outside(stated), ...outside(general.given[key]), ...inFile(stated), ...inFile(general.given[key])];
    values[key] = (TABLE[key] as OptionSpec).merged ? merged(given) : given[0]?.value;
    origins[key] = given[0]?.origin ?? 'default';
    all[key] = given;
  }
  return { values: values as Values, origins: origins as Folded['origins'], given: all as Folded['given'] };
}

function inFile(given: readonly Given[]): readonly Given[] {
  return given.filter(({ origin }) => origin === 'file');
}

function outside(given: readonly Given[]): readonly Given[] {
  return given.filter(({ origin }) => origin !== 'file');
}

/** One map with the keys of all; the first has priority. */
function merged(given: readonly Given[]): object {
  return Object.assign({}, ...given.map(({ value }) => value as object).toReversed());
}

/** The values of flags are added to those of the environment or the file, of which the first has priority as always. */
function added(given: readonly Given[]): unknown[] {
  const fromFlag = given.find(({ origin }) => origin === 'flag')?.value as unknown[] | undefined;
  const other = given.find(({ origin }) => origin !== 'flag')?.value as unknown[] | undefined;
  return [...new Set([...(other ?? []), ...(fromFlag ?? [])])];
}
