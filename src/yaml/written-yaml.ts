import type * as JsYaml from 'js-yaml';

type Container = readonly unknown[] | { readonly [key: string]: unknown };

/** A scalar while its document is read. */
class Scalar {
  constructor(
    readonly value: unknown,
    readonly text: string,
  ) {}
}

/** By list or map of a document the texts of the scalars in it, in the order of the file. */
const TEXTS = new WeakMap<object, Map<string | number, string | undefined>>();
/** Found where js-yaml knows no position. */
export const KEY_PROBLEM = 'a key must be a text, not a list or map';
let schema: JsYaml.Schema | undefined;

/**
 * Reads a YAML document; the keys of its maps are the texts that were written.
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
        if (!(key instanceof Scalar)) return KEY_PROBLEM;
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

/** Values of a document: a hundred times what any needs. What looks for problems may compare each with each. */
const MOST_VALUES = 10_000;
/** Levels of lists and maps in each other. */
const MOST_DEPTH = 100;

/** An alias stands for all that its anchor has: a few lines can be more values than there is memory, or contain themselves. */
function sizeProblem(data: unknown): string | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: data, depth: 0 }];
  let count = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    count += 1;
    if (count > MOST_VALUES) return `must have at most ${MOST_VALUES} values, with those that aliases stand for`;
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === MOST_DEPTH) return `must have at most ${MOST_DEPTH} lists and maps in each other; an alias may lead to itself`;
    for (const each of Object.values(value)) open.push({ value: each, depth: depth + 1 });
  }
  return undefined;
}

/**
 * The text of the scalar `container[key]` as it stands in the file, where its value has lost it: `0755`, `1.10`.
 * @returns for a list or a map one with the texts in it, a map as a Map in the order of the file; nothing (`null`) stays nothing
 */
export function writtenIn(container: Container, key: string | number): unknown {
  const value = (container as { readonly [key: string | number]: unknown })[key];
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((_, index) => writtenIn(value, index));
  if (typeof value === 'object')
    return new Map([...(TEXTS.get(value)?.keys() ?? Object.keys(value))].map((each) => [each, writtenIn(value as Container, each)]));
  return TEXTS.get(container)?.get(key) ?? String(value);
}

/** Sets `container[key]` to a text in the place of a value that lost it. */
export function replace(container: Container, key: string | number, text: unknown): void {
  Object.defineProperty(container, key, { value: text, enumerable: true, configurable: true, writable: true });
}

/** @returns whether every text of the document follows from its value, so that it can be kept without its texts */
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

/** Also under the key `__proto__`, as any other. */
function add(container: Container, key: string | number, item: unknown): void {
  TEXTS.get(container)?.set(key, item instanceof Scalar ? item.text : undefined);
  replace(container, key, item instanceof Scalar ? item.value : item);
}
