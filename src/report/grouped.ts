/** Lists of what has the same key, in the order of the first of each. @param keyOf anything that JSON can tell apart */
export function grouped<T>(all: readonly T[], keyOf: (each: T) => unknown): T[][] {
  const found = new Map<string, T[]>();
  for (const each of all) {
    const key = JSON.stringify(keyOf(each));
    const known = found.get(key);
    if (known) known.push(each);
    else found.set(key, [each]);
  }
  return [...found.values()];
}
