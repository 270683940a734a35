import { join } from 'node:path';
import { type Problem, UserError } from '../errors';
import { planOf } from '../load-plan';
import type { ConfigFile, FileWorkload } from '../options/config-file';
import { statedOptions } from '../options/load';
import { specs } from '../options/table';
import { packageRoot } from '../package';
import type { Plan } from '../plan/plan';
import { show } from '../text/show';
import { nearest } from '../text/suggest';
import type { DocumentPath } from '../yaml/yaml-file';
import { COMMON, OF_WORKLOAD } from './options';

/** Values by their keys in the configuration file. */
export type Values = { readonly [key: string]: unknown };

/** Options that a program states, of any shape: not every program is type-checked. */
export interface Stated {
  readonly common: Values;
  readonly workloads: { readonly [name: string]: Values };
  /** The name of an option for error texts, by its path, e.g. `['workloads', 'cpu', 'memory']`. */
  readonly locate: (path: DocumentPath) => string;
  /** Faults found before, to be told together with those found now. */
  readonly problems: readonly Problem[];
}

const NAMES = new Map(Object.entries({ ...COMMON, ...OF_WORKLOAD }).map(([name, key]) => [key, name]));
const FLAGS = new Map(specs().flatMap(([key, { flag = '' }]) => (NAMES.has(key) ? [[flag, NAMES.get(key)]] : [])));

/** @returns the values of known options that are given; unknown ones are problems */
export function keyed(options: unknown, keys: { readonly [name: string]: string }, place: string, problems: Problem[]): Values {
  if (!isMap(options)) {
    problems.push({ where: place, message: `must be an object of options, got ${show(options)}` });
    return {};
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const where = place ? `${place}.${name}` : name;
    if (!Object.hasOwn(keys, name)) problems.push(unknown(name, Object.keys(keys), place));
    else if (value === null) problems.push({ where, message: 'must have a value, got null', hint: `omit ${name}` });
  }
  return Object.fromEntries(given.flatMap(([name, value]) => (value !== null && Object.hasOwn(keys, name) ? [[keys[name], value]] : [])));
}

/**
 * The plan of these options alone: neither the environment nor a file decides anything.
 * @throws UserError with every problem
 */
export function statedPlan({ common, workloads, locate, problems: before }: Stated): Plan {
  const problems = [...before];
  const inOptionNames = (path: DocumentPath) => locate(path.map((step) => NAMES.get(String(step)) ?? step));
  const read = Object.entries(workloads).map(([name, { params = {}, ...settings }]): [string, FileWorkload] => [
    name,
    { settings, params: paramsOf(params, inOptionNames(['workloads', name, 'params']), problems) },
  ]);
  // The shipped catalog in the place of one's own: what a program renders does not depend on who runs it.
  const values = { catalog_dir: join(packageRoot(), 'catalog'), ...common };
  const file: ConfigFile = { values, workloads: new Map(read), folder: process.cwd(), place: inOptionNames };
  return restated(named, () => planOf(statedOptions(file, process.cwd(), problems), problems, process.cwd()));
}

/** Says of each problem in which construct or call it is. */
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

function paramsOf(params: unknown, where: string, problems: Problem[]): FileWorkload['params'] {
  if (!isMap(params)) {
    problems.push({ where, message: `must be an object of values by key, got ${show(params)}` });
    return {};
  }
  const given = Object.entries(params).filter(([, raw]) => raw !== undefined);
  for (const [key, raw] of given) {
    if (raw === null) problems.push({ where: `${where}.${key}`, message: 'must have a value, got null', hint: `omit ${key}` });
  }
  const usable = given.filter(([, raw]) => raw !== null);
  return Object.fromEntries(
    usable.map(([key, raw]) => [key, { raw: raw as never, origin: 'file' as const, source: () => `${where}.${key}` }]),
  );
}

function unknown(name: string, known: readonly string[], where: string): Problem {
  const near = nearest(name, known);
  return { where, message: `unknown option ${JSON.stringify(name)}; there are ${known.join(', ')}`, ...(near ? { hint: near } : {}) };
}

/** A problem of the plan names keys of the configuration file and flags; in a program these have other names. */
function named({ where, message, hint }: Problem): Problem {
  const text = (words: string) => words.replaceAll(/--([a-z][a-z-]*[a-z])/g, (word, flag: string) => FLAGS.get(flag) ?? word);
  return { where: NAMES.get(where) ?? where, message: text(message), ...(hint === undefined ? {} : { hint: text(hint) }) };
}

function isMap(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
