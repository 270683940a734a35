import type { Problem } from '../errors';
import { didYouMean } from '../text/messages';
import { nearest } from '../text/suggest';
import { PATCH } from './messages';

/** A problem without its place. */
export type Text = Omit<Problem, 'where'>;

type Container = { readonly [key: string]: unknown } | readonly unknown[];

/** Keys and indices of a JSON Pointer. */
export function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a path, or why there is none. */
export function valueAt(document: unknown, pointer: string): { readonly value: unknown } | Text {
  return walk(document, stepsOf(pointer), 0);
}

/** Why nothing can be added at a path; undefined if it can. */
export function whyNotAdded(document: unknown, pointer: string): Text | undefined {
  const steps = stepsOf(pointer);
  const parent = walk(document, steps.slice(0, -1), 0, steps.at(-1));
  if ('message' in parent) return parent;
  const step = steps.at(-1) as string;
  const [path, container] = [pathOf(steps.slice(0, -1)), parent.value];
  if (!isContainer(container)) return PATCH.noParts(path, container);
  if (!Array.isArray(container) || step === '-') return undefined;
  const index = indexOf(step);
  if (index === undefined) return notAnIndex(path, container, step, true);
  return index <= container.length ? undefined : PATCH.noPlace(path, container.length, index);
}

/** @param last the step after these, which need not exist */
function walk(document: unknown, steps: readonly string[], depth: number, last?: string): { readonly value: unknown } | Text {
  if (depth === steps.length) return { value: document };
  const step = steps[depth] as string;
  const path = pathOf(steps.slice(0, depth));
  if (!isContainer(document)) return PATCH.noParts(path, document);
  if (Array.isArray(document)) {
    const index = indexOf(step);
    if (index === undefined) return notAnIndex(path, document, step, false);
    return index < document.length ? walk(document[index], steps, depth + 1, last) : PATCH.noItem(path, named(document), index);
  }
  if (Object.hasOwn(document, step)) return walk((document as { [key: string]: unknown })[step], steps, depth + 1, last);
  return missing(document, [...steps, ...(last === undefined ? [] : [last])], depth);
}

/** A key that does not exist, with what the user probably meant. */
function missing(document: Container, steps: readonly string[], depth: number): Text {
  const step = steps[depth] as string;
  const [path, keys, rest] = [pathOf(steps.slice(0, depth)), Object.keys(document), steps.slice(depth)];
  const near = nearest(step, keys);
  const text = PATCH.noKey(path, keys, step);
  if (rest.length > 1 && (keys.includes(rest.join('/')) || OF_LABELS.includes(steps[depth - 1] ?? '')))
    return { ...text, hint: PATCH.write(`${path}/${escaped(rest.join('/'))}`) };
  if (near !== undefined) return { ...text, hint: didYouMean(near) };
  return rest.length > 1 ? { ...text, hint: PATCH.addFirst(pathOf(steps.slice(0, depth + 1))) } : text;
}

/** Maps whose keys may contain a slash. */
const OF_LABELS: readonly string[] = ['labels', 'annotations', 'matchLabels', 'nodeSelector'];

function notAnIndex(path: string, list: readonly unknown[], step: string, mayAppend: boolean): Text {
  const text = PATCH.notAnIndex(path, named(list), step, mayAppend);
  const index = list.findIndex((item) => nameOf(item) === step);
  return index < 0 ? text : { ...text, hint: PATCH.write(`${path}/${index}`) };
}

/** @returns undefined for a step that is not an index, such as 01 */
function indexOf(step: string): number | undefined {
  return /^(0|[1-9][0-9]{0,8})$/.test(step) ? Number(step) : undefined;
}

/** The items of a list by their names. */
function named(list: readonly unknown[]): string[] {
  return list.map((item, index) => (nameOf(item) === undefined ? String(index) : `${index} (${nameOf(item)})`));
}

function nameOf(item: unknown): string | undefined {
  const { name, metadata } = (item ?? {}) as { readonly name?: unknown; readonly metadata?: { readonly name?: unknown } };
  const found = name ?? metadata?.name;
  return typeof found === 'string' ? found : undefined;
}

export function pathOf(steps: readonly string[]): string {
  return steps.map((step) => `/${escaped(step)}`).join('');
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}
