import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { packageRoot } from '../package';
import { loadYaml } from '../yaml/yaml-file';
import { isBackup, isLeftover } from './files/leftovers';
import { catalogDirIsNoFolder, catalogDirUnreadable } from './messages/entry';

/** Which entries there are, and where. */
export interface CatalogIndex {
  /** Rendered by default. */
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

/** Folder of an entry; undefined if no entry has the name. A user's entry hides an example. */
export function entryFolder(index: CatalogIndex, name: string): string | undefined {
  if (index.users.includes(name)) return join(index.userDir, name);
  return [...index.builtIns, ...index.examples].includes(name) ? join(index.shippedDir, name) : undefined;
}

/** Whether the name is that of one of virtwork's own workloads, which are trusted. An entry of the user with such a name is not. */
export function isBuiltIn({ builtIns, users }: CatalogIndex, name: string): boolean {
  return builtIns.includes(name) && !users.includes(name);
}

export function entryNames(index: CatalogIndex): string[] {
  return [...new Set([...index.builtIns, ...index.examples, ...index.users])];
}

/** Names of the entries in the user's catalog. There are none if it is the shipped catalog, whose entries keep their kind. */
function entryFolders(dir: string, shippedDir: string): string[] {
  if (dir === shippedDir || !existsSync(dir)) return [];
  if (!statSync(dir).isDirectory()) throw new UserError([{ where: 'catalog_dir', message: catalogDirIsNoFolder(dir) }]);
  return filesIn(dir)
    .filter((file) => !file.isFile() && !/^[._]/.test(file.name) && !isLeftover(file.name) && !isBackup(file.name))
    .map((file) => file.name)
    .sort();
}

function filesIn(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    throw new UserError([{ where: 'catalog_dir', message: catalogDirUnreadable(dir, (error as NodeJS.ErrnoException).code) }]);
  }
}
