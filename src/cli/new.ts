import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wrongName } from '../catalog/check';
import { entryNames, findCatalog } from '../catalog/find';
import { shownPath } from '../catalog/read';
import { EXIT, UserError } from '../errors';
import { makeFolder } from '../make-folder';
import { loadOptions } from '../options/load';
import type { Args, Context } from './context';
import { CONFIG_FLAG } from './options-of';
import type { Verb } from './verb';

const TEMPLATE = '_template';
/** Stands in the template's names and texts for the name of the entry. */
const PLACE = 'my-benchmark';

export const newEntry: Verb = {
  name: 'new',
  describe: 'make a new catalog entry from the template',
  words: 'NAME',
  flags: CONFIG_FLAG,
  options: ['catalog_dir', 'verbose'],
  examples: [['virtwork new my-benchmark', 'an entry that validates and runs as it is']],
  run: runNew,
};

async function runNew(args: Args, { env, cwd, problems, out }: Context): Promise<number> {
  const options = await loadOptions({ flags: args, env, cwd, problems, makesCatalog: true });
  const words = (args.NAME as string[] | undefined) ?? [];
  const catalog = findCatalog(options.catalogDir);
  const [name = ''] = words;
  const must = words.length === 1 ? wrongName(name) : 'be given once';
  if (must !== undefined) {
    throw new UserError([
      {
        where: 'virtwork new',
        message: `the name of an entry must ${must}, got ${words.join(' ') || 'nothing'}`,
        hint: `virtwork new ${PLACE}`,
      },
    ]);
  }
  const folder = join(options.catalogDir, name);
  if (existsSync(folder) || entryNames(catalog).includes(name)) {
    throw new UserError([{ where: 'virtwork new', message: `there is an entry called ${name} already`, hint: 'another name' }]);
  }
  copyTemplate(join(catalog.shippedDir, TEMPLATE), folder, name);
  const shown = shownPath(folder, cwd);
  const where = args['catalog-dir'] === undefined ? '' : ` --catalog-dir ${String(args['catalog-dir'])}`;
  const next = [
    `edit ${join(shown, 'workload.yaml')}`,
    `virtwork validate ${name}${where}`,
    `virtwork lab test ${shown.includes('/') ? shown : `./${shown}`}`,
    `virtwork synth --from-catalog ${name}${where}`,
  ];
  out(`made ${shown}\nnext: ${next.join(', then ')}\n`);
  return EXIT.done;
}

/** Complete or not at all: made under another name, then moved. */
function copyTemplate(template: string, folder: string, name: string): void {
  const draft = `${folder}.${process.pid}`;
  try {
    makeFolder(draft);
    cpSync(template, draft, { recursive: true });
    rename(draft, name);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!(error as NodeJS.ErrnoException).code) throw error;
    throw new UserError([{ where: folder, message: `cannot be written: ${(error as Error).message}`, hint: 'another --catalog-dir' }]);
  }
}

function rename(folder: string, name: string): void {
  for (const file of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, file.name.replaceAll(PLACE, name));
    if (path !== join(folder, file.name)) renameSync(join(folder, file.name), path);
    if (file.isDirectory()) rename(path, name);
    else writeFileSync(path, readFileSync(path, 'utf8').replaceAll(PLACE, name));
  }
}
