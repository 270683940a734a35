/** An object with the property, or an empty one without a value: for spreading optional properties. */
export function present<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: T };
}
