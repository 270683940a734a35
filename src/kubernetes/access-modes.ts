import { ACCESS_MODES } from './messages';

/** @returns what the access modes of a claim must have, to be printed after `must`; undefined for good ones */
export function wrongAccessModes(modes: readonly string[]): string | undefined {
  if (modes.length > 0 && modes.every((mode) => mode === 'ReadOnlyMany')) {
    return ACCESS_MODES.readOnly;
  }
  return modes.includes('ReadWriteOncePod') && new Set(modes).size > 1 ? ACCESS_MODES.oncePodAlone : undefined;
}
