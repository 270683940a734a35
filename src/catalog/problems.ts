import type { Problem } from '../errors';
import { nearest } from '../text/suggest';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';

/** What is wrong with an entry, and what is only odd. */
export interface Problems {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

export function undeclared(file: YamlFile, path: DocumentPath, at: string, got: string, roles: readonly string[]): Problem {
  return {
    where: file.locate(path),
    message: `${at} must be a declared role (${roles.join(', ') || 'the entry has none'}), got ${JSON.stringify(got)}`,
    ...hint(nearest(got, roles)),
  };
}

/** Items of which an earlier one has the same value in a role that both are in. */
export function clashes<T extends { readonly role?: string }>(items: readonly T[], value: (item: T) => string): [number, string][] {
  return items.flatMap((item, index): [number, string][] => {
    const clash = items
      .slice(0, index)
      .some((other) => value(other) === value(item) && (!other.role || !item.role || other.role === item.role));
    return clash ? [[index, value(item)]] : [];
  });
}

export function repeated<T>(items: readonly T[], value: (item: T) => string): [number, string][] {
  const values = items.map(value);
  return values.flatMap((each, index): [number, string][] => (values.indexOf(each) < index ? [[index, each]] : []));
}

export function hint(near: string | undefined, form: (near: string) => string = (each) => each): { hint?: string } {
  return near === undefined ? {} : { hint: form(near) };
}
