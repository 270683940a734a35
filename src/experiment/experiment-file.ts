import { basename, resolve } from 'node:path';
import { type EntryExperiment, entryExperiments } from '../catalog/experiments';
import type { CatalogIndex } from '../catalog/find';
import { type Problem, refuse } from '../errors';
import { shownPath } from '../files/shown-path';
import { isDnsLabel } from '../kubernetes/dns-label';
import { absolutePaths, type Layer, layersOf, readNamed } from '../options/config-file';
import { NOTHING_REMOVED } from '../options/messages';
import { wrongValue } from '../options/value-messages';
import { NO_MERGE_KEYS } from '../schema/messages';
import { schemaProblems, shapeErrors } from '../schema/schema-errors';
import { show } from '../text/show';
import { nearest } from '../text/suggest';
import { layered } from '../yaml/layered-file';
import { replace } from '../yaml/written-yaml';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';
import { validate } from './experiment-validator';
import { NO_NAME_HINT, placeholder, takenName, unknownPreset, WRONG_NAME } from './messages';
import { isMap, mapAt, placeIn, problemAt } from './source';

/** The file of an experiment with those that it extends, as one. Its shape is checked. */
export interface ExperimentFile {
  readonly name: string;
  readonly file: YamlFile;
}

/** `ENTRY/NAME`, as no path of a YAML file is. */
const PRESET = /^[a-z0-9][-a-z0-9]*\/[a-z0-9][-a-z0-9]*$/;
const WHERE = 'argument FILE';
const LONGEST_NAME = 40;
/** Folders that a base has next to those of experiments. */
const TAKEN = ['components'];

/**
 * @param given path of the file, or the name of an experiment of the catalog
 * @param cwd start of relative paths
 * @param problems gets those of its shape
 * @throws UserError if a file cannot be read
 */
export function readExperiment(given: string, catalog: CatalogIndex, cwd: string, problems: Problem[]): ExperimentFile {
  const byName = presets(catalog);
  const found = byName(given);
  if (found && 'message' in found) refuse([...problems, { where: WHERE, ...found }]);
  const path = found && 'path' in found ? found.path : resolve(cwd, given);
  const shown = shownPath(path, cwd);
  const text = readNamed(shown, path, problems, WHERE);
  const layers = text === undefined ? [] : layersOf({ name: shown, path, text }, { cwd, problems, open: [], byName });
  // Without what it extends, nothing in the file can be judged.
  refuse(problems);
  const file = combined(layers, entryExperiments(catalog), problems);
  const merges = mergeKeys(file.data, []);
  problems.push(...merges.map((path) => ({ where: file.locate(path), ...NO_MERGE_KEYS })));
  const merged = new Set(merges.map((path) => JSON.stringify(path.slice(0, -1))));
  problems.push(...schemaProblems(file, shapeErrors(file, validate), (path) => merged.has(JSON.stringify(path))));
  const open = placeholders(file, file.data, []);
  // What is said of the text of a placeholder, or of a map without what it refers to, would only confuse.
  if (!isMap(file.data) || open.length + merges.length > 0) refuse([...problems, ...open]);
  return { name: nameOf(file, path, problems), file };
}

/** What an experiment of the catalog cannot know, as in `<storage class of local volumes>`. */
const PLACEHOLDER = /^<[^<>]+>$/;

function placeholders(file: YamlFile, value: unknown, path: DocumentPath): Problem[] {
  if (typeof value === 'string') return PLACEHOLDER.test(value) ? [problemAt(file, path, placeholder(value))] : [];
  if (typeof value !== 'object' || value === null) return [];
  const parts = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return parts.flatMap(([key, each]) => placeholders(file, each, [...path, key]));
}

/** Removes the merge keys of all maps, also of those in which any key may be. @returns their paths */
function mergeKeys(value: unknown, path: DocumentPath): DocumentPath[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isMap(value) && Object.hasOwn(value, MERGE) ? [[...path, MERGE]] : [];
  if (own.length > 0) delete (value as { [key: string]: unknown })[MERGE];
  const parts = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [...own, ...parts.flatMap(([key, each]) => mergeKeys(each, [...path, key]))];
}

const MERGE = '<<';

/** Entries by another name that people look for. */
const ALSO: { readonly [name: string]: string } = { pgbench: 'database' };

/** Finds the experiments of the catalog by their names. */
function presets(catalog: CatalogIndex) {
  let known: readonly EntryExperiment[] | undefined;
  return (given: string): { readonly path: string } | Omit<Problem, 'where'> | undefined => {
    if (!PRESET.test(given)) return undefined;
    known ??= entryExperiments(catalog);
    const names = known.map(({ name }) => name);
    const [entry = '', which = ''] = given.split('/');
    const wanted = [given, `${Object.hasOwn(ALSO, entry) ? ALSO[entry] : entry}/${which}`];
    const preset = known.find(({ name }) => wanted.includes(name));
    return preset ? { path: preset.path } : unknownPreset(given, names, nearest(given, names));
  };
}

/** Each file has its relative paths absolute, and an experiment of the catalog measures the entry that has it. */
function combined(layers: readonly Layer[], known: readonly EntryExperiment[], problems: Problem[]): YamlFile {
  for (const { file, path, folder } of layers) {
    const preset = known.find((each) => each.path === path);
    if (preset && isMap(file.data) && file.data.workload === undefined) replace(file.data, 'workload', preset.entry);
    absolutePaths(mapAt(file.data, 'settings'), folder);
    absolutePaths(isMap(file.data) ? { workloads: file.data.workloads } : {}, folder);
    for (const axis of Object.values(mapAt(file.data, 'matrix')))
      for (const value of isMap(axis) ? Object.values(axis) : []) absolutePaths(value, folder);
  }
  const idle: DocumentPath[] = [];
  const file = layered(
    layers.map((layer) => layer.file),
    idle,
  );
  problems.push(...idle.map((path) => ({ where: placeIn(file, path), ...NOTHING_REMOVED })));
  return file;
}

/** The name that the file states, or its own without the extension. */
function nameOf({ data, ...file }: YamlFile, path: string, problems: Problem[]): string {
  const stated = isMap(data) ? data.name : undefined;
  const name = typeof stated === 'string' ? stated : basename(path).replace(/\.ya?ml$/, '');
  const at = { ...file, data };
  if (!isDnsLabel(name) || name.length > LONGEST_NAME) {
    const wrong = { message: wrongValue(WRONG_NAME, show(name)), ...(stated === undefined ? { hint: NO_NAME_HINT } : {}) };
    problems.push(problemAt(at, ['name'], wrong));
  } else if (TAKEN.includes(name)) problems.push(problemAt(at, ['name'], { message: wrongValue(takenName(TAKEN), show(name)) }));
  return name;
}
