import type { YAMLException } from 'js-yaml';
import type * as Yaml from 'yaml';
import type { Problem } from '../errors';
import { KNOWN_YAML } from './known-yaml';
import { KEY_IS_COLLECTION, NOT_SHOWN, notYaml, quotePlaceholder } from './messages';
import { loadWritten, writtenIn } from './written-yaml';

/** Path to a value within a document, as in `['workloads', 'cpu', 'vm_count']`. */
export type DocumentPath = readonly (string | number)[];

type Container = { readonly [key: string | number]: unknown };

export interface YamlFile {
  /** Name of the file, for messages. */
  readonly name: string;
  /** The document; `{}` if the file is empty. */
  readonly data: unknown;
  /** The value at a path with every scalar in it as a string, as written; see {@link writtenIn}. */
  written(path: DocumentPath): unknown;
  /** `file:line:column` of a value, or of the nearest list or map around it. */
  locate(path: DocumentPath): string;
}

/**
 * Reads one YAML document.
 * @returns the file, or the problem of its text, with line and column
 */
export function parseYaml(name: string, text: string): YamlFile | Problem {
  try {
    const data = loadYaml(text) ?? {};
    return { name, data, written: (path) => written(data, path), locate: locatorOf(name, text) };
  } catch (error) {
    if ((error as Error).name !== 'YAMLException') throw error;
    const { mark, reason } = error as YAMLException;
    if (reason.includes(KEY_IS_COLLECTION)) return { message: notYaml(KEY_IS_COLLECTION), ...collectionKey(name, text) };
    return mark ? { where: position(name, mark), message: notYaml(unquoted(reason)) } : { where: name, message: unquoted(reason) };
  }
}

/** The reason without quoted input: an alias or a tag may be a password without quotes, as in `ssh_password: *secret`. */
function unquoted(reason: string): string {
  return reason.replace(/(["'`])(?:(?!\1).){2,}\1|!?<.*>/gs, NOT_SHOWN).replace(/( is malformed): .*$/s, '$1');
}

/**
 * Reads one YAML document.
 * @returns undefined if it is empty
 * @throws YAMLException
 */
export function loadYaml(text: string): unknown {
  const known = KNOWN_YAML.get(text);
  if (known !== undefined) return JSON.parse(known);
  if (isBlank(text)) return undefined;
  return loadWritten(text);
}

function written(data: unknown, path: DocumentPath): unknown {
  const [key, parent] = [path.at(-1), path.slice(0, -1).reduce((value, step) => (value as Container)[step], data)];
  return key === undefined ? data : writtenIn(parent as Container, key);
}

export { followsFromValues } from './written-yaml';

/** Whether a file has only comments and blank lines, which is not an error. */
function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(#|---\s*$|$)/.test(line));
}

function position(name: string, mark: NonNullable<YAMLException['mark']>): string {
  return `${name}:${mark.line + 1}:${mark.column + 1}`;
}

/** The position of a key that is a list or a map, which js-yaml does not report. A placeholder without quotes is the usual cause. */
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
  return { where: `${name}:${line}:${col}`, ...(placeholder === undefined ? {} : { hint: quotePlaceholder(placeholder) }) };
}

/** Maximum characters of a text for which positions are determined, because the parser with positions is slow. */
const LONGEST_LOCATED = 1 << 18;

/** Only a file with problems is parsed with positions, which is slower, and only once. */
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

/** The start of each value of the document; of a value in a map, the start of its key. */
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
  // Keys are looked up as written.
  add([], undefined, parseDocument(text, { lineCounter, uniqueKeys: false, schema: 'failsafe' }).contents);
  return places;
}

function placeKey(path: DocumentPath): string {
  return JSON.stringify(path.map(String));
}
