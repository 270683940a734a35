import { join } from 'node:path';
import { type Problem, UserError } from '../errors';
import { planOf } from '../load-plan';
import type { ConfigFile, FileTrial, FileWorkload } from '../options/config-file';
import { statedOptions } from '../options/load';
import { present } from '../options/present';
import type { Spell } from '../options/spell';
import { camel, type OptionKey, TABLE } from '../options/table';
import { packageRoot } from '../package';
import type { Plan } from '../plan/plan';
import { nearest } from '../text/suggest';
import type { DocumentPath } from '../yaml/yaml-file';
import { isNull, notOptions, notParams, notTrials, unknownOption } from './messages';

/** Values by their keys in the configuration file. */
export type Values = { readonly [key: string]: unknown };

/** Options that a program states. Their shape is checked at run time, because not every program is type-checked. */
export interface Stated {
  readonly common: Values;
  readonly workloads: { readonly [name: string]: Values };
  /** The name of an option for messages, by its path, e.g. `['workloads', 'cpu', 'memory']`. */
  readonly locate: (path: DocumentPath) => string;
  /** Problems found before, to be reported together with those found now. */
  readonly problems: readonly Problem[];
}

/** Steps of paths with their names in programs: `vm_count` → `vmCount`. */
function inProgram(step: string): string {
  return Object.hasOwn(TABLE, step) ? camel(step) : step;
}

/** How to set what only the command line has. */
const INSTEAD: { readonly [key in OptionKey]?: string } = { ssh_key_files: "sshAuthorizedKeys: ['ssh-ed25519 AAAA…']" };

/** An option as a program writes it: `memory: '4Gi'`; without a value its name alone. */
const asProperty: Spell = (key, value) => {
  const instead = INSTEAD[key];
  if (instead !== undefined || value === undefined) return instead ?? camel(key);
  const { type } = TABLE[key].kind.schema as { readonly type?: string };
  const literal = type === 'boolean' || type === 'integer' ? value : type === 'array' ? `['${value}']` : `'${value}'`;
  return `${camel(key)}: ${literal}`;
};

/** @returns the values of known options that are given; unknown ones are problems */
export function keyed(options: unknown, keys: { readonly [name: string]: string }, place: string, problems: Problem[]): Values {
  if (!isMap(options)) {
    problems.push({ where: place, ...notOptions(options) });
    return {};
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const where = place ? `${place}.${name}` : name;
    if (!Object.hasOwn(keys, name)) problems.push(unknown(name, Object.keys(keys), place));
    else if (value === null) problems.push({ where, ...isNull(name) });
  }
  return Object.fromEntries(given.flatMap(([name, value]) => (value !== null && Object.hasOwn(keys, name) ? [[keys[name], value]] : [])));
}

/**
 * The plan of these options alone; the environment and files are not read.
 * @throws UserError with every problem
 */
export function statedPlan({ common, workloads, locate, problems: before }: Stated): Plan {
  const problems = [...before];
  const inOptionNames = (path: DocumentPath) => locate(path.map((step) => (typeof step === 'string' ? inProgram(step) : step)));
  const read = Object.entries(workloads).map(([name, { params = {}, trials, ...settings }]): [string, FileWorkload] => [
    name,
    {
      settings,
      params: paramsOf(params, inOptionNames(['workloads', name, 'params']), problems),
      ...present('trials', trialsOf(trials, inOptionNames(['workloads', name, 'trials']), problems)),
    },
  ]);
  // The shipped catalog instead of the user's: what a program renders must not depend on who runs it.
  const values = { catalog_dir: join(packageRoot(), 'catalog'), ...common };
  const file: ConfigFile = { values, workloads: new Map(read), folder: process.cwd(), place: inOptionNames };
  const inNames = ({ where, ...problem }: Problem): Problem => ({ where: inProgram(where), ...problem });
  return restated(inNames, () => planOf(statedOptions(file, process.cwd(), problems, asProperty), problems, process.cwd()));
}

/** Adds the construct or call to the place of each problem. */
export function inPlace<T>(place: string, make: () => T): T {
  return restated(({ where, ...problem }) => ({ ...problem, where: where ? `${place}: ${where}` : place }), make);
}

function restated<T>(restate: (problem: Problem) => Problem, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof UserError ? new UserError(error.problems.map(restate), error.exitCode) : error;
  }
}

function trialsOf(trials: unknown, where: string, problems: Problem[]): FileTrial[] | undefined {
  if (trials === undefined) return undefined;
  if (isMap(trials))
    return Object.entries(trials).map(([name, params]) => ({ name, params: paramsOf(params, `${where}.${name}`, problems) }));
  problems.push({ where, ...notTrials(trials) });
  return undefined;
}

function paramsOf(params: unknown, where: string, problems: Problem[]): FileWorkload['params'] {
  if (!isMap(params)) {
    problems.push({ where, ...notParams(params) });
    return {};
  }
  const given = Object.entries(params).filter(([, raw]) => raw !== undefined);
  for (const [key, raw] of given) {
    if (raw === null) problems.push({ where: `${where}.${key}`, ...isNull(key) });
  }
  const usable = given.filter(([, raw]) => raw !== null);
  return Object.fromEntries(
    usable.map(([key, raw]) => [key, { raw: raw as never, origin: 'file' as const, source: () => `${where}.${key}` }]),
  );
}

function unknown(name: string, known: readonly string[], where: string): Problem {
  return { where, ...unknownOption(name, known, nearest(name, known)) };
}

function isMap(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
