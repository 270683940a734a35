type Fields = { readonly [key: string]: unknown };

/**
 * Merges a cloud-config into another one as cloud-init does with `merge_how: dict(no_replace, recurse_list)+list(append)+str()`: lists are
 * appended and maps are merged by key; of other values the first one is kept.
 */
export function mergeCloudConfig(first: Fields, second: Fields): Fields {
  const merged: { [key: string]: unknown } = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const known = Object.hasOwn(first, key) ? first[key] : undefined;
    if (!Object.hasOwn(first, key)) merged[key] = value;
    else if (Array.isArray(known) && Array.isArray(value)) merged[key] = [...known, ...value];
    else if (isMap(known) && isMap(value)) merged[key] = mergeCloudConfig(known, value);
  }
  return merged;
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
