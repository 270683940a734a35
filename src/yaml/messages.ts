// YAML that cannot be read.

/** @param reason of js-yaml, or one of the following */
export function notYaml(reason: string): string {
  return `is not YAML: ${reason}`;
}

export const KEY_IS_COLLECTION = 'a key must be a string, not a list or a map';

/** What replaces quoted input in a reason. */
export const NOT_SHOWN = '(not shown)';

/** The usual cause of a key that is a map. */
export function quotePlaceholder(placeholder: string): string {
  return `quote the value: "${placeholder}"`;
}

// YAML that is too large.

export function tooManyValues(most: number): string {
  return `must have at most ${most} values, including those that aliases refer to`;
}

export function tooDeep(most: number): string {
  return `must have at most ${most} nested lists and maps; an alias may refer to itself`;
}
