import { ALL, wrongName } from '../catalog/entry-name';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import { nearest } from '../text/suggest';
import { instanceOfUnknown, namedLikeEntry, nothingSelected, workloadNotFound, wrongInstanceName } from './messages';

/** The names of the existing entries. */
export interface Known {
  /** The default set. */
  readonly defaults: readonly string[];
  readonly builtIns: readonly string[];
  /** Every name, including the user's entries. */
  readonly all: readonly string[];
}

/** A workload to render: an entry under its own name or another one. */
export interface Selected {
  readonly name: string;
  readonly entry: string;
}

type Selecting = Pick<Options, 'workloads' | 'fromCatalog' | 'settings'>;

/** The entry of a workload: the one that its settings state, or the one with its name. */
export function entryOf({ settings }: Pick<Options, 'settings'>, workload: string): string {
  return settings.get(workload)?.entry ?? workload;
}

/**
 * The workloads to render, in the order of rendering: those of built-in entries in the order of the catalog, then the others by entry; those
 * of one entry by their names, the one with the name of the entry first.
 */
export function selectWorkloads(options: Selecting, known: Known, found: { problems: Problem[]; warnings: Problem[] }): Selected[] {
  const base = options.workloads ?? (options.fromCatalog.length > 0 ? [] : known.defaults);
  const named = new Set([...base, ...options.fromCatalog].flatMap((name) => (name === ALL ? known.builtIns : [name])));
  const entries = new Set(known.all);
  for (const name of new Set([...named, ...options.settings.keys()])) {
    const problem = nameProblem(options, name, entries);
    if (problem) found.problems.push(problem);
    else if (entryOf(options, name) !== name && entries.has(name)) {
      found.warnings.push({ where: placeOf(options, name), ...namedLikeEntry(name, entryOf(options, name)) });
    }
  }
  const workloads = [...named].map((name) => ({ name, entry: entryOf(options, name) }));
  const selected = workloads.filter(({ name, entry }) => entries.has(entry) && options.settings.get(name)?.enabled !== false);
  if (selected.length === 0 && found.problems.length === 0) {
    found.problems.push({ where: '', ...nothingSelected(known.all) });
  }
  const rank = new Map(known.builtIns.map((name, index) => [name, index]));
  const rankOf = ({ entry }: Selected) => rank.get(entry) ?? rank.size;
  return selected.sort(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      compare(a.entry, b.entry) ||
      Number(b.name === b.entry) - Number(a.name === a.entry) ||
      compare(a.name, b.name),
  );
}

function nameProblem(options: Selecting, name: string, entries: ReadonlySet<string>): Problem | undefined {
  const stated = options.settings.get(name)?.entry;
  if (stated === undefined) {
    const { own, params } = options.settings.get(name) ?? {};
    return entries.has(name) ? undefined : notFound(name, [...entries], (own?.size ?? 0) + (params?.size ?? 0) > 0);
  }
  if (!entries.has(stated))
    return { where: placeOf(options, name), ...instanceOfUnknown(stated, [...entries], nearest(stated, [...entries])) };
  const must = name === stated ? undefined : wrongName(name);
  return must === undefined ? undefined : { where: placeOf(options, name), message: wrongInstanceName(name, must) };
}

/** Where the entry of a workload is stated. */
function placeOf({ settings }: Selecting, name: string): string {
  return settings.get(name)?.place?.('entry') ?? `workload ${name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The problem of an unknown name; see {@link workloadNotFound}. */
export function notFound(name: string, all: readonly string[], isInstance = false): Problem {
  return { where: '', ...workloadNotFound(name, all, nearest(name, all), isInstance) };
}
