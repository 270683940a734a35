import { ALL } from '../catalog/entry-name';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import { nearest } from '../text/suggest';
import { nothingSelected, workloadNotFound } from './messages';

/** The names of the existing entries. */
export interface Known {
  /** The default set. */
  readonly defaults: readonly string[];
  readonly builtIns: readonly string[];
  /** Every name, including the user's entries. */
  readonly all: readonly string[];
}

/** The workloads to render, in the order of rendering: built-in workloads in their own order, then the others by name. */
export function selectWorkloads(
  options: Pick<Options, 'workloads' | 'fromCatalog' | 'settings'>,
  known: Known,
  problems: Problem[],
): string[] {
  const base = options.workloads ?? (options.fromCatalog.length > 0 ? [] : known.defaults);
  const named = [...base, ...options.fromCatalog].flatMap((name) => (name === ALL ? known.builtIns : [name]));
  for (const name of new Set([...named, ...options.settings.keys()])) {
    if (!known.all.includes(name)) problems.push(notFound(name, known.all));
  }
  const selected = [...new Set(named)].filter((name) => known.all.includes(name) && options.settings.get(name)?.enabled !== false);
  if (selected.length === 0 && problems.length === 0) {
    problems.push({ where: '', ...nothingSelected(known.all) });
  }
  return selected.sort((a, b) => rank(known, a) - rank(known, b) || (a < b ? -1 : 1));
}

/** The problem of an unknown name. */
export function notFound(name: string, all: readonly string[]): Problem {
  return { where: '', ...workloadNotFound(name, all, nearest(name, all)) };
}

function rank(known: Known, name: string): number {
  const index = known.builtIns.indexOf(name);
  return index < 0 ? known.builtIns.length : index;
}
