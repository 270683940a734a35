import { ALL } from '../catalog/entry-name';
import { type CatalogIndex, entryNames, findCatalog } from '../catalog/find';
import { openEntry } from '../catalog/open-entry';
import { readOptions } from '../options/load';
import type { Options } from '../options/options';
import { type OptionKey, specs } from '../options/table';
import { SETTINGS } from '../options/workload-settings';
import { entryOf } from '../plan/select';
import type { Context } from './context';
import { folderOf } from './lab/places';
import type { Flag } from './verb';

/** The candidates for a word. */
export interface Answer {
  readonly found: readonly string[];
  /** What the shell adds: names of files or folders; or no space after the word, which goes on. */
  readonly also?: 'files' | 'dirs' | 'nospace';
}

/** The words before the cursor. */
export interface Line {
  readonly context: Context;
  /** Values of flags, by long name; empty for a switch. */
  readonly given: ReadonlyMap<string, string>;
  /** Arguments: words that are neither flags nor their values. */
  readonly words: readonly string[];
}

const PATHS: { readonly [metavar: string]: 'files' | 'dirs' } = { FILE: 'files', PATH: 'files', DIR: 'dirs' };
const SHELLS = ['bash', 'zsh', 'fish'];

/** @param current the part of the value that is written */
export async function flagValues(name: string, flag: Flag, current: string, line: Line): Promise<Answer> {
  const [key, spec] = specs().find(([, each]) => each.flag === name) ?? [];
  if (!flag.metavar) return { found: SWITCH };
  if (flag.choices) return { found: flag.choices };
  if (key && ENTRIES.includes(key)) {
    return listed(current, [...(await names(line)), ...(key === 'workloads' ? [ALL] : [])]);
  }
  if (key === 'params') return assigned(current, line, paramsOf);
  if (key === 'set') return assigned(current, line, () => SETTING_KEYS);
  if (flag.metavar === 'ENTRY') return entries(current, line);
  const paths = key === 'catalog_dir' || key === 'output_dir' ? 'dirs' : PATHS[flag.metavar.replace(/,…$/, '')];
  if (paths) return { found: [], also: paths };
  const { enum: words, items } = (spec?.kind.schema ?? {}) as Schema;
  return items?.enum ? listed(current, items.enum) : { found: words ?? [] };
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly enum?: readonly string[] };
}

const ENTRIES: readonly OptionKey[] = ['workloads', 'from_catalog', 'allow_access'];

/** @param what placeholder of the verb's arguments */
export async function wordValues(what: string | undefined, current: string, line: Line): Promise<Answer> {
  switch (what) {
    case 'ENTRY':
      return entries(current, line);
    case 'DIR':
      return { found: [], also: 'dirs' };
    case 'SHELL':
      return { found: line.words.length === 0 ? SHELLS : [] };
    case 'VM':
      return { found: vms(line).filter((name) => !line.words.includes(name)) };
    default:
      return { found: [] };
  }
}

/** Completes the last of several items separated by commas. */
function listed(current: string, all: readonly string[]): Answer {
  const head = current.slice(0, current.lastIndexOf(',') + 1);
  const before = head.split(',');
  return { found: all.filter((word) => !before.includes(word)).map((word) => head + word) };
}

/** Completes an entry by its name, or the path of its folder. */
async function entries(current: string, line: Line): Promise<Answer> {
  if (/[/.~]/.test(current)) return { found: [], also: 'dirs' };
  return { found: (await names(line)).filter((name) => !line.words.includes(name)) };
}

async function names(line: Line): Promise<string[]> {
  return entryNames((await readOf(line)).catalog);
}

/** What can be assigned: a key, and its values if they are known. */
interface Assignable {
  readonly key: string;
  readonly words: readonly string[];
}

/** Completes `workload.`, then `key=`, then a value if the values are known; after a comma, the next assignment. */
async function assigned(
  current: string,
  line: Line,
  keysOf: (workload: string, known: Read, line: Line) => readonly Assignable[],
): Promise<Answer> {
  const head = current.slice(0, current.lastIndexOf(',') + 1);
  const [, workload, key, value] = /^([^.=]+)\.([^=]*)(=.*)?$/s.exec(current.slice(head.length)) ?? [];
  const read = await readOf(line);
  if (workload === undefined) {
    const all = new Set([...entryNames(read.catalog), ...read.options.settings.keys()]);
    return { found: [...all].map((name) => `${head}${name}.`), also: 'nospace' };
  }
  const keys = keysOf(workload, read, line);
  if (value === undefined) return { found: keys.map((each) => `${head}${workload}.${each.key}=`), also: 'nospace' };
  const { words = [] } = keys.find((each) => each.key === key) ?? {};
  return { found: words.map((word) => `${head}${workload}.${key}=${word}`) };
}

function paramsOf(workload: string, { catalog, options }: Read, { context: { cwd } }: Line): Assignable[] {
  const params = openEntry(catalog, entryOf(options, workload), cwd, { problems: [], warnings: [] })?.params ?? [];
  return params.map(({ key, type, enum: words }) => ({ key, words: words ?? (type === 'bool' ? SWITCH : []) }));
}

const SWITCH = ['true', 'false'];
const SETTING_KEYS: readonly Assignable[] = Object.entries(SETTINGS).map(([key, { kind }]) => {
  const { enum: words, type } = kind.schema as Schema;
  return { key, words: words ?? (type === 'boolean' ? SWITCH : []) };
});

interface Read {
  readonly options: Options;
  readonly catalog: CatalogIndex;
}

/** The options and the catalog for the line: its folder may come from a flag, the environment or the configuration. */
async function readOf({ context: { env, cwd }, given }: Line): Promise<Read> {
  // A configuration on standard input cannot be read yet.
  const flags = Object.fromEntries(
    ['config', 'catalog-dir'].map((name) => [name, given.get(name)]).filter(([, value]) => value && value !== '-'),
  );
  const { options } = await readOptions({ flags, env, cwd, makesCatalog: true });
  return { options, catalog: findCatalog(options.catalogDir) };
}

function vms({ context, given }: Line): string[] {
  const args = given.has('lab-dir') ? { 'lab-dir': given.get('lab-dir') } : {};
  return folderOf(args, context).names();
}
