import type { Problem } from '../errors';
import { formatPath } from '../schema/schema-errors';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';

/** A map as YAML has it. */
export type YamlMap = { readonly [key: string]: unknown };

/** A value of the file of an experiment, and where it is. */
export interface Piece {
  readonly value: unknown;
  readonly from: DocumentPath;
}

export function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** Position and name of a value, for problems: `rank.yaml:3:5: matrix.vm_count`. */
export function placeIn(file: YamlFile, path: DocumentPath): string {
  return `${file.locate(path)}: ${formatPath(path)}`;
}

export function problemAt(file: YamlFile, path: DocumentPath, text: Pick<Problem, 'message' | 'hint'>): Problem {
  return { where: placeIn(file, path), ...text };
}

/** The map at a key of a document; empty if it is anything else, which the schema reports. */
export function mapAt(data: unknown, key: string): YamlMap {
  const value = isMap(data) ? data[key] : undefined;
  return isMap(value) ? value : {};
}

/** The list at a key of a document; empty if it is anything else, which the schema reports. */
export function listAt(data: unknown, key: string): readonly unknown[] {
  const value = isMap(data) ? data[key] : undefined;
  return Array.isArray(value) ? value : [];
}

/** The values of a map, each with its place. */
export function piecesOf(map: YamlMap, from: DocumentPath): Map<string, Piece> {
  return new Map(Object.entries(map).map(([key, value]) => [key, { value, from: [...from, key] }]));
}
