import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { packageRoot } from '../package';
import { loadYaml } from '../yaml/yaml-file';
import { isBackup, isLeftover } from './files/leftovers';

/** Which entries there are, and where. */
export interface CatalogIndex {
  /** Rendered when nobody says what to render. */
  readonly defaults: readonly string[];
  /** The defaults and the opt-in ones. */
  readonly builtIns: readonly string[];
  readonly examples: readonly string[];
  /** Entries of the user's catalog, sorted. */
  readonly users: readonly string[];
  /** The catalog that ships with virtwork. */
  readonly shippedDir: string;
  readonly userDir: string;
}

const INDEX = 'index.yaml';

export function findCatalog(userDir: string): CatalogIndex {
  const shippedDir = join(packageRoot(), 'catalog');
  const index = loadYaml(readFileSync(join(shippedDir, INDEX), 'utf8')) as { default: string[]; 'opt-in': string[]; examples: string[] };
  const builtIns = [...index.default, ...index['opt-in']];
  return { defaults: index.default, builtIns, examples: index.examples, users: entryFolders(userDir, shippedDir), shippedDir, userDir };
}

/** Folder of an entry; undefined when there is no entry of that name. A user's entry hides an example. */
export function entryFolder(index: CatalogIndex, name: string): string | undefined {
  if (index.users.includes(name)) return join(index.userDir, name);
  return [...index.builtIns, ...index.examples].includes(name) ? join(index.shippedDir, name) : undefined;
}

/** Whether it is one of virtwork's own workloads, which are trusted; not an entry of the user's with the name of one. */
export function isBuiltIn({ builtIns, users }: CatalogIndex, name: string): boolean {
  return builtIns.includes(name) && !users.includes(name);
}

export function entryNames(index: CatalogIndex): string[] {
  return [...new Set([...index.builtIns, ...index.examples, ...index.users])];
}

/** The shipped catalog may be named as the user's: its entries then are what they always are. */
function entryFolders(dir: string, shippedDir: string): string[] {
  if (dir === shippedDir || !existsSync(dir)) return [];
  if (!statSync(dir).isDirectory())
    throw new UserError([{ where: 'catalog_dir', message: `must be a folder, got ${JSON.stringify(dir)}` }]);
  return filesIn(dir)
    .filter((file) => !file.isFile() && !/^[._]/.test(file.name) && !isLeftover(file.name) && !isBackup(file.name))
    .map((file) => file.name)
    .sort();
}

function filesIn(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    throw new UserError([
      { where: 'catalog_dir', message: `${JSON.stringify(dir)} cannot be read (${(error as NodeJS.ErrnoException).code})` },
    ]);
  }
}
