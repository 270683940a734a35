import { ALL } from '../catalog/entry-name';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import { didYouMean } from '../text/messages';
import { nearest } from '../text/suggest';

/** The entries there are, by name. */
export interface Known {
  /** The default set. */
  readonly defaults: readonly string[];
  readonly builtIns: readonly string[];
  /** Every name, user's entries included. */
  readonly all: readonly string[];
}

/** The workloads to render, in the order of rendering: built-in ones in their own order, then the others by name. */
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
    problems.push({ where: '', message: 'no workload is left to render', hint: `one of ${known.all.join(', ')}` });
  }
  return selected.sort((a, b) => rank(known, a) - rank(known, b) || (a < b ? -1 : 1));
}

export function notFound(name: string, all: readonly string[]): Problem {
  return { where: '', message: `workload not found: ${name}; there are ${all.join(', ')}`, ...hint(nearest(name, all)) };
}

function rank(known: Known, name: string): number {
  const index = known.builtIns.indexOf(name);
  return index < 0 ? known.builtIns.length : index;
}

function hint(near: string | undefined): { hint?: string } {
  return near === undefined ? {} : { hint: didYouMean(near) };
}
