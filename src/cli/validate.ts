import { basename, dirname, resolve } from 'node:path';
import { type CatalogIndex, entryFolder, entryNames, findCatalog } from '../catalog/find';
import { isEntryPath } from '../catalog/open-entry';
import type { Problems } from '../catalog/problems';
import { readEntry } from '../catalog/read';
import { sharedFiles } from '../catalog/shipped/shared';
import { EXIT, formatProblem, UserError } from '../errors';
import { mayExist } from '../files/make-folder';
import { shownPath } from '../files/shown-path';
import { sizeProblems } from '../guest/user-data';
import { taken } from '../load-plan';
import { loadOptions } from '../options/load';
import { powerProblems } from '../plan/access';
import { planEntry } from '../plan/build';
import { notFound } from '../plan/select';
import type { Args, Context } from './context';
import { NO_SUCH_FOLDER, valid } from './messages';
import { CONFIG_FLAG } from './options-of';
import type { Verb } from './verb';

export const validate: Verb = {
  name: 'validate',
  describe: 'check catalog entries and report all their problems, without rendering',
  words: 'ENTRY',
  flags: CONFIG_FLAG,
  options: ['catalog_dir', 'from_catalog', 'verbose'],
  examples: [
    ['virtwork validate', 'all entries: those of virtwork and your own'],
    ['virtwork validate my-benchmark', 'one entry by its name'],
    ['virtwork validate ./my-benchmark', 'one entry by its folder'],
  ],
  run: runValidate,
};

async function runValidate(args: Args, { env, cwd, problems, out, log }: Context): Promise<number> {
  const options = await loadOptions({ flags: args, env, cwd, problems });
  const catalog = findCatalog(options.catalogDir);
  const asked = [...((args.ENTRY as string[] | undefined) ?? []), ...options.fromCatalog];
  const shared = sharedFiles(catalog.shippedDir);
  const findings: Problems = { problems: [], warnings: [] };
  const names = asked.length > 0 ? asked : [...entryNames(catalog), ...catalog.users.filter((name) => catalog.builtIns.includes(name))];
  const folders = [...new Set(names)].flatMap((name) => folderOf(catalog, name, cwd, findings));
  const good = folders.filter((folder) => {
    const name = basename(folder);
    if (!folder.startsWith(catalog.shippedDir) && catalog.builtIns.includes(name)) findings.problems.push(taken(name, dirname(folder)));
    const entry = readEntry(folder, shownPath(folder, cwd), false, findings);
    if (entry) {
      findings.warnings.push(...powerProblems(entry, options));
      const { workloads, problems: ofPlan } = planEntry(options, entry, shared);
      findings.problems.push(...ofPlan, ...workloads.flatMap(sizeProblems));
    }
    return entry !== undefined;
  });
  for (const warning of findings.warnings) log.warn(formatProblem(warning));
  if (findings.problems.length > 0) throw new UserError(findings.problems, EXIT.no);
  out(valid(good.length));
  return EXIT.done;
}

/** @param name of an entry of the catalog, or the path of a folder */
function folderOf(catalog: CatalogIndex, name: string, cwd: string, { problems }: Problems): string[] {
  const path = resolve(cwd, name);
  if (isEntryPath(name)) {
    if (mayExist(path)) return [path];
    problems.push({ where: name, message: NO_SUCH_FOLDER });
    return [];
  }
  const folder = entryFolder(catalog, name);
  if (folder) return [folder];
  problems.push(notFound(name, entryNames(catalog)));
  return [];
}
