import type { YAMLException } from 'js-yaml';
import type * as Yaml from 'yaml';
import type { Problem } from '../errors';
import { KNOWN_YAML } from './known-yaml';
import { KEY_PROBLEM, loadWritten, writtenIn } from './written-yaml';

/** Path to a value within a document, as in `['workloads', 'cpu', 'vm_count']`. */
export type DocumentPath = readonly (string | number)[];

type Container = { readonly [key: string | number]: unknown };

export interface YamlFile {
  /** Name of the file as the user knows it. */
  readonly name: string;
  /** The document; `{}` when the file is empty. */
  readonly data: unknown;
  /** The value at a path with every scalar in it as the text that was written, see {@link writtenIn}. */
  written(path: DocumentPath): unknown;
  /** `file:line:column` of a value, or of the nearest thing around it. */
  locate(path: DocumentPath): string;
}

/**
 * Reads one YAML document.
 * @returns the file, or what is wrong with its text, with line and column
 */
export function parseYaml(name: string, text: string): YamlFile | Problem {
  try {
    const data = loadYaml(text) ?? {};
    return { name, data, written: (path) => written(data, path), locate: locatorOf(name, text) };
  } catch (error) {
    if ((error as Error).name !== 'YAMLException') throw error;
    const { mark, reason } = error as YAMLException;
    if (reason.includes(KEY_PROBLEM)) return { message: `is not YAML: ${KEY_PROBLEM}`, ...collectionKey(name, text) };
    return mark ? { where: position(name, mark), message: `is not YAML: ${unquoted(reason)}` } : { where: name, message: unquoted(reason) };
  }
}

/** An alias or a tag may be what should have been a password: `ssh_password: *secret`. */
function unquoted(reason: string): string {
  return reason.replace(/(["'`])(?:(?!\1).){2,}\1|!?<.*>/gs, '(not shown)').replace(/( is malformed): .*$/s, '$1');
}

/**
 * Reads one YAML document.
 * @returns undefined when it says nothing
 * @throws YAMLException
 */
export function loadYaml(text: string): unknown {
  if (KNOWN_YAML.has(text)) return KNOWN_YAML.get(text);
  if (isBlank(text)) return undefined;
  return loadWritten(text);
}

function written(data: unknown, path: DocumentPath): unknown {
  const [key, parent] = [path.at(-1), path.slice(0, -1).reduce((value, step) => (value as Container)[step], data)];
  return key === undefined ? data : writtenIn(parent as Container, key);
}

export { followsFromValues } from './written-yaml';

/** A file that holds nothing but comments says nothing, which is no problem. */
function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(#|---\s*$|$)/.test(line));
}

function position(name: string, mark: NonNullable<YAMLException['mark']>): string {
  return `${name}:${mark.line + 1}:${mark.column + 1}`;
}

/** Where a key is a list or a map, which js-yaml does not say. A placeholder without quotes is the usual cause. */
function collectionKey(name: string, text: string): { where: string; hint?: string } {
  if (text.length > LONGEST_LOCATED) return { where: name };
  const { parseDocument, LineCounter, visit, isCollection } = require('yaml') as typeof Yaml;
  const lineCounter = new LineCounter();
  let at = 0;
  visit(parseDocument(text, { lineCounter, uniqueKeys: false, schema: 'failsafe' }), {
    Pair: (_, { key }) => {
      if (!isCollection(key) || !key.range) return undefined;
      at = key.range[0];
      return visit.BREAK;
    },
  });
  const placeholder = /^\{\{[^{}\n]*\}\}/.exec(text.slice(Math.max(0, at - 1)))?.[0];
  const { line, col } = lineCounter.linePos(placeholder === undefined ? at : at - 1);
  return { where: `${name}:${line}:${col}`, ...(placeholder === undefined ? {} : { hint: `quote the value: "${placeholder}"` }) };
}

/** Characters of a text in which places are looked for: the reader that knows them takes long for long ones. */
const LONGEST_LOCATED = 1 << 18;

/** Only a faulty file pays for the slower reader that knows positions, and once. */
function locatorOf(name: string, text: string): YamlFile['locate'] {
  let places: ReadonlyMap<string, string> | undefined;
  return (path) => {
    if (text.length > LONGEST_LOCATED) return name;
    places ??= placesIn(name, text);
    for (let length = path.length; length > 0; length -= 1) {
      const place = places.get(placeKey(path.slice(0, length)));
      if (place !== undefined) return place;
    }
    return name;
  };
}

/** Where each value of the document begins: one in a map where its key does. */
function placesIn(name: string, text: string): Map<string, string> {
  const { parseDocument, LineCounter, isMap, isSeq, isNode } = require('yaml') as typeof Yaml;
  const lineCounter = new LineCounter();
  const places = new Map<string, string>();
  const add = (path: DocumentPath, at: unknown, value: unknown): void => {
    if (isNode(at) && at.range) {
      const { line, col } = lineCounter.linePos(at.range[0]);
      places.set(placeKey(path), `${name}:${line}:${col}`);
    }
    if (isMap(value)) for (const pair of value.items) add([...path, String(pair.key)], pair.key, pair.value);
    else if (isSeq(value)) for (const [index, item] of value.items.entries()) add([...path, index], item, item);
  };
  // Keys are looked up as they are written.
  add([], undefined, parseDocument(text, { lineCounter, uniqueKeys: false, schema: 'failsafe' }).contents);
  return places;
}

function placeKey(path: DocumentPath): string {
  return JSON.stringify(path.map(String));
}
