import { load, loadAll } from 'js-yaml';
import { Document, isCollection, visit } from 'yaml';
import { labels, PAIR, ROLE, WORKLOAD } from '../../src/kubernetes/labels';
import { runId } from '../../src/kubernetes/run-id';

/** Maximum length, in characters, of a map or list that is written on one line. */
const ONE_LINE = 110;
const ELIDED = '…';
/** Kinds that a workload has for each role. Objects of other kinds are written in full. */
const KINDS_OF_ROLES = ['Secret', 'VirtualMachine'];

interface Labels {
  [key: string]: string;
}
// biome-ignore lint/suspicious/noExplicitAny: rendered objects of any kind
type Any = any;

/**
 * The objects of a rendered file in a form that is short enough to review. It has every value, with these exceptions:
 *
 * - maps and lists are on one line where they fit,
 * - user data is shown as a map, without comments and the text of units, programs and their data, which are files of the catalog,
 * - further Secrets and VMs are shown as differences from the first one in the file,
 * - labels that every object of a workload has are omitted: the recommended labels and the run ID.
 *
 * Other tests check the exact text: dist/ is compared byte for byte, and test/synth/stamp.test.ts compares with js-yaml.
 */
export function compact(text: string): string {
  const objects = objectsOf(text);
  const firsts = KINDS_OF_ROLES.map((kind) => objects.find((object) => object.kind === kind));
  return objects
    .map((object) => {
      const first = firsts.find((each) => each?.kind === object.kind) ?? object;
      return document(object === first ? object : unlike(first, object));
    })
    .join('---\n');
}

/** The changes by an option, by object and field: the values without and with the option. */
export function changes(before: string, after: string): string {
  const [was, is] = [before, after].map((text) => new Map(objectsOf(text).map((object) => [nameOf(object), object])));
  const names = [...new Set([...(was as Objects).keys(), ...(is as Objects).keys()])];
  const found = names.map((name) => [name, change(was?.get(name), is?.get(name))] as const);
  return document(Object.fromEntries(found.filter(([, each]) => Object.keys(each).length > 0)));
}

function change(was: Any, is: Any): Any {
  return was && is ? Object.fromEntries(differences(was, is)) : { was: was ?? 'nothing', is: is ?? 'nothing' };
}

type Objects = ReadonlyMap<string, Any>;

/** An object as its differences from the first object of its kind. */
function unlike(first: Any, object: Any): Any {
  const fields = differences(first, object).map(([path, { is }]) => [path, is]);
  return { [`${nameOf(object)} is like ${nameOf(first)} with`]: Object.fromEntries(fields) };
}

function differences(was: Any, is: Any, path: readonly string[] = []): [string, { readonly was: Any; readonly is: Any }][] {
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  if (!areAlike(was, is)) return [[path.join('.'), { was: was ?? 'nothing', is: is ?? 'nothing' }]];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return keys.flatMap((key) => differences(was[key], is[key], [...path, key]));
}

/** Whether the values are two maps, or two lists of the same length. */
function areAlike(a: Any, b: Any): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return Array.isArray(a) ? Array.isArray(b) && a.length === b.length : !Array.isArray(b);
}

function objectsOf(text: string): Any[] {
  return (loadAll(text) as Any[]).map((object) => shortened(object));
}

function nameOf({ kind, metadata }: Any): string {
  return metadata?.name ? `${kind}/${metadata.name}` : kind;
}

function document(object: Any): string {
  const written = new Document(object, { aliasDuplicateObjects: false });
  visit(written, (key, node) => {
    if (key !== null && isCollection(node) && fits(node.toJS(written))) node.flow = true;
  });
  return written.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function fits(value: unknown): boolean {
  const text = JSON.stringify(value);
  return text.length <= ONE_LINE && !text.includes('\\n');
}

function shortened(value: Any, key = ''): Any {
  if (Array.isArray(value)) return value.map((item) => shortened(item));
  if (typeof value === 'string' && value.includes('\n')) return value.startsWith('#cloud-config\n') ? cloudConfig(load(value)) : ELIDED;
  if (typeof value !== 'object' || value === null) return value;
  if (key === 'labels') return ownLabels(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shortened(item, name)]));
}

/** The labels by which objects are selected, and all other labels without their usual value. */
function ownLabels(all: Labels): Labels {
  if (all[WORKLOAD] === undefined) return all;
  const usual = labels({ workload: all[WORKLOAD], runId: runId('virtwork') });
  const kept = Object.entries(all).filter(([key, value]) => [WORKLOAD, ROLE, PAIR].includes(key) || usual[key] !== value);
  const missing = Object.keys(usual).filter((key) => all[key] === undefined);
  return Object.fromEntries([...kept, ...missing.map((key) => [key, 'MISSING'])]);
}

function cloudConfig(config: Any): Any {
  const { write_files: files = [], runcmd = [], ...others } = config;
  return {
    ...others,
    write_files: Object.fromEntries(files.map((file: Any) => [`${file.path} ${file.permissions}${owner(file)}`, content(file)])),
    runcmd: runcmd.map((words: Any) =>
      Array.isArray(words) ? words.map((word) => (word.includes('\n') ? ELIDED : word)).join(' ') : words,
    ),
  };
}

function owner({ owner: name }: Any): string {
  return name ? ` ${name}` : '';
}

function content({ path, content: text }: Any): unknown {
  if (/^\/(usr\/local\/(bin|lib\/[^/]+)|etc\/systemd\/system)\/[^/]+$/.test(path)) return ELIDED;
  const lines = text.split('\n').filter((line: string) => line !== '' && !line.startsWith('#'));
  return lines.length === 1 ? lines[0] : lines;
}
