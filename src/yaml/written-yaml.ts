import type * as JsYaml from 'js-yaml';
import { KEY_IS_COLLECTION, tooDeep, tooManyValues } from './messages';

type Container = readonly unknown[] | { readonly [key: string]: unknown };

/** A scalar while its document is being read. */
class Scalar {
  constructor(
    readonly value: unknown,
    readonly text: string,
  ) {}
}

/** For each list or map of a document, the scalars in it as written, in the order of the file. */
const TEXTS = new WeakMap<object, Map<string | number, string | undefined>>();
let schema: JsYaml.Schema | undefined;

/**
 * Reads a YAML document. The keys of its maps are strings, as written.
 * @throws YAMLException
 */
export function loadWritten(text: string): unknown {
  const yaml = require('js-yaml') as typeof JsYaml;
  schema ??= yaml.CORE_SCHEMA.withTags(
    [yaml.strTag, yaml.nullCoreTag, yaml.boolCoreTag, yaml.intCoreTag, yaml.floatCoreTag].map((tag) => keeping(yaml, tag)),
    yaml.defineSequenceTag('tag:yaml.org,2002:seq', {
      create: (): unknown[] => put([]),
      addItem: (list, item, index) => {
        add(list, index, item);
      },
      identify: () => false,
    }),
    yaml.defineMappingTag('tag:yaml.org,2002:map', {
      create: (): { [key: string]: unknown } => put({}),
      addPair: (map, key, value) => {
        if (!(key instanceof Scalar)) return KEY_IS_COLLECTION;
        add(map, key.text, value);
        return '';
      },
      has: (map, key) => key instanceof Scalar && Object.hasOwn(map, key.text),
      keys: Object.keys,
      get: (map, key) => (key instanceof Scalar && Object.hasOwn(map, key.text) ? (map as { [key: string]: unknown })[key.text] : null),
      identify: () => false,
    }),
  );
  const data = yaml.load(text, { schema, maxDepth: MOST_DEPTH });
  if (data instanceof Scalar) return data.value;
  const problem = sizeProblem(data);
  if (problem !== undefined) throw new yaml.YAMLException(problem);
  return data;
}

/** Maximum values of a document, a hundred times more than any needs. Checks may compare each with each. */
const MOST_VALUES = 10_000;
/** Maximum levels of nested lists and maps. */
const MOST_DEPTH = 100;

/** An alias repeats all values of its anchor: a few lines can have more values than fit into memory, or contain themselves. */
function sizeProblem(data: unknown): string | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: data, depth: 0 }];
  let count = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    count += 1;
    if (count > MOST_VALUES) return tooManyValues(MOST_VALUES);
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === MOST_DEPTH) return tooDeep(MOST_DEPTH);
    for (const each of Object.values(value)) open.push({ value: each, depth: depth + 1 });
  }
  return undefined;
}

/**
 * The scalar `container[key]` as it is written in the file, which its value may have lost: `0755`, `1.10`.
 * @returns for a list or a map the same with strings, a map as a Map in the order of the file; `null` stays `null`
 */
export function writtenIn(container: Container, key: string | number): unknown {
  const value = (container as { readonly [key: string | number]: unknown })[key];
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((_, index) => writtenIn(value, index));
  if (typeof value === 'object')
    return new Map([...(TEXTS.get(value)?.keys() ?? Object.keys(value))].map((each) => [each, writtenIn(value as Container, each)]));
  return TEXTS.get(container)?.get(key) ?? String(value);
}

/** Whether nothing is written for the key, as in `key:`. `key: null` states a value. */
export function isEmptyIn(container: Container, key: string | number): boolean {
  return TEXTS.get(container)?.get(key) === '';
}

/** Replaces the value `container[key]` by the string as written. */
export function replace(container: Container, key: string | number, text: unknown): void {
  Object.defineProperty(container, key, { value: text, enumerable: true, configurable: true, writable: true });
}

/** @returns whether every scalar as written follows from its value, so that the document can be stored as its values */
export function followsFromValues(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return [...(TEXTS.get(value)?.entries() ?? [])].every(([key, text]) => {
    const each = (value as { readonly [key: string | number]: unknown })[key];
    return each === null || text === undefined || text === String(each) ? followsFromValues(each) : false;
  });
}

function keeping(yaml: typeof JsYaml, tag: JsYaml.ScalarTagDefinition<unknown>): JsYaml.ScalarTagDefinition<unknown> {
  return {
    ...tag,
    resolve: (source, isExplicit, tagName) => {
      const value = tag.resolve(source, isExplicit, tagName);
      return value === yaml.NOT_RESOLVED ? value : new Scalar(value, source);
    },
  };
}

function put<T extends object>(container: T): T {
  TEXTS.set(container, new Map());
  return container;
}

/** Sets a property, also one named `__proto__`. */
function add(container: Container, key: string | number, item: unknown): void {
  TEXTS.get(container)?.set(key, item instanceof Scalar ? item.text : undefined);
  replace(container, key, item instanceof Scalar ? item.value : item);
}
