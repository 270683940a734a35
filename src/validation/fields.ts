import { atMostBytes, badLabelKey, beOneOf, exactlyOneOf, LABEL_VALUE, must, twice } from './messages';
import type { FieldProblem } from './object-schema';

export const LAST_PORT = 65_535;

const LABEL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_PREFIX = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

export function labelProblems(field: string, labels: { readonly [key: string]: string } = {}): FieldProblem[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    if (!isLabelKey(key)) return [{ field, message: badLabelKey(key) }];
    return value === '' || isLabelName(value) ? [] : [{ field: `${field}.${key}`, message: must(LABEL_VALUE, value) }];
  });
}

/** What the annotations of an object may have together, in Kubernetes. */
const ANNOTATION_BYTES = 256 * 1024;

/** Annotations have keys like labels, and any values. */
export function annotationProblems(field: string, annotations: { readonly [key: string]: string } = {}): FieldProblem[] {
  const bytes = Object.entries(annotations)
    .flat()
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return [
    ...Object.keys(annotations).flatMap((key) => (isLabelKey(key) ? [] : [{ field, message: badLabelKey(key) }])),
    ...(bytes <= ANNOTATION_BYTES ? [] : [{ field, message: atMostBytes(ANNOTATION_BYTES, bytes) }]),
  ];
}

/** Valid label keys, kept because every object has the same few. */
const KEYS = new Set<string>();

export function isLabelKey(key: string): boolean {
  if (KEYS.has(key)) return true;
  const [name = '', prefix, ...more] = key.split('/').reverse();
  const fits = isLabelName(name) && more.length === 0 && (prefix === undefined || (prefix.length <= 253 && LABEL_PREFIX.test(prefix)));
  if (fits) KEYS.add(key);
  return fits;
}

function isLabelName(text: string): boolean {
  return text.length <= 63 && LABEL_NAME.test(text);
}

/** The values that occur a second time. */
export function repeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) < index);
}

export function exactlyOne(field: string, choices: { readonly [name: string]: unknown }): FieldProblem[] {
  const given = Object.entries(choices)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  return given.length === 1 ? [] : [{ field, message: exactlyOneOf(`of ${Object.keys(choices).join(', ')}`, given) }];
}

/** @param value one of the words; undefined is valid */
export function oneOf(field: string, value: string | undefined, words: readonly string[]): FieldProblem[] {
  return value === undefined || words.includes(value) ? [] : [{ field, message: must(beOneOf(words), value) }];
}

export function unique(field: string, names: readonly string[]): FieldProblem[] {
  return repeated(names).map((name) => ({ field, message: twice('names', name) }));
}
