import { type CatalogIndex, entryNames, findCatalog } from './catalog/find';
import { openEntry } from './catalog/open-entry';
import type { Problems } from './catalog/problems';
import { sharedFiles } from './catalog/shipped/shared';
import { formatProblem, type Problem, UserError } from './errors';
import { readOptions, type Sources } from './options/load';
import type { Options } from './options/options';
import { accessProblems } from './plan/access';
import { buildPlan } from './plan/build';
import { nameTaken } from './plan/messages';
import { idleSettings } from './plan/no-effect';
import type { Plan } from './plan/plan';
import { notFound, selectWorkloads } from './plan/select';
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
 * @throws UserError with every problem
 */
export function planOf(options: Options, problems: readonly Problem[], cwd: string): Plan {
  const catalog = findCatalog(options.catalogDir);
  const findings: Problems = { problems: [...problems], warnings: [] };
  const known = { ...catalog, all: entryNames(catalog) };
  const selected = selectWorkloads(options, known, findings.problems);
  findings.problems.push(...takenNames(catalog, [...selected, ...(options.workloads ?? []), ...options.fromCatalog]));
  const entries = selected.flatMap((name) => openEntry(catalog, name, cwd, findings) ?? []);
  findings.problems.push(...unknownEntries(options, known.all), ...accessProblems(options, entries));
  // Params of workloads that are not rendered are checked too, as every value of every source is.
  for (const [name, settings] of options.settings) {
    if (!known.all.includes(name) || selected.includes(name)) continue;
    findings.warnings.push(...idleSettings(name, settings));
    const hasValues = settings.params.size > 0 || settings.trials !== undefined || settings.repeats !== undefined;
    const entry = hasValues ? openEntry(catalog, name, cwd, { problems: [], warnings: [] }) : undefined;
    if (entry) settle(entry, settings, findings.problems);
  }
  const plan = buildPlan(options, entries, sharedFiles(catalog.shippedDir), findings.problems);
  return { ...plan, warnings: [...plan.warnings, ...findings.warnings.map(formatProblem)] };
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
