import type { Entry } from './catalog/entry';
import { type CatalogIndex, entryNames, findCatalog } from './catalog/find';
import { openEntry } from './catalog/open-entry';
import type { Problems } from './catalog/problems';
import { type SharedFiles, sharedFiles } from './catalog/shipped/shared';
import { formatProblem, type Problem, UserError } from './errors';
import { readOptions, type Sources } from './options/load';
import type { Options } from './options/options';
import { accessProblems } from './plan/access';
import { buildPlan } from './plan/build';
import { instanceOf } from './plan/instance';
import { nameTaken } from './plan/messages';
import { idleSettings } from './plan/no-effect';
import type { Plan } from './plan/plan';
import { entryOf, notFound, selectWorkloads } from './plan/select';
import { settle } from './plan/trials';

/**
 * From configuration and catalog to a plan, in the same way for every command and for cdk8s.
 * @throws UserError with every problem of the sources, the selection and the selected entries
 */
export async function loadPlan(sources: Sources): Promise<{ options: Options; plan: Plan }> {
  const { options, problems } = await readOptions(sources);
  try {
    return { options, plan: planOf(options, problems, sources.cwd) };
  } catch (error) {
    throw error instanceof UserError ? new UserError(error.problems, error.exitCode, options.warnings) : error;
  }
}

/**
 * From options to a plan.
 * @param problems problems found before, to be reported together with those found now
 * @param cwd folder to which shown paths are relative
 * @param entries of the catalog, where several plans use the same ones
 * @throws UserError with every problem
 */
export function planOf(options: Options, problems: readonly Problem[], cwd: string, entries?: CatalogEntries): Plan {
  const { catalog, shared, open } = entries ?? catalogEntries(options.catalogDir, cwd);
  const findings: Problems = { problems: [...problems], warnings: [] };
  const known = { ...catalog, all: entryNames(catalog) };
  const selected = selectWorkloads(options, known, findings);
  const named = [...(options.workloads ?? []), ...options.fromCatalog].map((name) => entryOf(options, name));
  findings.problems.push(...takenNames(catalog, [...selected.map(({ entry }) => entry), ...named]));
  const instances = selected.flatMap(({ name, entry }) => {
    const found = open(entry, findings);
    return found ? [instanceOf(found, name)] : [];
  });
  findings.problems.push(...unknownEntries(options, known.all), ...accessProblems(options, instances));
  // Params of workloads that are not rendered are checked too, as every value of every source is.
  const rendered = new Set(selected.map(({ name }) => name));
  const unreported: Problems = { problems: [], warnings: [] };
  for (const [name, settings] of options.settings) {
    const entry = entryOf(options, name);
    if (!known.all.includes(entry) || rendered.has(name)) continue;
    findings.warnings.push(...idleSettings(name, settings));
    const { params, trials, repeats, seed } = settings;
    const hasValues = params.size > 0 || [trials, repeats, seed].some((each) => each !== undefined);
    const found = hasValues ? open(entry, unreported) : undefined;
    if (found) settle(instanceOf(found, name), settings, findings.problems);
  }
  const plan = buildPlan(options, instances, shared, findings.problems);
  return { ...plan, warnings: [...plan.warnings, ...findings.warnings.map(formatProblem)] };
}

/** A catalog, of which each entry is read only once: many workloads may be instances of the same one. */
export interface CatalogEntries {
  readonly catalog: CatalogIndex;
  readonly shared: SharedFiles;
  /**
   * @param findings gets what is found when the entry is read
   * @returns undefined for an unknown entry, or one with problems
   */
  readonly open: (name: string, findings: Problems) => Entry | undefined;
}

/** @param cwd folder to which shown paths are relative */
export function catalogEntries(catalogDir: string, cwd: string): CatalogEntries {
  const catalog = findCatalog(catalogDir);
  const opened = new Map<string, Entry | undefined>();
  return {
    catalog,
    shared: sharedFiles(catalog.shippedDir),
    open: (name, findings) => {
      if (!opened.has(name)) opened.set(name, openEntry(catalog, name, cwd, findings));
      return opened.get(name);
    },
  };
}

/** A misspelled name in `allow_access` would allow nothing, and later perhaps another entry. */
function unknownEntries({ allowAccess, place }: Options, all: readonly string[]): Problem[] {
  const unknown = allowAccess.filter((name) => !all.includes(name));
  return unknown.map((name) => ({ ...notFound(name, all), where: place('allow_access') }));
}

function takenNames(catalog: CatalogIndex, names: readonly string[]): Problem[] {
  return catalog.users
    .filter((name) => catalog.builtIns.includes(name) && names.includes(name))
    .map((name) => taken(name, catalog.userDir));
}

/** The problem of a user's entry with the name of a built-in one. */
export function taken(name: string, userDir: string): Problem {
  return { where: `${userDir}/${name}`, ...nameTaken(name) };
}
