import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { copyFolder } from '../catalog/copy/copy-folder';
import { type Named, renaming } from '../catalog/copy/rename-entry';
import { wrongName } from '../catalog/entry-name';
import { type CatalogIndex, entryFolder, entryNames, findCatalog } from '../catalog/find';
import { isEntryPath } from '../catalog/open-entry';
import type { Problems } from '../catalog/problems';
import { readEntry } from '../catalog/read';
import { sharedFiles } from '../catalog/shipped/shared';
import { EXIT, type Problem, refuse, UserError } from '../errors';
import { isFolder as isThere } from '../files/make-folder';
import { shownPath } from '../files/shown-path';
import { readOptions } from '../options/load';
import { planEntry } from '../plan/build';
import { notFound } from '../plan/select';
import { shellWord } from '../text/shell-word';
import type { Args, Context } from './context';
import { ANOTHER_NAME, created, entryExists, entryNotWritten, folderNamed, noSourceEntry, wrongEntryName } from './messages';
import { CONFIG_FLAG } from './options-of';
import type { Verb } from './verb';

const TEMPLATE = '_template';
/** The name of the entry in the files of the template. */
const PLACE = 'my-benchmark';

export const newEntry: Verb = {
  name: 'new',
  describe: 'create a catalog entry from the template, or as a copy of another entry',
  words: 'NAME',
  flags: { ...CONFIG_FLAG, from: { metavar: 'ENTRY', describe: 'entry to copy, by its name or folder (default: a template)' } },
  options: ['catalog_dir', 'verbose'],
  examples: [
    ['virtwork new my-benchmark', 'create an entry that is valid and runs unchanged'],
    ['virtwork new my-db --from database', 'copy a workload under a new name'],
  ],
  run: runNew,
};

/** What the new entry is copied from. */
interface Source {
  readonly folder: string;
  readonly entry: Named;
}

async function runNew(args: Args, { env, cwd, problems: before, out }: Context): Promise<number> {
  const words = (args.NAME as string[] | undefined) ?? [];
  const { options, problems } = await readOptions({ flags: args, env, cwd, problems: before, makesCatalog: true });
  const catalog = findCatalog(options.catalogDir);
  problems.push(...nameProblems(words, catalog));
  const source = args.from === undefined ? template(catalog) : sourceOf(String(args.from), catalog, cwd, problems);
  refuse(problems);
  const [name = ''] = words;
  const folder = join(options.catalogDir, name);
  const shown = shownPath(folder, cwd);
  const shared = sharedFiles(catalog.shippedDir);
  const sharedPaths = shared.guestDisk(true).map(({ path }) => path);
  const check = (draft: string) => {
    const findings: Problems = { problems: [], warnings: [] };
    const entry = readEntry(draft, shown, false, findings);
    const problems = [...findings.problems, ...(entry ? planEntry(options, entry, shared).problems : [])];
    // The source is valid, so the new name causes the problem.
    refuse(problems.map((problem) => ({ ...problem, hint: ANOTHER_NAME })));
  };
  reportingErrors(folder, () =>
    copyFolder(source.folder, folder, renaming(source.entry, name, sharedPaths), shownPath(source.folder, cwd), check),
  );
  const where = args['catalog-dir'] === undefined ? '' : ` --catalog-dir ${shellWord(String(args['catalog-dir']))}`;
  const isShipped = options.catalogDir === catalog.shippedDir;
  const next = [
    `edit ${shellWord(join(shown, 'workload.yaml'))}`,
    ...(isShipped ? [`add ${name} to catalog/index.yaml`, `npm run check ${name}`] : [`virtwork validate ${name}${where}`]),
    `virtwork lab test ${shellWord(shown.includes('/') ? shown : `./${shown}`)}`,
    ...(isShipped ? [] : [`virtwork synth --from-catalog ${name}${where}`]),
  ];
  out(created(shown, next));
  return EXIT.done;
}

function nameProblems(words: readonly string[], catalog: CatalogIndex): Problem[] {
  const where = 'virtwork new';
  const [name = ''] = words;
  const must = words.length === 1 ? wrongName(name) : 'be given once';
  if (must !== undefined) {
    return [{ where, ...wrongEntryName(must, words.join(' ') || 'nothing') }];
  }
  return existsSync(join(catalog.userDir, name)) || entryNames(catalog).includes(name) ? [{ where, ...entryExists(name) }] : [];
}

function template({ shippedDir }: CatalogIndex): Source {
  return { folder: join(shippedDir, TEMPLATE), entry: { name: PLACE, packages: {}, storage: [] } };
}

/** An entry with problems is not copied. */
function sourceOf(from: string, catalog: CatalogIndex, cwd: string, problems: Problem[]): Source {
  const folder = folderOf(from, catalog, cwd, problems);
  const entry = folder && readEntry(folder, shownPath(folder, cwd), folder.startsWith(catalog.shippedDir), { problems, warnings: [] });
  return folder && entry ? { folder, entry } : template(catalog);
}

/** @returns undefined if there is no such entry; this is then added to the problems */
function folderOf(from: string, catalog: CatalogIndex, cwd: string, problems: Problem[]): string | undefined {
  const path = resolve(cwd, from);
  const isFolder = isThere(path);
  const where = 'flag --from';
  if (isEntryPath(from)) {
    if (isFolder) return path;
    problems.push({ where, ...noSourceEntry(from) });
    return undefined;
  }
  const folder = entryFolder(catalog, from);
  if (folder || from === '') return folder;
  const missing = { ...notFound(from, entryNames(catalog)), where };
  problems.push(isFolder && !missing.hint ? { ...missing, hint: folderNamed(shellWord(`./${basename(path)}`)) } : missing);
  return undefined;
}

/** A folder that cannot be written or read is not an internal error. */
function reportingErrors(folder: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code) throw error;
    throw new UserError([{ where: folder, ...entryNotWritten((error as Error).message) }]);
  }
}
