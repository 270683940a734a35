import { isEmptyIn, replace } from './written-yaml';
import type { DocumentPath, YamlFile } from './yaml-file';

type YamlMap = { [key: string]: unknown };

/**
 * Several files as one, of which each overrides those before it: maps are merged by key, everything else is replaced, and `null` removes
 * a key. Positions are those in the file that states the value.
 * @param files at least one
 * @param idle gets the paths of keys that a file removes, although no file before it has them
 */
export function layered(files: readonly YamlFile[], idle: DocumentPath[]): YamlFile {
  const strongest = files.toReversed();
  const [last] = strongest as [YamlFile];
  const of = (path: DocumentPath) => {
    const depths = strongest.map((file) => depthOf(file.data, path));
    return strongest[depths.indexOf(Math.max(...depths))] as YamlFile;
  };
  return {
    name: last.name,
    data: files.map(({ data }) => data).reduce((below, above) => over(below, above, [], idle)),
    written: (path) => of(path).written(path),
    locate: (path) => of(path).locate(path),
  };
}

/** A file that overrides others, without the keys that it removes from them: what is left must be good without the others too. */
export function withoutRemovals(file: YamlFile): YamlFile {
  return { ...file, data: kept(file.data) };
}

function kept(value: unknown): unknown {
  if (!isMap(value)) return value;
  const copy: YamlMap = {};
  for (const [key, each] of Object.entries(value)) if (each !== null || isEmptyIn(value, key)) replace(copy, key, kept(each));
  return copy;
}

/** The number of steps of the path that a document has. */
function depthOf(data: unknown, path: DocumentPath): number {
  let value = data;
  for (const [depth, step] of path.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return depth;
    value = (value as YamlMap)[step];
  }
  return path.length;
}

/** A value over another one. A key without a value, which is an error for most keys, is like an empty map for a map. */
function over(below: unknown, above: unknown, path: DocumentPath, idle: DocumentPath[]): unknown {
  if (!isMap(below) || !isMap(above)) return above;
  const merged: YamlMap = {};
  for (const [key, value] of Object.entries(below)) replace(merged, key, value);
  for (const [key, value] of Object.entries(above)) {
    const known = Object.hasOwn(merged, key) ? merged[key] : undefined;
    const removes = value === null && !isEmptyIn(above, key);
    if (removes && known === undefined) idle.push([...path, key]);
    else if (removes) delete merged[key];
    else if (known === undefined || (value === null && !isMap(known))) replace(merged, key, value);
    else if (value !== null) replace(merged, key, over(known, value, [...path, key], idle));
  }
  return merged;
}

function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
