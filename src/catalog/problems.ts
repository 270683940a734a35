import type { Problem } from '../errors';

/**
 * What is wrong with an entry, and what is only unusual.
 *
 * Checks return what they find. Readers return data, so they report into the problems that they get as their last
 * argument, and leave out what they cannot read.
 */
export interface Problems {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/** Adds what a check found. */
export function report(to: Problems, { problems, warnings }: Problems): void {
  to.problems.push(...problems);
  to.warnings.push(...warnings);
}

/** Items that have the same value as an earlier item in a role that both are in, by their index. */
export function clashes<T extends { readonly role?: string }>(items: readonly T[], value: (item: T) => string): [number, string][] {
  return items.flatMap((item, index): [number, string][] => {
    const clash = items
      .slice(0, index)
      .some((other) => value(other) === value(item) && (!other.role || !item.role || other.role === item.role));
    return clash ? [[index, value(item)]] : [];
  });
}

/** Items that have the same value as an earlier item, by their index. */
export function repeated<T>(items: readonly T[], value: (item: T) => string): [number, string][] {
  const values = items.map(value);
  return values.flatMap((each, index): [number, string][] => (values.indexOf(each) < index ? [[index, each]] : []));
}
