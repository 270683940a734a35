import type { YAMLException } from 'js-yaml';
import type { Problem } from './errors';
import { KNOWN_YAML } from './known-yaml';

/** Path to a value within a document, as in `['workloads', 'cpu', 'vm_count']`. */
export type DocumentPath = readonly (string | number)[];

export interface YamlFile {
  /** Name of the file as the user knows it. */
  readonly name: string;
  /** The document; `{}` when the file is empty. */
  readonly data: unknown;
  /** `file:line:column` of a value, or of the nearest thing around it. */
  locate(path: DocumentPath): string;
}

/**
 * Reads one YAML document.
 * @returns the file, or what is wrong with its text, with line and column
 */
export function parseYaml(name: string, text: string): YamlFile | Problem {
  try {
    return { name, data: loadYaml(text) ?? {}, locate: (path) => locate(name, text, path) };
  } catch (error) {
    if ((error as Error).name !== 'YAMLException') throw error;
    const { mark, reason } = error as YAMLException;
    return { where: position(name, mark), message: `is not YAML: ${reason}` };
  }
}

/**
 * Reads one YAML document.
 * @returns undefined when it says nothing
 * @throws YAMLException
 */
export function loadYaml(text: string): unknown {
  if (KNOWN_YAML.has(text)) return KNOWN_YAML.get(text);
  if (isBlank(text)) return undefined;
  return (require('js-yaml') as typeof import('js-yaml')).load(text);
}

/** A file that holds nothing but comments says nothing, which is no fault. */
function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(#|---\s*$|$)/.test(line));
}

function position(name: string, mark: YAMLException['mark']): string {
  return mark ? `${name}:${mark.line + 1}:${mark.column + 1}` : name;
}

/** Only a faulty file pays for the slower reader that knows positions. */
function locate(name: string, text: string, path: DocumentPath): string {
  const { parseDocument, LineCounter, isMap, isNode } = require('yaml') as typeof import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: false });
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isMap(parent) ? parent.items.find((item) => isNode(item.key) && String(item.key) === String(last)) : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line, col } = lineCounter.linePos(node.range[0]);
      return `${name}:${line}:${col}`;
    }
  }
  return name;
}
